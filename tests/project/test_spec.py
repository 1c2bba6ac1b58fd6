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
from rnnstudio.engine.network import Cell, Reading, Task
from rnnstudio.engine.optimizers import OptimizerName
from rnnstudio.engine.schedules import ScheduleName
from rnnstudio.engine.training_spec import Criterion, LossMean, TrainingSpec
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.json_values import parsed, written
from rnnstudio.project.limits import require_size
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
        unknown=st.booleans(),
        maximum_words=st.none() | st.integers(),
        longest=st.none() | st.integers(),
    ),
    model=st.builds(
        ModelSpec,
        cell=st.sampled_from(Cell),
        layers=st.integers(),
        bidirectional=st.booleans(),
        units=st.integers(),
        embedding=st.none() | st.integers(),
        vectors=st.none() | st.text(),
        train_embedding=st.booleans(),
        activation=st.sampled_from(Activation),
        dropout=_numbers,
        read=st.none() | st.sampled_from(Reading),
        train_initial_state=st.booleans(),
        forget_bias=st.none() | _numbers,
    ),
    training=st.builds(
        TrainingSpec,
        optimizer=st.sampled_from(OptimizerName),
        learning_rate=_numbers,
        momentum=_numbers,
        weight_decay=_numbers,
        schedule=st.sampled_from(ScheduleName),
        decay_epochs=st.integers(),
        decay_factor=_numbers,
        warmup=st.integers(),
        batch_size=st.integers(),
        epochs=st.integers(),
        clip_norm=st.none() | _numbers,
        clip_value=st.none() | _numbers,
        patience=st.none() | st.integers(),
        criterion=st.sampled_from(Criterion),
        loss_mean=st.sampled_from(LossMean),
        label_smoothing=_numbers,
        balanced=st.booleans(),
        truncation=st.none() | st.integers(),
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
    for task in (None, *Task):
        for problem in spec.validate(task):
            assert problem.message
            assert problem.hint


@settings(deadline=None)
@given(_specs, st.sampled_from(Task))
def test_valid_settings_make_a_network(spec: ProjectSpec, task: Task) -> None:
    model = dataclasses.replace(
        spec.model, layers=spec.model.layers % 4 + 1, units=7, embedding=None, dropout=0.5
    )
    spec = dataclasses.replace(DEFAULT_SPEC, model=model)
    if not spec.validate(task):
        network = model.network(9, 3, task, longest=5)
        assert network.parameter_count > 0
        assert (network.longest == 5) == network.cell.has_length


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
        ("model.cell", "tree", "known are independent, shared, history, rnn, gru, lstm"),
        ("training.learning_rate", "fast", "should be a number"),
        ("training.learning_rate", 10**400, "should be a finite number"),
        ("model.vectors", 3, "should be a text or null"),
        ("training.schedule", "cyclic", "known are constant"),
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
    high = limit.high if limit.high_allowed else limit.high - 1e-9
    inside: list[float] = [low, high]
    outside: list[float] = [limit.low - 1, limit.high + 1, float("nan")]
    if not limit.low_allowed:
        outside.append(limit.low)
    if not limit.high_allowed:
        outside.append(limit.high)
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
    spec = _with(_with(DEFAULT_SPEC, "text.level", "syllable"), "data.source", "")
    assert [problem.message for problem in spec.validate()] == [
        "There is no level “syllable”.",
        "No data are chosen.",
    ]


@pytest.mark.parametrize(
    ("wrong", "words", "hint"),
    [
        (
            ModelSpec(cell=Cell.SHARED, layers=2),
            "without memory (“shared”) cannot have 2 layers",
            "rnn",
        ),
        (
            ModelSpec(cell=Cell.HISTORY, bidirectional=True),
            "cannot have two directions",
            "one direction",
        ),
        (ModelSpec(cell=Cell.INDEPENDENT, train_initial_state=True), "state s_0", "recurrent"),
        (
            ModelSpec(cell=Cell.GRU, activation=Activation.RELU),
            "gru has functions of its own, not relu",
            "tanh",
        ),
        (ModelSpec(embedding=None, vectors="v.txt"), "one-hot input has none", "an embedding"),
        (ModelSpec(vectors=" "), "has no name", "Choose a file"),
        (ModelSpec(embedding=None, train_embedding=False), "that could be kept as it is", "train"),
        (ModelSpec(dropout=1.0), "The dropout is 1.", "from 0 to 0.95"),
        (ModelSpec(layers=5), "The number of layers is 5.", "from 1 to 4"),
    ],
)
def test_contradiction_is_told(wrong: ModelSpec, words: str, hint: str) -> None:
    (problem,) = dataclasses.replace(DEFAULT_SPEC, model=wrong).validate()
    assert words in problem.message
    assert hint in problem.hint


def test_truncation_needs_a_memory() -> None:
    spec = _with(_with(DEFAULT_SPEC, "training.truncation", 5), "model.cell", Cell.SHARED)
    (problem,) = spec.validate()
    assert "cannot have truncation in time" in problem.message


def test_some_settings_have_no_meaning_for_labelling() -> None:
    for key, value, words in (
        ("model.read", Reading.MAX, "reads every state, not the max"),
        ("text.level", "character", "cannot read by character"),
    ):
        spec = _with(DEFAULT_SPEC, key, value)
        assert spec.validate() == spec.validate(Task.CLASSIFY) == ()
        (problem,) = spec.validate(Task.LABEL)
        assert words in problem.message


def test_what_a_network_reads_unless_told() -> None:
    def read(cell: Cell, chosen: Reading | None, task: Task = Task.CLASSIFY) -> Reading:
        return ModelSpec(cell=cell, read=chosen).network(9, 2, task, 4).read

    assert [read(cell, None) for cell in Cell] == [Reading.MEAN] * 3 + [Reading.LAST] * 3
    assert read(Cell.SHARED, Reading.LAST) is Reading.LAST
    assert read(Cell.LSTM, Reading.MAX) is Reading.MAX
    assert read(Cell.SHARED, None, Task.LABEL) is Reading.LAST


@pytest.mark.parametrize(("former", "bias"), [(True, 1.0), (False, None)])
def test_forget_bias_was_on_or_off(former: bool, bias: float | None) -> None:
    value: Any = DEFAULT_SPEC.to_json()
    value["model"]["forget_bias"] = former
    assert ProjectSpec.from_json(value).model.forget_bias == bias


def test_forget_bias_is_for_the_lstm_alone() -> None:
    assert ModelSpec(cell=Cell.LSTM).network(9, 2).forget_bias == 1.0
    assert ModelSpec(cell=Cell.LSTM, forget_bias=None).network(9, 2).forget_bias is None
    assert ModelSpec(cell=Cell.GRU).network(9, 2).forget_bias is None


def test_size_of_a_network_is_limited() -> None:
    model = ModelSpec(cell=Cell.HISTORY, embedding=None, units=64)
    require_size(model.network(100, 2, longest=20))
    with pytest.raises(RnnStudioError) as caught:
        require_size(model.network(10_000, 2, longest=40))
    assert "would have 524,802,690 weights" in str(caught.value)
    assert "all 10,000 inputs of each word up to t, and there are 40 steps" in str(caught.value)
    independent = ModelSpec(cell=Cell.INDEPENDENT, embedding=1, units=1)
    with pytest.raises(RnnStudioError, match="the longest sentence has 1,000,000,000 words"):
        require_size(independent.network(10, 2, longest=10**9))


def _with(spec: ProjectSpec, key: str, value: object) -> ProjectSpec:
    part, name = key.split(".")
    changed = dataclasses.replace(getattr(spec, part), **{name: value})
    return dataclasses.replace(spec, **{part: changed})


def _types(spec: ProjectSpec) -> list[type]:
    parts = (spec.data, spec.text, spec.model, spec.training)
    return [type(value) for part in parts for value in vars(part).values()]
