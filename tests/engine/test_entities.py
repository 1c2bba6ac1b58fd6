"""Entities of tag sequences, figures by entity, and each kind of error."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstudio.engine.entities import (
    Entity,
    Match,
    MatchKind,
    Rules,
    count_kinds,
    entities,
    entity_matches,
    entity_report,
    is_bio,
    strict_rules,
)
from rnnstudio.engine.metrics import Average, Figures
from tests.engine.metric_gold import cases

TAGS = ("O", "B-X", "I-X", "B-Y", "I-Y", "E-X", "S-Y", "NOUN")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("", []),
        ("O O O", []),
        ("B-PER I-PER O B-LOC", [("PER", 0, 2), ("LOC", 3, 4)]),
        ("B-PER B-PER", [("PER", 0, 1), ("PER", 1, 2)]),
        # An I after O, at the start, or after another type begins an entity.
        ("I-PER I-PER O I-LOC", [("PER", 0, 2), ("LOC", 3, 4)]),
        ("B-PER I-LOC I-LOC", [("PER", 0, 1), ("LOC", 1, 3)]),
        # IOBES and BILOU.
        ("B-X I-X E-X S-X O E-X", [("X", 0, 3), ("X", 3, 4), ("X", 5, 6)]),
        ("B-X I-X L-X U-X I-X", [("X", 0, 3), ("X", 3, 4), ("X", 4, 5)]),
        ("E-X E-X", [("X", 0, 1), ("X", 1, 2)]),
        # No types, and tags that are none.
        ("B I O B-", [("_", 0, 2), ("_", 3, 4)]),
        ("B-A-B I-A-B", [("A-B", 0, 2)]),
        ("NOUN VERB X-PER b-PER -PER", []),
        ("B-X NOUN I-X", [("X", 0, 1), ("X", 2, 3)]),
    ],
)
def test_entities(tags: str, expected: list[tuple[str, int, int]]) -> None:
    assert entities(tags.split()) == tuple(Entity(*one) for one in expected)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("B-PER", "I-PER", "O"), True),
        (("I-PER", "I-LOC"), True),
        (("B", "I", "O"), True),
        (("B-X", "I-X", "E-X", "S-X", "O"), True),
        (("O",), False),
        ((), False),
        (("S", "E"), False),
        (("NOUN", "VERB"), False),
        (("B-PER", "I-PER", "O", "NOUN"), False),
        (("positive", "negative"), False),
        (("IN", "B"), False),
    ],
)
def test_is_bio(labels: tuple[str, ...], expected: bool) -> None:
    assert is_bio(labels) is expected


@pytest.mark.parametrize("case", cases("entities"))
def test_figures_equal_seqeval(case: dict[str, Any]) -> None:
    for tags, expected in zip(case["truth"], case["entities"], strict=True):
        assert [[e.type, e.start, e.stop] for e in entities(tags)] == expected
    report = entity_report(case["truth"], case["predicted"])
    found: dict[str, Figures] = {
        **{one.type: one for one in report.types},
        "micro avg": report.micro,
        "macro avg": report.macro,
        "weighted avg": report.weighted,
    }
    assert set(found) == set(case["report"])
    for name, row in case["report"].items():
        one = found[name]
        values = [one.precision, one.recall, one.f1, one.support]
        assert values == pytest.approx(row, rel=1e-12, abs=1e-12), name


STRICT = list(zip(cases("entities"), cases("strict", "evaluation_gold"), strict=True))


@pytest.mark.parametrize(("case", "expected"), STRICT)
def test_strict_figures_equal_seqeval(case: dict[str, Any], expected: dict[str, Any]) -> None:
    rules = strict_rules(tag for tags in case["truth"] + case["predicted"] for tag in tags)
    for tags, true in zip(case["truth"], expected["entities"], strict=True):
        assert [[e.type, e.start, e.stop] for e in entities(tags, rules)] == true
    report = entity_report(case["truth"], case["predicted"], rules)
    found: dict[str, Figures] = {
        **{one.type: one for one in report.types},
        "micro avg": report.micro,
        "macro avg": report.macro,
        "weighted avg": report.weighted,
    }
    assert set(found) == set(expected["report"])
    for name, row in expected["report"].items():
        one = found[name]
        values = [one.precision, one.recall, one.f1, one.support]
        # A mean over no types is no number there.
        assert values == pytest.approx([value or 0 for value in row], rel=1e-12, abs=1e-12), name


@pytest.mark.parametrize(
    ("tags", "rules", "expected"),
    [
        ("I-X B-X I-X I-Y O I-X", Rules.STRICT_BIO, [("X", 1, 3)]),
        ("B-X B-X E-X S-X B I", Rules.STRICT_BIO, [("X", 0, 1), ("X", 1, 2), ("_", 4, 6)]),
        ("B-X I-X O B-X E-X E-X S-Y", Rules.STRICT_IOBES, [("X", 3, 5), ("Y", 6, 7)]),
        ("B-X B-X L-X U-X I-X B-X", Rules.STRICT_IOBES, [("X", 1, 3), ("X", 3, 4)]),
        ("", Rules.STRICT_BIO, []),
    ],
)
def test_strict_rules(tags: str, rules: Rules, expected: list[tuple[str, int, int]]) -> None:
    assert entities(tags.split(), rules) == tuple(Entity(*one) for one in expected)


def test_strict_rules_of_labels() -> None:
    assert strict_rules(("O", "B-X", "I-X")) is Rules.STRICT_BIO
    assert strict_rules(("O", "B-X", "I-X", "E-X")) is Rules.STRICT_IOBES
    assert strict_rules(("O", "U-X", "NOUN")) is Rules.STRICT_IOBES
    assert strict_rules(()) is Rules.STRICT_BIO


def test_strict_matches() -> None:
    (match,) = entity_matches([["B-A", "I-A"]], [["I-A", "I-A"]], Rules.STRICT_BIO)
    assert match == Match(0, MatchKind.MISSED, Entity("A", 0, 2), None)


def test_report_of_nothing() -> None:
    cases_of_nothing: tuple[list[list[str]], ...] = ([], [[]], [["O", "NOUN"]])
    for nothing in cases_of_nothing:
        report = entity_report(nothing, nothing)
        assert report.types == ()
        assert report.micro == report.macro == report.weighted == Average(0, 0, 0, 0)


def kinds(truth: str, predicted: str) -> list[tuple[MatchKind, Entity | None, Entity | None]]:
    matches = entity_matches([truth.split()], [predicted.split()])
    return [(match.kind, match.truth, match.predicted) for match in matches]


def test_each_kind_of_error() -> None:
    found = kinds(
        "B-A I-A O B-B O B-C I-C O B-D O O O",
        "B-A I-A O B-X O B-C O  O O   O B-E I-E",
    )
    assert found == [
        (MatchKind.EXACT, Entity("A", 0, 2), Entity("A", 0, 2)),
        (MatchKind.TYPE, Entity("B", 3, 4), Entity("X", 3, 4)),
        (MatchKind.BORDER, Entity("C", 5, 7), Entity("C", 5, 6)),
        (MatchKind.MISSED, Entity("D", 8, 9), None),
        (MatchKind.INVENTED, None, Entity("E", 10, 12)),
    ]


def test_largest_overlap_is_taken_and_each_entity_once() -> None:
    # One true entity of five words, cut in two by the prediction.
    assert kinds("B-A I-A I-A I-A I-A", "B-A I-A B-A I-A I-A") == [
        (MatchKind.INVENTED, None, Entity("A", 0, 2)),
        (MatchKind.BORDER, Entity("A", 0, 5), Entity("A", 2, 5)),
    ]
    # Where overlaps are equal, the earlier one.
    assert kinds("B-A I-A I-A I-A", "B-A I-A B-A I-A") == [
        (MatchKind.BORDER, Entity("A", 0, 4), Entity("A", 0, 2)),
        (MatchKind.INVENTED, None, Entity("A", 2, 4)),
    ]
    # A wrong type with a wrong border is a miss and an invention.
    assert kinds("B-A I-A", "B-B O") == [
        (MatchKind.INVENTED, None, Entity("B", 0, 1)),
        (MatchKind.MISSED, Entity("A", 0, 2), None),
    ]


def test_rows_of_matches() -> None:
    matches = entity_matches([["B-A"], ["O"], ["B-B"]], [["B-A"], ["O"], ["O"]])
    assert [(match.row, match.kind) for match in matches] == [
        (0, MatchKind.EXACT),
        (2, MatchKind.MISSED),
    ]


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="number of sentences"):
        entity_report([["O"]], [])
    with pytest.raises(ValueError, match="sentence 1"):
        entity_matches([["O"], ["O"]], [["O"], ["O", "O"]])


sentence = st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS)), max_size=9)


@given(st.lists(sentence, max_size=4))
def test_every_entity_is_in_one_match(pairs: list[list[tuple[str, str]]]) -> None:
    truth = [[pair[0] for pair in row] for row in pairs]
    predicted = [[pair[1] for pair in row] for row in pairs]
    matches = entity_matches(truth, predicted)
    assert Counter((m.row, m.truth) for m in matches if m.truth) == Counter(
        (row, entity) for row, tags in enumerate(truth) for entity in entities(tags)
    )
    assert Counter((m.row, m.predicted) for m in matches if m.predicted) == Counter(
        (row, entity) for row, tags in enumerate(predicted) for entity in entities(tags)
    )
    assert all(_is_of_its_kind(match) for match in matches)
    counts = count_kinds(matches)
    exact, invented, missed = (
        counts[kind] for kind in (MatchKind.EXACT, MatchKind.INVENTED, MatchKind.MISSED)
    )
    assert set(counts) == set(MatchKind)
    assert sum(counts.values()) == len(matches)
    assert len(matches) - invented == sum(len(entities(tags)) for tags in truth)
    assert len(matches) - missed == sum(len(entities(tags)) for tags in predicted)
    assert exact == sum(match.truth == match.predicted for match in matches)
    micro = entity_report(truth, predicted).micro
    assert exact == pytest.approx(micro.recall * micro.support)


@given(sentence)
def test_border_errors_are_the_greedy_ones(pairs: list[tuple[str, str]]) -> None:
    truth, predicted = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    matches = entity_matches([truth], [predicted])
    rest = {(m.truth, m.predicted) for m in matches if m.kind in (MatchKind.EXACT, MatchKind.TYPE)}
    true = set(entities(truth)) - {one for one, _ in rest}
    said = set(entities(predicted)) - {other for _, other in rest}
    expected = set()
    # Slowly: look through everything for the best pair that is left, again and again.
    while candidates := [
        (len(set(range(a.start, a.stop)) & set(range(b.start, b.stop))), -a.start, -b.start, a, b)
        for a in true
        for b in said
        if a.type == b.type and set(range(a.start, a.stop)) & set(range(b.start, b.stop))
    ]:
        *_, a, b = max(candidates)
        expected.add((a, b))
        true, said = true - {a}, said - {b}
    assert {(m.truth, m.predicted) for m in matches if m.kind is MatchKind.BORDER} == expected


def test_types_do_not_depend_on_the_order_of_sentences() -> None:
    truth, predicted = [["B-A"], ["B-B", "I-B"], ["O"]], [["B-A"], ["B-B", "O"], ["B-C"]]
    reports = {
        entity_report([truth[i] for i in order], [predicted[i] for i in order])
        for order in permutations(range(3))
    }
    assert len(reports) == 1
    assert [one.type for one in reports.pop().types] == ["A", "B", "C"]


def _is_of_its_kind(match: Match) -> bool:
    one, other = match.truth, match.predicted
    if one is None or other is None:
        return match.kind is (MatchKind.INVENTED if one is None else MatchKind.MISSED)
    same_type = one.type == other.type
    same_words = (one.start, one.stop) == (other.start, other.stop)
    return match.kind is {
        (True, True): MatchKind.EXACT,
        (True, False): MatchKind.BORDER,
        (False, True): MatchKind.TYPE,
    }.get((same_type, same_words))
