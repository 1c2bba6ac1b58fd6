"""Why there is no network to show."""

from __future__ import annotations

from rnnstudio.data.dataset import Dataset
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.limits import require_size
from rnnstudio.project.loading import network_of
from rnnstudio.project.spec import ProjectSpec
from rnnstudio.session.memo import remembered
from rnnstudio.session.state import SessionState


def why_no_network(state: SessionState) -> str:
    """Return why the settings and data make no network; "" where the data are to blame."""
    return "" if state.model is not None else _why(state.spec, state.dataset)


@remembered(2)
def _why(spec: ProjectSpec, dataset: Dataset | None) -> str:
    if dataset is None or len(dataset.labels) < 2 or not dataset.vocabulary.words:
        return ""
    try:
        require_size(network_of(spec, dataset))
    except (RnnStudioError, ValueError) as error:
        return str(error)
    if spec.model.vectors is not None:
        return f"The word vectors in {spec.model.vectors} cannot be used. Choose other settings."
    return ""
