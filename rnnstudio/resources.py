"""Finds the files of `resources/`, from a checkout, an editable install or a wheel."""

from __future__ import annotations

from pathlib import Path

from rnnstudio.errors import RnnStudioError

_PACKAGE = Path(__file__).resolve().parent
# A wheel carries the folder inside the package; a checkout has it beside the package.
_FOLDERS = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def resource(*parts: str) -> Path:
    """Return the path of a resource, e.g. `resource("data", "polarity.tsv")`.

    Raises:
        RnnStudioError: the installation lacks the file.
    """
    for folder in _FOLDERS:
        path = folder.joinpath(*parts)
        if path.exists():
            return path
    raise RnnStudioError(
        f"The program's own file {'/'.join(parts)} is missing.", "Install RNN Studio again."
    )
