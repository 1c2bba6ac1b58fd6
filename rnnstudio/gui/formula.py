"""Formulas: LaTeX as a crisp drawing in the theme's colour, or as plain text if that fails."""

from __future__ import annotations

import re
import threading
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.theme import LIGHT, Theme, font

# Its letters are smaller than the program's at the same size.
_SIZE = 1.1


class _Typesetter(QObject):
    """Loads ziamath beside the window (half a second), so that the first picture need not wait."""

    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._thread: threading.Thread | None = None
        self.loaded = threading.Event()

    def load(self) -> None:
        """Begin to load, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._import, name="formulas")
            self._thread.start()

    def load_now(self) -> None:
        """Load, and return when it is done."""
        if self._thread is not None:
            self._thread.join()
        if not self.loaded.is_set():
            self._import()

    def _import(self) -> None:
        try:
            from ziafont.config import config as letters
            from ziamath.config import config as formulas
            from ziamath.zmath import Latex  # noqa: F401 - loads the fonts
        except Exception:  # whatever is wrong with it, plain text is still there
            return
        # Qt's SVG reader leaves out most <symbol>s of SVG 2.
        letters.svg2 = False
        formulas.svg2 = False
        self.loaded.set()
        self.ready.emit()


@lru_cache(maxsize=1)
def _typesetter() -> _Typesetter:
    return _Typesetter()


def load_formulas() -> None:
    """Make formulas available at once, e.g. before a picture of the window is taken."""
    _typesetter().load_now()


@lru_cache(maxsize=256)
def formula_svg(latex: str, color: str, pixels: float) -> bytes | None:
    """Return a formula as SVG, or None where it cannot be drawn. A new one takes 30 ms.

    Args:
        color: as `#rrggbb`.
        pixels: the size of its letters.
    """
    from ziamath.zmath import Latex

    try:
        return bytes(Latex(latex, size=pixels * _SIZE, color=color).svg(), "utf-8")
    except Exception:  # a text that is not LaTeX ends in any of Python's exceptions
        return None


class FormulaView(QWidget):
    """Shows one formula, left-aligned or centred, smaller where there is no room."""

    def __init__(
        self,
        latex: str = "",
        pixels: float = 18,
        alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._latex = ""
        self._pixels = pixels
        self._alignment = alignment
        self._theme = LIGHT
        self._drawing: QSvgRenderer | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        _typesetter().ready.connect(self._draw_anew)
        self.set_formula(latex)

    @property
    def latex(self) -> str:
        """The formula that is shown."""
        return self._latex

    @property
    def is_drawn(self) -> bool:
        """Whether it is shown as a drawing, not as plain text."""
        return self._drawing is not None

    def set_formula(self, latex: str) -> None:
        """Show another formula."""
        if latex == self._latex:
            return
        self._latex = latex
        self.setAccessibleName(plain_text(latex))
        self._draw_anew()

    def set_theme(self, theme: Theme) -> None:
        """Take the text colour of `theme`."""
        if theme != self._theme:
            self._theme = theme
            self._draw_anew()

    def sizeHint(self) -> QSize:
        size = self._size()
        return QSize(int(size.width()) + 3, max(int(size.height()) + 1, round(self._pixels * 1.7)))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1, 0, -1, 0)  # smoothed edges need half a pixel
        size = self._size()
        shrink = min(room.width() / size.width(), room.height() / size.height(), 1.0)
        area = QRectF(QPointF(), size * shrink)
        area.moveCenter(room.center())
        if not self._alignment & Qt.AlignmentFlag.AlignHCenter:
            area.moveLeft(room.left())
        if self._drawing is not None:
            self._drawing.render(painter, area)
        else:
            painter.setFont(font(self._pixels * shrink))
            painter.setPen(self._theme.color("text"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, plain_text(self._latex))
        painter.end()

    def _size(self) -> QSizeF:
        if self._drawing is not None:
            return QSizeF(self._drawing.viewBoxF().size())
        metrics = QFontMetricsF(font(self._pixels))
        return QSizeF(metrics.horizontalAdvance(plain_text(self._latex)) + 4, metrics.height())

    def _draw_anew(self) -> None:
        self._drawing = None
        if self._latex and not _typesetter().loaded.is_set():
            _typesetter().load()
        elif self._latex:
            svg = formula_svg(self._latex, self._theme.text, self._pixels)
            if svg is not None:
                self._drawing = QSvgRenderer(QByteArray(svg))
        self.updateGeometry()
        self.update()


_SIGNS = {
    "sigma": "σ", "eta": "η", "partial": "∂", "sum": "Σ", "cdot": "·", "times": "×", "log": "log",
    "tanh": "tanh", "max": "max", "exp": "exp", "leftarrow": "←", "rightarrow": "→", "quad": "  ",
    "ldots": "…", "dots": "…", "cdots": "⋯", "le": "≤", "ge": "≥", "in": "∈", "odot": "⊙",
}  # fmt: skip
_DROPPED = r"\\(?:left|right|mathrm|mathbf|mathit|operatorname|text|hat|bar|vec|displaystyle)\b"
_BELOW = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")


@lru_cache(maxsize=256)
def plain_text(latex: str) -> str:
    r"""Return a formula in plain letters, e.g. `s_t = \tanh(U x_t)` as "sₜ = tanh(U xₜ)"."""
    text = re.sub(r"\\hat\s*\{?(\w)\}?", "\\1\u0302", latex)
    text = re.sub(_DROPPED, "", text)
    text = re.sub(r"\\[,;! ]", " ", text)
    text = re.sub(r"_(?:\{([^{}]*)\}|(\w))", lambda match: _below(match[1] or match[2]), text)
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", text)
    text = re.sub(r"\\([a-zA-Z]+)", lambda match: _SIGNS.get(match[1], match[1]), text)
    return " ".join(re.sub(r"[{}\\]", "", text).split())


def _below(text: str) -> str:
    lowered = text.translate(_BELOW)
    return f"_{text}" if any(letter.isascii() and letter != " " for letter in lowered) else lowered
