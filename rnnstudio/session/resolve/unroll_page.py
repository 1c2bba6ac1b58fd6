"""All that the Unroll page shows at once; what cannot be seen is not worked out."""

from __future__ import annotations

from dataclasses import dataclass

from rnnstudio.session.looking import Below, Beside
from rnnstudio.session.resolve.changes import ChangesState, resolve_changes
from rnnstudio.session.resolve.heat_map import HeatMapState, resolve_heat_map
from rnnstudio.session.resolve.inspector import InspectorState, resolve_inspector
from rnnstudio.session.resolve.paths import PathsState, resolve_paths
from rnnstudio.session.resolve.phrase import PhraseState, resolve_phrase
from rnnstudio.session.resolve.replacements import ReplacementsState, resolve_replacements
from rnnstudio.session.resolve.sentence_box import SentenceState, resolve_sentence_box
from rnnstudio.session.resolve.two_sentences import TwoSentencesState, resolve_two_sentences
from rnnstudio.session.resolve.unroll import (
    TransportState,
    UnrolledState,
    resolve_transport,
    resolve_unrolled,
)
from rnnstudio.session.state import SessionState


@dataclass(frozen=True)
class UnrollState:
    """The parts of the page; None stands for a part that is behind another one."""

    sentence_box: SentenceState
    changes: ChangesState
    unrolled: UnrolledState
    transport: TransportState
    below: Below
    beside: Beside
    heat_map: HeatMapState | None = None
    paths: PathsState | None = None
    two_sentences: TwoSentencesState | None = None
    inspector: InspectorState | None = None
    replacements: ReplacementsState | None = None
    phrase: PhraseState | None = None


def resolve_unroll(state: SessionState) -> UnrollState:
    """Return what the Unroll page shows."""
    below, beside = state.looking.below, state.looking.beside
    return UnrollState(
        sentence_box=resolve_sentence_box(state),
        changes=resolve_changes(state),
        unrolled=resolve_unrolled(state),
        transport=resolve_transport(state),
        below=below,
        beside=beside,
        heat_map=resolve_heat_map(state) if below is Below.HEAT_MAP else None,
        paths=resolve_paths(state) if below is Below.PATHS else None,
        two_sentences=resolve_two_sentences(state) if below is Below.TWO_SENTENCES else None,
        inspector=resolve_inspector(state) if beside is Beside.INSPECTOR else None,
        replacements=resolve_replacements(state) if beside is Beside.REPLACEMENTS else None,
        phrase=resolve_phrase(state) if beside is Beside.PHRASE else None,
    )
