"""One number of a reading taken apart: how it is called, what made it, where each part comes from.

Names have their indices marked as in `letters`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from rnnstudio.engine.activations import Activation
from rnnstudio.engine.explain import Explanation, Term, TermKind
from rnnstudio.engine.network import GATES, Cell, NetworkSpec, Task
from rnnstudio.engine.network import Reading as Read
from rnnstudio.session.formulas import formula, reads_more
from rnnstudio.session.letters import PRODUCTS, Letters, decimal
from rnnstudio.session.looking import Notation, Place
from rnnstudio.session.reading import Reading

_FUNCTION = {Activation.TANH: "tanh", Activation.LOGISTIC: "σ", Activation.RELU: "ReLU"}
_CANDIDATES = {(Cell.GRU, "n"), (Cell.LSTM, "g")}  # made by tanh, all other gates by σ
_ORDER = (
    TermKind.INPUT,
    TermKind.RECURRENT,
    TermKind.OUTPUT,
    TermKind.PRODUCT,
    TermKind.READ,
    TermKind.GIVEN,
    TermKind.BIAS,
)
_WORD_LENGTH, _CLASS_LENGTH = 14, 9


@dataclass(frozen=True)
class TermName:
    """What a term is: `symbol` ("U_{f} · x") and `detail` ("unit 3 ←"), and its two factors.

    `second` is empty where there is one factor only.
    """

    symbol: str
    detail: str
    first: str
    second: str

    @property
    def product(self) -> str:
        """Both factors in letters."""
        return f"{self.first}·{self.second}" if self.second else self.first


@dataclass(frozen=True)
class Part:
    """Some terms of a sum together: what they add, and in letters what they are."""

    value: float
    words: str


@dataclass(frozen=True, eq=False)
class TakenApart:
    """The number at `place` with its explanation; `place.unit` is a unit, class or component.

    `place` is normalised: its layer counts from 0, and is None for the numbers of the network.
    """

    reading: Reading
    place: Place
    explanation: Explanation
    notation: Notation

    @cached_property
    def letters(self) -> Letters:
        """The letters to write with."""
        return Letters(self._spec.cell, self.notation)

    @cached_property
    def formula(self) -> str:
        """The formula in letters, as LaTeX."""
        place = self.place
        return formula(self._spec, place.quantity, place.layer or 0, place.direction, self.notation)

    @cached_property
    def letter(self) -> str:
        """The letter of the quantity at this step."""
        return self.letters.at(self.place.quantity, self.place.step)

    @cached_property
    def row(self) -> str:
        """Which row of the weights makes it: the number of the unit, or the name of the class."""
        if self.place.quantity in ("y", "scores"):
            return shortened(self.reading.labels[self.explanation.unit], _CLASS_LENGTH)
        return str(self.explanation.unit + 1)

    @cached_property
    def name(self) -> str:
        """The number in letters, e.g. "s_{7}[12]"."""
        return f"{self.letter}[{self.row}]"

    @cached_property
    def function(self) -> str:
        """What makes the number of its sum; "" where nothing does."""
        spec, quantity = self._spec, self.place.quantity
        if quantity == "y":
            return "softmax"
        if quantity == "tanh_c":
            return "tanh"
        if spec.cell in (Cell.GRU, Cell.LSTM):
            if quantity not in GATES[spec.cell]:
                return ""
            return "tanh" if (spec.cell, quantity) in _CANDIDATES else "σ"
        return _FUNCTION[spec.activation] if quantity == "s" else ""

    @cached_property
    def before(self) -> int:
        """The step that this layer and direction read before, 0 for the initial state."""
        if self.place.layer is None:
            return self.place.step - 1
        layer = self.reading.trace.layer(self.place.layer, self.place.direction)
        return layer.step_before(self.place.step)

    @cached_property
    def input(self) -> str:
        """The letter of what is read at this step."""
        return self.letters.at("x", self.place.step)

    @cached_property
    def read(self) -> str:
        """The letter of what the output reads."""
        return self.letters.at("m" if reads_more(self._spec) else "s", self.place.step)

    @property
    def _spec(self) -> NetworkSpec:
        return self.reading.spec

    def ordered(self) -> list[Term]:
        """Return the terms as the formula has them: inputs, states, biases, each by its index."""
        return sorted(self.explanation.terms, key=_place_of)

    def place_of(self, term: Term) -> Place | None:
        """Return where the second factor of a term stands, None where nothing here made it."""
        source = term.source
        if source is None or source.step == 0:
            return None
        layer = None if source.quantity == "m" else source.layer
        return Place(source.quantity, layer, source.direction, source.step, source.unit)

    def factors_of(self, term: Term) -> list[tuple[str, float, Place | None]]:
        """Return both factors of a product of the cell's own numbers: letter, value, place."""
        names = PRODUCTS.get(term.symbol)
        if names is None or term.kind is not TermKind.PRODUCT:
            return []
        place, at = self.place, self.letters.at
        gate = at(names[0], place.step)
        first = f"1 − {gate}" if "−" in term.symbol else gate
        step = self.before if term.symbol in ("z·s", "f·c") else place.step
        return [
            (
                first,
                term.factor_a,
                Place(names[0], place.layer, place.direction, place.step, place.unit),
            ),
            (at(names[1], step), term.factor_b, self.place_of(term)),
        ]

    def name_of(self, term: Term) -> TermName:
        """Return what a term is."""
        row, step = self.row, self.place.step
        if term.kind is TermKind.PRODUCT:
            (first, _, _), (second, _, _) = self.factors_of(term)
            symbol = self.letters.product(term.symbol).replace("·", " · ")
            return TermName(symbol, "", f"{first}[{row}]", f"{second}[{row}]")
        if term.kind is TermKind.BIAS:
            letter = self.letters.weight(term, step)
            return TermName(letter, "", f"{letter}[{row}]", "")
        index = (term.index or 0) + 1
        if term.kind is TermKind.GIVEN:
            return self._given(term, index)
        if term.kind is TermKind.READ:
            return self._state_read(term)
        if self.place.quantity == "x":
            return TermName(
                self._below(term).partition("[")[0],
                self.component(index - 1),
                self._below(term),
                "",
            )
        weight = self.letters.weight(term, step)
        first = f"{weight}[{row}, {index}]"
        bare = _bare(weight) if self._spec.cell.has_length else weight
        if term.kind is TermKind.RECURRENT:
            state = self.letters.at("s", self.before)
            symbol = f"{weight} · {self.letters.quantity('s')}"
            return TermName(symbol, f"unit {index}", first, f"{state}[{index}]")
        if term.kind is TermKind.OUTPUT:
            symbol = f"{weight} · {self.read.partition('_')[0]}"
            return TermName(symbol, self.component(index - 1), first, f"{self.read}[{index}]")
        at = step if term.source is None or self.place.layer else term.source.step
        x = self.letters.at("x", at)
        detail = self._input_detail(index - 1, at)
        return TermName(f"{bare} · x", detail, first, f"{x}[{index}]")

    def component(self, index: int) -> str:
        """Name a component of what both directions hand on: "unit 3", "unit 3 ←"."""
        direction, unit = divmod(index, self._spec.units)
        if not self._spec.bidirectional:
            return f"unit {unit + 1}"
        return f"unit {unit + 1} {'←' if direction else '→'}"

    def _input_detail(self, index: int, at: int) -> str:
        if self.place.layer:
            return self.component(index)
        word = self.reading.words[at - 1]
        if self._spec.embedding is None and self._spec.frames is None:
            return word
        name = f"dim {index + 1}"
        return name if at == self.place.step else f"“{shortened(word)}” {index + 1}"

    def _below(self, term: Term) -> str:
        """Return the state of the layer below that a component of x is."""
        assert term.source is not None
        return f"{self.letters.at('s', term.source.step)}[{term.source.unit + 1}]"

    def _given(self, term: Term, index: int) -> TermName:
        word = shortened(self.reading.words[self.place.step - 1])
        match term.symbol:
            case "E":
                return TermName("E", f"“{word}”", f"E[“{word}”, {index}]", "")
            case "word":
                return TermName("word", word, f"“{word}” has the id {index}", "")
            case "frame":
                return TermName("frame", f"component {index}", f"frame[{index}]", "")
        letter = self.letters.quantity(term.symbol)
        return TermName(letter, "learned", f"{letter}[{index}]", "")

    def _state_read(self, term: Term) -> TermName:
        assert term.source is not None
        source = term.source
        state = self._below(term)
        word = self.reading.words[source.step - 1]
        if term.symbol == "s/t":
            return TermName(self.letters.at("s", source.step), word, f"1/{self.place.step}", state)
        return TermName(self.letters.at("s", source.step), word, state, "")

    def parts(self) -> list[Part]:
        """Return what adds up to the total: the input, the states, the products, each bias."""
        found: list[Part] = []
        kinds = {term.kind for term in self.explanation.terms}
        quantity = self.place.quantity
        is_sum = TermKind.BIAS in kinds and TermKind.OUTPUT not in kinds and quantity != "q"
        if (is_sum and TermKind.INPUT not in kinds) or (quantity == "x" and not kinds):
            found.append(Part(0.0, self._nothing()))
        for (kind, symbol), group in groupby(
            self.ordered(), key=lambda one: (one.kind, one.symbol)
        ):
            terms = list(group)
            if kind is TermKind.INPUT and quantity != "x":
                found += self._inputs(terms)
            elif kind in (TermKind.RECURRENT, TermKind.OUTPUT):
                found.append(self._product_with_vector(terms))
            elif kind is TermKind.READ and symbol == "s/t":
                found.append(self._mean(terms))
            else:
                found += [Part(term.value, self._alone(term)) for term in terms]
        return found

    def _alone(self, term: Term) -> str:
        """Return in words a term that stands in a line of its own."""
        name = self.name_of(term)
        if term.kind is TermKind.PRODUCT:
            symbol = name.symbol.replace(" · ", "·")
            return f"{symbol} = {decimal(term.factor_a)} × {decimal(term.factor_b)}"
        if term.kind is TermKind.INPUT:  # x of an upper layer
            assert term.source is not None
            arrow = " ←" if term.source.direction else ""
            return f"{name.first} of layer {term.source.layer + 1}{arrow}"
        if term.kind is TermKind.READ and self._spec.read is Read.MAX:
            classifies = self._spec.task is Task.CLASSIFY
            return f"{name.first}, the greatest so far" if classifies else name.first
        return name.first

    def _product_with_vector(self, terms: list[Term]) -> Part:
        name = self.name_of(terms[0])
        value = math.fsum(term.value for term in terms)
        return Part(value, f"Σ {_running(name.first)}·{_running(name.second)}")

    def _mean(self, terms: list[Term]) -> Part:
        s = self.letters.quantity("s")
        value = math.fsum(term.value for term in terms)
        return Part(value, f"Σ {s}_{{k}}[{(terms[0].index or 0) + 1}] / {self.place.step}")

    def _inputs(self, terms: list[Term]) -> list[Part]:
        """Return what the words add: that of this step, and for `history` those before it."""
        step = self.place.step
        if self._spec.cell is not Cell.HISTORY:
            return [Part(math.fsum(term.value for term in terms), self._input_part(terms[0]))]
        now = [term for term in terms if term.source is not None and term.source.step == step]
        earlier = [term for term in terms if term.source is None or term.source.step != step]
        words = self._input_part(now[0]) if now else self._nothing()
        found = [Part(math.fsum(term.value for term in now), words)]
        if earlier:
            first, last = self.letters.at("x", 1), self.letters.at("x", step - 1)
            steps = first if step == 2 else f"{first} … {last}"
            found.append(Part(math.fsum(term.value for term in earlier), f"the same of {steps}"))
        return found

    def _input_part(self, term: Term) -> str:
        name = self.name_of(term)
        if self.place.layer:
            words = f"Σ {_running(name.first, 'i')}·{_running(name.second, 'i')}"
            return f"{words}, layer {self.place.layer}"
        if self._spec.embedding is None and self._spec.frames is None:
            weight = self.letters.weight(term, self.place.step)
            return f"{weight}[{self.row}, “{shortened(self.reading.words[self.place.step - 1])}”]"
        return f"Σ {_running(name.first, 'i')}·{_running(name.second, 'i')}"

    def _nothing(self) -> str:
        """Say why the input adds nothing: x_t is 0."""
        word = shortened(self.reading.words[self.place.step - 1])
        if self.place.quantity == "x" and not self.reading.is_zero(self.place.step):
            return f"“{word}” has another id: {int(self.reading.ids[self.place.step - 1])}"
        return f"“{word}” is unknown, {self.input} = 0"


def shortened(word: str, most: int = _WORD_LENGTH) -> str:
    """Return a word of at most `most` letters; a longer one loses its middle."""
    if len(word) <= most:
        return word
    half = (most - 1) // 2
    return f"{word[:half]}…{word[-half:]}"


def _place_of(term: Term) -> tuple[int, str, int, int]:
    # b_ih comes before b_hh; of `history` the words come in their order.
    symbol = term.symbol
    if term.kind is TermKind.BIAS:
        symbol = "0" if "_i" in symbol else "1"
    # The greatest states so far are of several steps, and stand in the order of the weights.
    in_time = term.source is not None and term.kind is not TermKind.OUTPUT
    step = term.source.step if term.source is not None and in_time else 0
    return _ORDER.index(term.kind), symbol, step, term.index or 0


def _running(factor: str, index: str = "j") -> str:
    """Return a factor with an index that runs, e.g. "W[12, j]", "s_{6}[j]"."""
    head, _, inside = factor.rpartition("[")
    first, comma, _ = inside[:-1].rpartition(", ")
    return f"{head}[{first}{comma}{index}]"


def _bare(weight: str) -> str:
    """Return the letter of weights without the step that they belong to."""
    return weight.partition("_")[0]
