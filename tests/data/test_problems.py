from __future__ import annotations

import pytest

from rnnstudio.data.problems import DataError, Problem, Severity, first_problem, shortened
from rnnstudio.errors import RnnStudioError


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.txt", 7, None, "Bad.", "Mend.", Severity.WARNING), "a.txt, line 7: Bad. Mend."),
        (Problem("a.txt", 7, 3, "Bad.", "", Severity.WARNING), "a.txt, line 7, column 3: Bad."),
        (Problem(None, None, None, "Bad.", "", Severity.ERROR), "Bad."),
    ],
)
def test_problems_read_as_sentences(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_data_errors_carry_what_was_found() -> None:
    problem = Problem("a.txt", 7, None, "Bad.", "", Severity.WARNING)
    error = DataError("It failed.", "Try again.", [problem])
    assert isinstance(error, RnnStudioError)
    assert (str(error), error.problems) == ("It failed. Try again.", (problem,))


def test_lists_in_messages_are_short() -> None:
    assert shortened(["a", "b"]) == "a, b"
    assert shortened(list("abcdefgh"), most=3) == "a, b, c and 5 more"


def test_warnings_are_told_before_notes() -> None:
    note = Problem("a.txt", 1, None, "Note.", "", Severity.NOTE)
    warning = Problem("a.txt", 2, None, "Bad.", "", Severity.WARNING)
    assert first_problem([note, warning]) == " a.txt, line 2: Bad."
    assert first_problem([note]) == " a.txt, line 1: Note."
    assert first_problem([]) == ""
