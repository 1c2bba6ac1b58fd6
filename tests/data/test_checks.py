from __future__ import annotations

from collections.abc import Sequence

import pytest

from rnnstudio.data.checks import check_table
from rnnstudio.data.problems import Severity
from rnnstudio.data.table import Row, Split, Table

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST
SOUND = [("good", "1", TRAIN), ("bad", "0", TRAIN), ("fine", "1", TEST), ("dull", "0", TEST)]


def check(rows: Sequence[tuple[str, str, Split]]) -> list[str]:
    made = [Row(text, label, None, "a.tsv", n + 1) for n, (text, label, _) in enumerate(rows)]
    table = Table("a", tuple(made), (), "a.tsv")
    return [str(problem) for problem in check_table(table, [split for *_, split in rows])]


def test_a_sound_table_has_no_problems() -> None:
    assert check(SOUND) == []
    assert check([]) == []


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([("so", "2", TRAIN)], "Classes with one row only: 2."),
        ([("so", "2", TEST), ("so so", "2", TEST)], "Classes without a training row: 2."),
        (
            [(" GOOD", "1", TEST), ("bad", "0", TEST)],
            "a.tsv, line 5: Also in the training split: 2 sentences of the test split, first",
        ),
        (
            [("good", "1", VALIDATION)],
            "a.tsv, line 5: Also in the training split: 1 sentence of the validation split, first",
        ),
        (
            [("Good", "0", TRAIN)],
            "a.tsv, line 5: 1 sentence had another label before, first “Good” (0, before 1).",
        ),
    ],
)
def test_each_problem_is_found(more: list[tuple[str, str, Split]], message: str) -> None:
    (problem,) = check([*SOUND, *more])
    assert problem.startswith(message)


def test_one_class() -> None:
    (problem,) = check([("good", "1", TRAIN), ("fine", "1", TRAIN)])
    assert problem.startswith("All rows have the label “1”.")


def test_training_rows_taken_for_a_missing_split_are_noted() -> None:
    rows = tuple(Row(f"film {n}", str(n % 2), TRAIN, "a.tsv", n) for n in range(8))
    table = Table("a", rows, (), "a.tsv")
    (note,) = check_table(table, [VALIDATION, VALIDATION, *[TRAIN] * 6])
    assert note.severity is Severity.NOTE
    assert "2 training rows were taken" in note.message
