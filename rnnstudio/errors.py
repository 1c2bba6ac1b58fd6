"""Errors that a user can cause, told as what happened and what to do."""

from __future__ import annotations


class RnnStudioError(Exception):
    """An error with words for the user.

    `happened` says what went wrong, `remedy` what to do about it. Everything that is not an
    `RnnStudioError` is a bug of the program.
    """

    def __init__(self, happened: str, remedy: str = "") -> None:
        super().__init__(f"{happened} {remedy}".strip())
        self.happened = happened
        self.remedy = remedy
