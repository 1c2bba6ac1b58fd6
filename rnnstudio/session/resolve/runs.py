"""What the panel of runs shows: two networks on the same sentences, outcome by outcome."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

import numpy as np

from rnnstudio.data.table import Split
from rnnstudio.engine.agreement import Outcome
from rnnstudio.engine.mcnemar import in_words, mcnemar
from rnnstudio.engine.metrics import confusion, kappa, share
from rnnstudio.project.percent import percent
from rnnstudio.session.answers.judgement import Cells, Judgement
from rnnstudio.session.answers.judging import Against
from rnnstudio.session.answers.review import Rival
from rnnstudio.session.memo import remembered
from rnnstudio.session.network_name import network_name
from rnnstudio.session.resolve.counting import counted
from rnnstudio.session.resolve.judged import Judged, judged
from rnnstudio.session.state import RunStatus, SessionState

_SECOND_RUN = (
    "There is one network so far. Press Reset, change a setting on the Train page and train again: "
    "what you have now is kept as a run. Or open a project file with another network."
)
_FIRST_RUN = (
    "Nothing has been trained yet. Train this network, press Reset and train it with other "
    "settings: each training is kept as a run. Or open a project file with another network."
)
_CHOOSE = (
    "Choose another run, or open a project file: both networks are asked the same, and you see "
    "what one gets right and the other wrong."
)


_MOST_LETTERS = 24  # of a file's name in a sentence
_SHORT = {
    Outcome.BOTH_RIGHT: "both right",
    Outcome.FIRST_ONLY: "only this one",
    Outcome.SECOND_ONLY: "only the other",
    Outcome.BOTH_WRONG: "neither right",
}
# What no line's end is to part.
_NEVER_PARTED = re.compile(r"Run \d+|p [<=] [\d.]+")


@dataclass(frozen=True)
class RunChoice:
    """A run that can be chosen; `why_not` says why it cannot."""

    number: int
    words: str
    why_not: str = ""


@dataclass(frozen=True)
class OutcomeCell:
    """How many answers have an outcome: `words` say it, `title` in few, `short` in fewer words."""

    outcome: Outcome
    title: str
    short: str
    words: str
    count: int
    share: float


@dataclass(frozen=True)
class ClassLine:
    """What share of a class each network gets right; `cells` are its row of the matrix."""

    name: str
    support: int
    this: float
    other: float
    words: str
    cells: Cells

    @property
    def difference(self) -> float:
        """The other's share less this one's."""
        return self.other - self.this


@dataclass(frozen=True)
class Compared:
    """Two networks on n answers: their accuracies, what sets them apart, and what that shows.

    By entity these are the true entities, and how they were found. `plural` is what is counted.
    `test` is McNemar's test in words, `left_out` says what only one of them has answered.
    """

    count: int
    noun: str
    this: float
    other: float
    agreement: float
    kappa: float
    outcomes: tuple[OutcomeCell, ...]
    classes: tuple[ClassLine, ...]
    test: str
    left_out: str
    plural: str = "sentences"

    @property
    def difference(self) -> float:
        """The other's accuracy less this one's."""
        return self.other - self.this

    @property
    def measure(self) -> str:
        """What `this` and `other` are."""
        return "share of found entities" if self.noun == "entity" else "accuracy"

    @property
    def in_percent(self) -> tuple[str, str, str]:
        """Both shares and their difference in points, which is that of the numbers shown."""
        digits = 1 if self.this == self.other or abs(self.difference) >= 0.01 else 2
        this, other = (_shown(share, digits) for share in (self.this, self.other))
        points = round(other - this, digits) + 0.0
        sign = "−" if points < 0 else "+" if points > 0 else ""
        return (
            f"{this:.{digits}f} %",
            f"{other:.{digits}f} %",
            f"{sign}{abs(points):.{digits}f}",
        )


@dataclass(frozen=True)
class RunsState:
    """The two networks, the runs to choose from, and the comparison.

    `this` and `other` name the networks in few words, `other_name` the second one in full ("" where
    none was chosen). `message` stands where there is no comparison; `waiting` says that there will
    be one soon.
    """

    split: Split
    choices: tuple[RunChoice, ...]
    chosen: int | None
    this: str
    other: str
    other_name: str
    against: Against
    outcome: Outcome | None
    compared: Compared | None
    message: str
    note: str
    live: bool
    waiting: bool


def resolve_runs(state: SessionState) -> RunsState:
    """The present network against the one that was chosen."""
    rival, judging = state.rival, state.judging
    this, other = _present_name(state), "" if rival is None else _short(rival)
    compared, message, waiting, note, live = None, "", False, "", _learns(state)
    if rival is None:
        message = _how_to_choose(state)
    else:
        # The outcomes are of both networks, whichever the matrix shows.
        plain = dataclasses.replace(judging, against=Against.THIS, outcome=None)
        now = judged(dataclasses.replace(state, judging=plain))
        note, live = now.note, now.live
        if now.judgement is not None and now.judgement.outcomes is not None:
            compared = _compared(now.judgement, this, other)
            if judging.against is Against.BETWEEN:
                compared = _without_cells(compared)
        else:
            message, waiting = _why_not(now, rival)
    return RunsState(
        split=state.selection.split,
        choices=_choices(state),
        chosen=None if rival is None else rival.run,
        this=this,
        other=other,
        other_name="" if rival is None else rival.name,
        against=judging.against,
        outcome=judging.outcome,
        compared=compared,
        message=message,
        note=note,
        live=live,
        waiting=waiting,
    )


def _shown(share: float, digits: int) -> float:
    """Return a share in percent as it is written; only all of it is 100."""
    shown = round(100 * share, digits)
    return shown if share >= 1 else min(shown, round(100 - 10.0**-digits, digits))


def _choices(state: SessionState) -> tuple[RunChoice, ...]:
    """Return the runs, the newest first."""
    return tuple(
        RunChoice(
            line.number,
            " · ".join(
                (
                    f"Run {line.number}",
                    line.words,
                    counted(line.epochs, "epoch"),
                    *(() if line.accuracy is None else (f"validation {percent(line.accuracy)}",)),
                )
            ),
            "This is the run that you look at" if _is_shown(state, line.number) else "",
        )
        for line in reversed(state.runs)
    )


def _is_shown(state: SessionState, number: int) -> bool:
    return state.run.number == number and state.run.status is not RunStatus.FRESH


def _learns(state: SessionState) -> bool:
    return state.run.status is RunStatus.RUNNING


def _how_to_choose(state: SessionState) -> str:
    if any(not _is_shown(state, line.number) for line in state.runs):
        return _CHOOSE
    return _FIRST_RUN if state.run.status is RunStatus.FRESH else _SECOND_RUN


def _why_not(now: Judged, rival: Rival) -> tuple[str, bool]:
    """Return why there is no comparison, and whether there will be one soon."""
    if now.judgement is None:
        return now.message, False
    if rival.problem:
        return rival.problem, False
    return f"Working out what {_short(rival)} says…", True


def _present_name(state: SessionState) -> str:
    run, rival, epoch = state.run, state.rival, state.judging.epoch
    known = run.number > 0 and run.status is not RunStatus.FRESH
    same = rival is not None and rival.run == run.number
    name = f"Run {run.number}" if known and not same else "This network"
    return name if epoch is None else f"{name} after epoch {epoch}"


def _short(rival: Rival) -> str:
    name = rival.name.removesuffix(f" · {network_name(rival.model.network)}")
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"


@remembered(2)
def _compared(judgement: Judgement, this: str, other: str) -> Compared:
    outcomes, other_columns = judgement.outcomes, judgement.other_columns
    assert outcomes is not None  # there is a second network
    assert other_columns is not None
    # What this network invents is left out: what the other one invents is not among the rows.
    known = judgement.truth >= 0
    both = known & (outcomes >= 0)
    found, rows = outcomes[both], judgement.rows[both]
    counts = np.bincount(found, minlength=len(Outcome)).tolist()
    count = len(found)
    this_right = (found == Outcome.BOTH_RIGHT) | (found == Outcome.FIRST_ONLY)
    other_right = (found == Outcome.BOTH_RIGHT) | (found == Outcome.SECOND_ONLY)
    table = confusion(judgement.columns[both], other_columns[both], len(judgement.column_names))
    first, second = counts[Outcome.FIRST_ONLY], counts[Outcome.SECOND_ONLY]
    left_out = int(np.count_nonzero(known & ~both))
    return Compared(
        count=count,
        noun=judgement.noun,
        this=share(int(this_right.sum()), count),
        other=share(int(other_right.sum()), count),
        agreement=share(int(table.trace()), count),
        kappa=kappa(table),
        outcomes=tuple(
            OutcomeCell(
                outcome,
                _title(outcome, _inside(this), _inside(other)),
                _SHORT[outcome],
                _in_words(outcome, counts[outcome], count, judgement, this, other),
                counts[outcome],
                share(counts[outcome], count),
            )
            for outcome in Outcome
        ),
        classes=_classes(
            judgement,
            np.bincount(rows, minlength=len(judgement.labels)).tolist(),
            np.bincount(rows[this_right], minlength=len(judgement.labels)).tolist(),
            np.bincount(rows[other_right], minlength=len(judgement.labels)).tolist(),
            (this, other),
        ),
        test=_test_words(first, second, judgement, this, other),
        left_out="" if not left_out else _left_out_words(left_out, judgement),
        plural=judgement.plural,
    )


def _test_words(first: int, second: int, judgement: Judgement, this: str, other: str) -> str:
    words = in_words(mcnemar(first, second), this, other, judgement.noun, judgement.plural)
    words = f"McNemar's test: {words[:1] + words[1:].replace(this, _inside(this))}"
    return _NEVER_PARTED.sub(lambda match: match[0].replace(" ", "\u00a0"), words)


def _without_cells(compared: Compared) -> Compared:
    """Return the comparison for a matrix whose rows are no truth."""
    classes = tuple(dataclasses.replace(line, cells=frozenset()) for line in compared.classes)
    return dataclasses.replace(compared, classes=classes)


def _left_out_words(count: int, judgement: Judgement) -> str:
    what = counted(count, judgement.noun, judgement.plural)
    return f"{what} left out: one of the networks gives no answer there"


def _title(outcome: Outcome, this: str, other: str) -> str:
    return {
        Outcome.BOTH_RIGHT: "both right",
        Outcome.FIRST_ONLY: f"only {this} right",
        Outcome.SECOND_ONLY: f"only {other} right",
        Outcome.BOTH_WRONG: "neither right",
    }[outcome]


def _in_words(
    outcome: Outcome, count: int, total: int, judgement: Judgement, this: str, other: str
) -> str:
    """Say how many answers have an outcome: "12 of 40 sentences (30.0 %): only Run 2 is right"."""
    what = judgement.noun if total == 1 else judgement.plural
    this, other = _inside(this), _inside(other)
    says = {
        Outcome.BOTH_RIGHT: f"{this} and {other} are both right",
        Outcome.FIRST_ONLY: f"{this} is right, {other} is wrong",
        Outcome.SECOND_ONLY: f"{other} is right, {this} is wrong",
        Outcome.BOTH_WRONG: f"neither {this} nor {other} is right",
    }[outcome]
    return f"{count:,} of {total:,} {what} ({percent(share(count, total))}): {says}"


def _inside(name: str) -> str:
    """Return a network's name as it stands inside a sentence."""
    return f"this{name[4:]}" if name.startswith("This network") else name


def _classes(
    judgement: Judgement,
    supports: list[int],
    this_right: list[int],
    other_right: list[int],
    names: tuple[str, str],
) -> tuple[ClassLine, ...]:
    """Return the classes that occur; entities that were invented are of no class."""
    lines = []
    for row, name in enumerate(judgement.labels):
        support = supports[row]
        if not support:
            continue
        this, other = share(this_right[row], support), share(other_right[row], support)
        right = "; ".join(
            f"{_inside(network)} gets {count:,} right ({percent(part)})"
            for network, count, part in zip(
                names, (this_right[row], other_right[row]), (this, other), strict=True
            )
        )
        what = counted(support, judgement.noun, judgement.plural)
        cells = frozenset((row, column) for column in range(len(judgement.column_names)))
        lines.append(ClassLine(name, support, this, other, f"{name}, {what}: {right}", cells))
    return tuple(lines)
