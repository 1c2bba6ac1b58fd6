"""Settings go through JSON unchanged, and what is not settings is refused with words."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnstudio.data.tokens import TextSpec
from rnnstudio.engine.activations import Activation
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.training_spec import TrainingSpec
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.json_values import parsed, written
from rnnstudio.project.spec import DEFAULT_SPEC, LIMITS, DataSpec, ModelSpec, ProjectSpec

_numbers = st.floats(allow_nan=False, allow_infinity=False)
_shares = _numbers | st.text()
_specs = st.builds(
    ProjectSpec,
    data=st.builds(
        DataSpec,
        source=st.text(),
        name=st.text(),
        validation=_shares,
        test=_shares,
        seed=st.integers(),
    ),
    text=st.builds(
        TextSpec,
        level=st.text(),
        lowercase=st.booleans(),
        split_punctuation=st.booleans(),
        minimum_count=st.integers(),
    ),
    model=st.builds(
        ModelSpec,
        units=st.integers(),
        embedding=st.none() | st.integers(),
        activation=st.sampled_from(Activation),
    ),
    training=st.builds(
        TrainingSpec,
        optimizer=st.sampled_from(OptimizerName),
        learning_rate=_numbers,
        batch_size=st.integers(),
        epochs=st.integers(),
        clip_norm=st.none() | _numbers,
        patience=st.none() | st.integers(),
        seed=st.integers(),
    ),
)


@settings(deadline=None)
@given(_specs)
def test_any_settings_survive_json(spec: ProjectSpec) -> None:
    again = ProjectSpec.from_json(parsed(written(spec.to_json()), "settings"))
    assert again == spec
    assert _types(again) == _types(spec)


@settings(deadline=None)
@given(_specs)
def test_any_settings_can_be_validated(spec: ProjectSpec) -> None:
    for problem in spec.validate():
        assert problem.message
        assert problem.hint


def test_whole_number_for_a_share_or_rate_becomes_a_float() -> None:
    value = json.loads(written(DEFAULT_SPEC.to_json()))
    value["training"]["learning_rate"] = 1
    spec = ProjectSpec.from_json(value)
    assert type(spec.training.learning_rate) is float


@pytest.mark.parametrize(
    ("place", "wrong", "words"),
    [
        ("model.units", "24", "settings.model.units should be a whole number"),
        ("model.units", 24.0, "settings.model.units should be a whole number"),
        ("model.units", True, "settings.model.units should be a whole number"),
        ("model.units", None, "settings.model.units should be a whole number"),
        ("model.embedding", "one-hot", "settings.model.embedding should be"),
        ("model.activation", "sine", "known are tanh, logistic, relu"),
        ("model.activation", ["tanh"], "known are tanh, logistic, relu"),
        ("model.cell", "gru", "known are rnn"),
        ("training.learning_rate", "fast", "should be a number"),
        ("training.learning_rate", 10**400, "should be a finite number"),
        ("text.lowercase", 1, "should be true or false"),
        ("data.validation", [0.1], "should be a number or a text"),
        ("data", [], "settings.data should be an object"),
        ("model.unit", 3, 'unknown entry "unit"'),
        ("extra", {}, 'unknown entry "extra"'),
    ],
)
def test_wrong_value_is_named(place: str, wrong: object, words: str) -> None:
    value: dict[str, Any] = copy.deepcopy(DEFAULT_SPEC.to_json())
    *parents, name = place.split(".")
    inner: dict[str, Any] = value
    for parent in parents:
        inner = inner[parent]
    inner[name] = wrong
    with pytest.raises(ProjectFileError) as caught:
        ProjectSpec.from_json(value)
    assert words in str(caught.value)


@pytest.mark.parametrize("part", ["data", "text", "model", "training"])
def test_missing_entry_is_named(part: str) -> None:
    value: dict[str, Any] = DEFAULT_SPEC.to_json()
    del value[part]
    with pytest.raises(ProjectFileError, match=f"lacks the entry “{part}”"):
        ProjectSpec.from_json(value)


@pytest.mark.parametrize("value", [None, 3, "x", [], True])
def test_anything_but_an_object_is_refused(value: object) -> None:
    with pytest.raises(ProjectFileError, match="should be an object"):
        ProjectSpec.from_json(value)


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[Infinity]", "[" * 100_000, "[" * 60 + "]" * 60, "9" * 5000]
)
def test_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ProjectFileError, match="no valid JSON"):
        parsed(text, "it")


def test_default_settings_are_valid() -> None:
    assert DEFAULT_SPEC.validate() == ()


@pytest.mark.parametrize("key", sorted(LIMITS))
def test_each_limit_holds_on_both_sides(key: str) -> None:
    limit = LIMITS[key]
    low = limit.low if limit.low_allowed else 1e-9
    inside: list[float] = [low, limit.high]
    outside: list[float] = [limit.low - 1, limit.high + 1, float("nan")]
    if not limit.low_allowed:
        outside.append(limit.low)
    for value in inside:
        other = {"data.validation": "test", "data.test": "validation"}.get(key)
        spec = _with(DEFAULT_SPEC, key, int(value) if limit.whole else value)
        if other:
            spec = _with(spec, f"data.{other}", 0.0)
        assert spec.validate() == ()
    for value in outside:
        spec = _with(DEFAULT_SPEC, key, int(value) if limit.whole and value == value else value)
        (problem,) = [p for p in spec.validate() if p.message.startswith(limit.title)]
        assert problem.hint.startswith("Choose")


def test_shares_that_leave_nothing_to_train_on_are_a_problem() -> None:
    spec = _with(_with(DEFAULT_SPEC, "data.validation", 0.5), "data.test", 0.5)
    (problem,) = spec.validate()
    assert "hardly anything to train on" in str(problem)


def test_unknown_level_and_missing_source_are_problems() -> None:
    spec = _with(_with(DEFAULT_SPEC, "text.level", "grapheme"), "data.source", "")
    assert [problem.message for problem in spec.validate()] == [
        "There is no level “grapheme”.",
        "No data are chosen.",
    ]


def _with(spec: ProjectSpec, key: str, value: object) -> ProjectSpec:
    part, name = key.split(".")
    changed = dataclasses.replace(getattr(spec, part), **{name: value})
    return dataclasses.replace(spec, **{part: changed})


def _types(spec: ProjectSpec) -> list[type]:
    parts = (spec.data, spec.text, spec.model, spec.training)
    return [type(value) for part in parts for value in vars(part).values()]
