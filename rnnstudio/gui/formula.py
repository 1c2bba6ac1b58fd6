"""Formulas: LaTeX as a crisp drawing in the theme's colour, or as plain text if that fails."""

from __future__ import annotations

import re
import threading
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnstudio.gui.theme import LIGHT, Theme, font

# Its letters are smaller than the program's at the same size.
_SIZE = 1.1
_LEADING = 2.0  # pixels between two lines
# A formula is made smaller down to this share before it is broken into two lines.
_SMALLEST = 0.86


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
    """Shows one formula, left-aligned or centred.

    Where there is no room for it in one line a sum goes on in a second one; what has still no room
    becomes smaller.
    """

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
        self._drawings: list[QSvgRenderer] = []  # a line each
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
        return bool(self._drawings)

    @property
    def line_count(self) -> int:
        """In how many lines it is drawn."""
        return max(len(self._drawings), 1)

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before = self.line_count
        self._draw_lines()
        if self.line_count != before:
            self.updateGeometry()

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
        for drawing in self._drawings:
            line = QRectF(area.topLeft(), QSizeF(drawing.viewBoxF().size()) * shrink)
            drawing.render(painter, line)
            area.setTop(line.bottom() + _LEADING * shrink)
        if not self._drawings:
            painter.setFont(font(self._pixels * shrink))
            painter.setPen(self._theme.color("text"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, plain_text(self._latex))
        painter.end()

    def _size(self) -> QSizeF:
        if self._drawings:
            sizes = [drawing.viewBoxF().size() for drawing in self._drawings]
            height = sum(size.height() for size in sizes) + _LEADING * (len(sizes) - 1)
            return QSizeF(max(size.width() for size in sizes), height)
        metrics = QFontMetricsF(font(self._pixels))
        return QSizeF(metrics.horizontalAdvance(plain_text(self._latex)) + 4, metrics.height())

    def _draw_anew(self) -> None:
        self._drawings = []
        if self._latex and not _typesetter().loaded.is_set():
            _typesetter().load()
        else:
            self._draw_lines()
        self.updateGeometry()
        self.update()

    def _draw_lines(self) -> None:
        """Typeset the formula for the present width."""
        if not self._latex or not _typesetter().loaded.is_set():
            return
        whole = self._typeset((self._latex,))
        lines = broken(self._latex)
        too_wide = whole and whole[0].viewBoxF().width() * _SMALLEST > self.width()
        self._drawings = self._typeset(lines) or whole if too_wide and len(lines) > 1 else whole
        self.update()

    def _typeset(self, lines: tuple[str, ...]) -> list[QSvgRenderer]:
        """Return a drawing of each line; none where one of them cannot be drawn."""
        svgs = [formula_svg(line, self._theme.text, self._pixels) for line in lines]
        return [_renderer(svg) for svg in svgs if svg is not None] if all(svgs) else []


@lru_cache(maxsize=64)
def _renderer(svg: bytes) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(svg))


def broken(latex: str) -> tuple[str, ...]:
    """Return a sum in two lines of about one length, or the formula as it is."""
    places = [
        match.start()
        for match in re.finditer(r" \+ ", latex)
        if latex.count("{", 0, match.start()) == latex.count("}", 0, match.start())
    ]
    if not places or r"\left" in latex:
        return (latex,)

    def longer(place: int) -> int:
        return max(len(plain_text(latex[:place])), len(plain_text(latex[place:])) + 3)

    place = min(places, key=longer)
    return latex[:place], rf"\quad + {latex[place + 3 :]}"


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
