"""How the Evaluate page looks at the answers: what is counted, in which order, against what."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.calibration import Binning


class Measure(StrEnum):
    """What the cells of the matrix say."""

    COUNTS = "counts"
    OF_TRUTH = "of_truth"
    OF_PREDICTED = "of_predicted"
    MASS = "mass"


class MatrixOrder(StrEnum):
    """What decides the order of the classes."""

    DATA = "data"
    SIZE = "size"
    NAME = "name"
    SIMILARITY = "similarity"
    HAND = "hand"


class Panels(StrEnum):
    """What stands above the sentences."""

    CLASSES = "classes"
    TABLE = "table"
    RELIABILITY = "reliability"
    THRESHOLD = "threshold"
    RUNS = "runs"


class Against(StrEnum):
    """Whose answers the matrix counts where a second network was chosen.

    `BETWEEN` counts the answers of the one by those of the other.
    """

    THIS = "this"
    OTHER = "other"
    DIFFERENCE = "difference"
    BETWEEN = "between"


class ExampleOrder(StrEnum):
    """Which of the selected sentences come first."""

    MOST_SURE = "most_sure"
    LEAST_SURE = "least_sure"
    CLOSEST = "closest"
    LONGEST = "longest"
    SHORTEST = "shortest"
    DATA = "data"


@dataclass(frozen=True)
class Group:
    """Classes, by their names, that are counted as one."""

    name: str
    members: frozenset[str]


@dataclass(frozen=True)
class Judging:
    """How the answers are looked at. Classes are meant by name, so that new data keep them.

    The matrix: `measure`; `swapped` has the prediction in the rows; `errors_only` leaves the
    diagonal uncoloured; `order`, and `by_hand` the order of the names where it is by hand;
    `groups`; `hidden` classes are not drawn but counted. For words with tags: `by_entity` counts
    entities, `strict` by the strict rules; `merged` takes B-X and I-X for X; `outside` draws O.

    What is answered: of two classes the second one from a probability of `threshold` on; no answer
    below a confidence of `abstain`. `epoch` is the epoch whose weights answer (None: the present
    ones), `words` the number of words read (None: all).

    `against` is whose answers are counted where there is a second network, `outcome` lists only
    sentences that one of both gets right, or both, or none; `sure` only answers whose confidence is
    above the one and at most the other (from 0 on where it is 0), right or wrong.

    `binning` of the reliability diagram, `curve_class` the class of ROC and precision–recall (by
    name; None: the second of two classes, or the one with most examples). `panel` stands above
    the sentences, which are in `example_order` and have `search` in their text.
    """

    measure: Measure = Measure.COUNTS
    swapped: bool = False
    errors_only: bool = False
    order: MatrixOrder = MatrixOrder.DATA
    by_hand: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    hidden: frozenset[str] = frozenset()
    by_entity: bool = False
    strict: bool = False
    merged: bool = False
    outside: bool = True
    threshold: float = 0.5
    abstain: float = 0.0
    epoch: int | None = None
    words: int | None = None
    against: Against = Against.THIS
    outcome: Outcome | None = None
    sure: tuple[float, float] | None = None
    binning: Binning = Binning.WIDTH
    curve_class: str | None = None
    panel: Panels = Panels.CLASSES
    example_order: ExampleOrder = ExampleOrder.MOST_SURE
    search: str = ""

    def on_other_data(self) -> Judging:
        """Return how other data, or another project's, are looked at: what named classes goes."""
        plain = Judging()
        return dataclasses.replace(
            self,
            order=plain.order if self.order is MatrixOrder.HAND else self.order,
            by_hand=plain.by_hand,
            groups=plain.groups,
            hidden=plain.hidden,
            threshold=plain.threshold,
            abstain=plain.abstain,
            epoch=plain.epoch,
            words=plain.words,
            against=plain.against,
            outcome=plain.outcome,
            sure=plain.sure,
            curve_class=plain.curve_class,
            search=plain.search,
        )
