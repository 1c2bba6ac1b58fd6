"""What the matrix counts by entity, against the engine's functions and seqeval's figures."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.entities import (
    Entity,
    MatchKind,
    Rules,
    entities,
    entity_matches,
    entity_report,
    strict_rules,
)
from rnnstudio.session.answers.entity_spans import matches, spans, tagging
from rnnstudio.session.answers.judgement import chosen, judge, right_cells, wrong_cells
from rnnstudio.session.answers.judging import Group, Judging
from tests.engine.metric_gold import cases
from tests.session.judgements import tagged

BIO = ("B", "B-X", "B-Y", "I", "I-X", "I-Y", "O")
IOBES = ("B-X", "E-X", "I-X", "L-Y", "O", "S-X", "U-Y")
TAGS = ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")


def sentences(labels: tuple[str, ...]) -> st.SearchStrategy[list[list[tuple[str, str]]]]:
    words = st.tuples(st.sampled_from(labels), st.sampled_from(labels))
    return st.lists(st.lists(words, min_size=1, max_size=9), max_size=5)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("labels", [BIO, IOBES])
def test_entities_are_those_of_the_engine(labels: tuple[str, ...], strict: bool) -> None:
    rules = strict_rules(labels) if strict else Rules.LENIENT
    meaning = tagging(labels, strict=strict)

    @given(sentences(labels))
    def check(pairs: list[list[tuple[str, str]]]) -> None:
        truth = [[true for true, _ in words] for words in pairs]
        found = [[said for _, said in words] for words in pairs]
        begins = np.array([place == 0 for words in pairs for place in range(len(words))], np.bool_)
        starts = np.cumsum([0, *map(len, pairs)])
        both = []
        for tags in (truth, found):
            flat = np.array([labels.index(tag) for words in tags for tag in words], np.int64)
            got = spans(flat, begins, meaning)
            both.append(got)
            expected = [
                (meaning.names.index(one.type), int(start + one.start), int(start + one.stop))
                for words, start in zip(tags, starts, strict=False)
                for one in entities(words, rules)
            ]
            columns = (got.types.tolist(), got.starts.tolist(), got.stops.tolist())
            assert list(zip(*columns, strict=True)) == expected
        got_matches = matches(*both)
        listed = []
        for one, other, kind in zip(
            got_matches.truth, got_matches.found, got_matches.kinds, strict=True
        ):
            sides: list[Entity | None] = []
            for side, place in zip(both, (one, other), strict=True):
                if place < 0:
                    sides.append(None)
                    continue
                row = int(np.searchsorted(starts, side.starts[place], side="right")) - 1
                first, stop = side.starts[place] - starts[row], side.stops[place] - starts[row]
                sides.append(Entity(meaning.names[side.types[place]], int(first), int(stop)))
            listed.append((row, _KINDS[kind], *sides))
        expected_matches = [
            (match.row, match.kind, match.truth, match.predicted)
            for match in entity_matches(truth, found, rules)
        ]
        assert listed == expected_matches

    check()


_KINDS = (
    MatchKind.EXACT,
    MatchKind.BORDER,
    MatchKind.TYPE,
    MatchKind.MISSED,
    MatchKind.INVENTED,
)


@given(sentences(BIO), st.booleans())
def test_figures_and_cells_are_those_of_the_engine(
    pairs: list[list[tuple[str, str]]], strict: bool
) -> None:
    truth = [[true for true, _ in words] for words in pairs]
    found = [[said for _, said in words] for words in pairs]
    judgement = judge(tagged(BIO, truth, found), Judging(by_entity=True, strict=strict))
    rules = strict_rules(BIO) if strict else Rules.LENIENT
    assert judgement.report == entity_report(truth, found, rules)
    assert judgement.labels == ("_", "X", "Y")
    cells = Counter[tuple[str, str]]()
    for match in entity_matches(truth, found, rules):
        row = match.truth.type if match.truth else "invented"
        column = match.predicted.type if match.predicted else "missed"
        cells[row, "wrong border" if match.kind is MatchKind.BORDER else column] += 1
    table = {
        (row, column): int(judgement.table[i, j])
        for i, row in enumerate(judgement.row_names)
        for j, column in enumerate(judgement.column_names)
    }
    assert {cell: count for cell, count in table.items() if count} == dict(cells)
    right = chosen(judgement, right_cells(judgement), Judging()).tolist()
    wrong = chosen(judgement, frozenset(), Judging()).tolist()
    assert sorted(right + wrong) == list(range(len(judgement.rows)))
    assert chosen(judgement, wrong_cells(judgement), Judging()).tolist() == wrong


@pytest.mark.parametrize(
    ("case", "strict"),
    [
        *((case, None) for case in cases("entities")),
        *zip(cases("entities"), cases("strict", "evaluation_gold"), strict=True),
    ],
)
def test_figures_equal_seqeval(case: dict[str, Any], strict: dict[str, Any] | None) -> None:
    labels = sorted({tag for tags in (*case["truth"], *case["predicted"]) for tag in tags})
    evaluation = tagged(labels, case["truth"], case["predicted"])
    judgement = judge(evaluation, Judging(by_entity=True, strict=strict is not None))
    assert judgement.noun == "entity"
    expected = (strict or case)["report"]
    figures = judgement.figures
    averages = {"macro avg": figures.macro, "weighted avg": figures.weighted}
    assert judgement.report is not None
    averages["micro avg"] = judgement.report.micro
    for name, one in averages.items():
        found = [one.precision, one.recall, one.f1, one.support]
        # seqeval has no average of no types.
        gold = [value or 0.0 for value in expected[name]]
        assert found == pytest.approx(gold, abs=1e-12)
    for name, line in zip(judgement.labels, figures.classes, strict=True):
        found = [line.precision, line.recall, line.f1, line.support]
        assert found == pytest.approx(expected.get(name, [0, 0, 0, 0]), abs=1e-12)


def test_each_kind_of_entity_stands_in_its_cell() -> None:
    truth = [["B-PER", "I-PER", "O", "B-LOC", "O", "B-PER"], ["O", "B-LOC", "I-LOC", "O"]]
    found = [["B-PER", "I-PER", "O", "B-PER", "O", "O"], ["O", "B-LOC", "O", "B-PER"]]
    judgement = judge(tagged(TAGS, truth, found), Judging(by_entity=True))
    assert judgement.labels == ("LOC", "PER")
    assert judgement.row_names == ("LOC", "PER", "invented")
    assert judgement.column_names == ("LOC", "PER", "wrong border", "missed")
    assert judgement.table.tolist() == [[0, 1, 1, 0], [0, 1, 0, 1], [0, 1, 0, 0]]
    cells = list(zip(judgement.rows.tolist(), judgement.columns.tolist(), strict=True))
    assert cells == [(1, 1), (0, 1), (1, 3), (0, 2), (2, 1)]
    steps = judgement.evaluation.steps[judgement.places].tolist()
    assert steps == [2, 5, 7, 3, 5]
    assert judgement.stops.tolist() == [4, 6, 8, 5, 6]
    assert judgement.right.tolist() == [True, False, False, False, False]
    assert [math.isnan(sure) for sure in judgement.confidence] == [False, False, True, False, False]
    assert math.isnan(judgement.figures.accuracy)
    assert judgement.plural == "entities"


def test_types_of_a_group_are_one() -> None:
    evaluation = tagged(TAGS, [["B-PER", "I-PER"]], [["B-LOC", "I-LOC"]])
    group = Group("name", frozenset({"LOC", "PER"}))
    judgement = judge(evaluation, Judging(by_entity=True, groups=(group,)))
    assert judgement.labels == ("name",)
    assert judgement.table.tolist() == [[1, 0, 0], [0, 0, 0]]


def test_a_word_without_an_answer_is_in_no_entity() -> None:
    evaluation = tagged(TAGS, [["B-PER"]], [["B-PER"]], confidence=0.6)
    judgement = judge(evaluation, Judging(by_entity=True, abstain=0.7))
    assert judgement.table.tolist() == [[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]


def test_an_entity_is_as_sure_as_its_least_sure_word() -> None:
    sure = tagged(TAGS, [["B-PER", "I-PER"]], [["B-PER", "I-PER"]], confidence=0.9)
    sure.probabilities[1] = [0.1, 0.1, 0.1, 0.5, 0.2]
    judgement = judge(sure, Judging(by_entity=True))
    assert judgement.confidence == pytest.approx([0.5])
    assert judgement.margin == pytest.approx([0.3])
