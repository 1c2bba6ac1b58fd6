"""The error of a project file that cannot be read, written or understood."""

from __future__ import annotations

from rnnstudio.errors import RnnStudioError


class ProjectFileError(RnnStudioError):
    """A project file cannot be read, written or understood; the file is as it was."""
