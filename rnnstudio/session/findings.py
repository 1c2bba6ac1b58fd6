"""What was found out beside the window about a reading: it comes when it is ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rnnstudio.data.dataset import Dataset
from rnnstudio.engine.arrays import FloatArray, IntArray
from rnnstudio.engine.attribution import Attribution
from rnnstudio.engine.replacing import Replacements
from rnnstudio.engine.states import States
from rnnstudio.project.model import Model
from rnnstudio.session.looking import Method
from rnnstudio.session.state_cloud import Cloud


@dataclass(frozen=True, eq=False)
class AttributionFound:
    """How much each word of a sentence moved the decision.

    `words` (T,) are those of the sentence, `step` the one whose answer is explained.
    """

    model: Model
    words: tuple[str, ...]
    method: Method
    result: Attribution


@dataclass(frozen=True, eq=False)
class StatesFound:
    """What the data set's sentences leave in the network: one quantity of every word read.

    `result.rows` are indices into `table_rows`, the rows of the table that were read; `words` has
    the words (T,) of each of them. `cloud` has the same numbers in the plane.
    """

    model: Model
    quantity: str
    layer: int | None
    direction: int
    table_rows: tuple[int, ...]
    words: tuple[tuple[str, ...], ...]
    result: States
    cloud: Cloud | None = None


@dataclass(frozen=True, eq=False)
class ReplacementsFound:
    """What other words would do in the place of one: `step` of a sentence of `words` (T,)."""

    model: Model
    words: tuple[str, ...]
    step: int
    result: Replacements


@dataclass(frozen=True, eq=False)
class ExampleFound:
    """What moved the answer to one sentence, and where it was decided.

    `ids` (T,) is the sentence that was read and `step` the step that was asked. `contributions`
    (T,) is what each word did for `class_index`, the class that was answered, by `method`. `flips`
    are the steps, from 2, at which another class began to lead (n → 1; empty for labelling): the
    last of them decided.
    """

    ids: IntArray
    step: int
    class_index: int
    method: Method
    contributions: FloatArray
    flips: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ExamplesFound:
    """What was found about listed sentences, by the table's row and the step that was asked."""

    model: Model
    dataset: Dataset
    by_place: Mapping[tuple[int, int], ExampleFound]


@dataclass(frozen=True, eq=False)
class Findings:
    """The newest of each kind; it may be of an older network or another sentence than shown."""

    attribution: AttributionFound | None = None
    states: StatesFound | None = None
    replacements: ReplacementsFound | None = None
    examples: ExamplesFound | None = None
