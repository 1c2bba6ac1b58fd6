"""All that the Evaluate page shows at once; what cannot be seen is not worked out."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstudio.session.answers.judging import Panels
from rnnstudio.session.resolve.confusion import ConfusionState, resolve_confusion
from rnnstudio.session.resolve.examples import ExamplesState, resolve_examples
from rnnstudio.session.resolve.lecture_table import LectureTableState, resolve_lecture_table
from rnnstudio.session.resolve.per_class import PerClassState, resolve_per_class
from rnnstudio.session.resolve.reliability import ReliabilityState, resolve_reliability
from rnnstudio.session.resolve.runs import RunsState, resolve_runs
from rnnstudio.session.resolve.thresholds import ThresholdState, resolve_thresholds
from rnnstudio.session.resolve.time_bar import TimeBarState, resolve_time_bar
from rnnstudio.session.state import SessionState


@dataclass(frozen=True)
class EvaluateState:
    """The parts of the page; None stands for a part that is behind another one."""

    confusion: ConfusionState
    time_bar: TimeBarState
    examples: ExamplesState
    panel: Panels
    per_class: PerClassState | None = None
    lecture_table: LectureTableState | None = None
    reliability: ReliabilityState | None = None
    thresholds: ThresholdState | None = None
    runs: RunsState | None = None


def resolve_evaluate(state: SessionState) -> EvaluateState:
    """Return what the Evaluate page shows."""
    panel = state.judging.panel
    return EvaluateState(
        confusion=resolve_confusion(state),
        time_bar=resolve_time_bar(state),
        examples=resolve_examples(state),
        panel=panel,
        per_class=resolve_per_class(state) if panel is Panels.CLASSES else None,
        lecture_table=resolve_lecture_table(state) if panel is Panels.TABLE else None,
        reliability=resolve_reliability(state) if panel is Panels.RELIABILITY else None,
        thresholds=resolve_thresholds(state) if panel is Panels.THRESHOLD else None,
        runs=resolve_runs(state) if panel is Panels.RUNS else None,
    )
