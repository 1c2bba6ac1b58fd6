"""Probabilities of many sentences: in the callers' order, in batches that fit, cancellable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnstudio.engine import model
from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.losses import softmax
from rnnstudio.engine.model import (
    Cancelled,
    Network,
    TooLongError,
    label_probabilities,
    loss_and_gradients,
    probabilities,
)
from rnnstudio.engine.network import Cell, NetworkSpec, Task
from tests.engine.cases import (
    LONGEST,
    C,
    ladder,
    lively_parameters,
    network,
    random_batch,
    sentences,
    with_cell,
    with_head,
)

# The networks that read words.
LADDER = {name: spec for name, spec in ladder().items() if spec.frames is None}
CLASSIFIERS = {name: s for name, s in LADDER.items() if s.task is Task.CLASSIFY}
LABELLERS = {name: s for name, s in LADDER.items() if s.task is Task.LABEL}
LENGTHS = st.lists(st.integers(1, LONGEST), max_size=30)
Read = Callable[..., object]


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(list(CLASSIFIERS)), LENGTHS, st.integers(1, 8))
def test_probabilities_are_in_the_order_of_the_sentences(
    name: str, lengths: list[int], batch_size: int
) -> None:
    spec = CLASSIFIERS[name]
    parameters = lively_parameters(spec)
    words = sentences(lengths, np.random.default_rng(4))
    found = probabilities(spec, parameters, words, batch_size)
    assert found.shape == (len(words), C)
    for row, ids in enumerate(words):
        alone = softmax(Network(spec, parameters).forward(make_batch([ids])))[0]
        np.testing.assert_allclose(found[row], alone, rtol=1e-10)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(list(LABELLERS)), LENGTHS, st.integers(1, 8))
def test_labels_are_in_the_order_of_the_sentences(
    name: str, lengths: list[int], batch_size: int
) -> None:
    spec = LABELLERS[name]
    parameters = lively_parameters(spec)
    words = sentences(lengths, np.random.default_rng(4))
    found = label_probabilities(spec, parameters, words, batch_size)
    assert [y.shape for y in found] == [(length, C) for length in lengths]
    for y, ids in zip(found, words, strict=True):
        alone = softmax(Network(spec, parameters).forward(make_batch([ids])))
        np.testing.assert_allclose(y, alone, rtol=1e-10)
        np.testing.assert_allclose(y.sum(axis=1), 1.0, rtol=1e-12)


def test_no_sentences() -> None:
    spec = network()
    assert probabilities(spec, lively_parameters(spec), []).shape == (0, C)
    spec = with_head(spec, "label")
    assert label_probabilities(spec, lively_parameters(spec), []) == []


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("spec", LADDER.values(), ids=LADDER.keys())
def test_dtype_of_the_parameters_rules(spec: NetworkSpec, dtype: type) -> None:
    parameters = lively_parameters(spec, dtype=dtype)
    words = sentences([3, 1], np.random.default_rng(0))
    if spec.task is Task.CLASSIFY:
        assert probabilities(spec, parameters, words).dtype == dtype
    else:
        assert {y.dtype for y in label_probabilities(spec, parameters, words)} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    ("read", "head"), [(probabilities, "last"), (label_probabilities, "label")]
)
def test_reading_can_be_cancelled(read: Read, head: str) -> None:
    spec = with_head(network(), head)
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) == 3

    words = sentences([3] * 20, np.random.default_rng(0))
    with pytest.raises(Cancelled):
        read(spec, lively_parameters(spec), words, 4, cancelled)
    assert len(asked) == 3


def test_warnings_are_as_before_after_a_cancellation() -> None:
    spec = network()
    before = np.geterr()
    words = sentences([3] * 20, np.random.default_rng(0))

    def cancelled() -> bool:
        assert np.geterr() == before
        return False

    probabilities(spec, lively_parameters(spec), words, 4, cancelled)
    assert np.geterr() == before


@pytest.mark.parametrize(
    ("read", "head"), [(probabilities, "last"), (label_probabilities, "label")]
)
def test_long_sentences_are_read_in_smaller_batches(
    read: Read, head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = with_head(network(), head)
    parameters = lively_parameters(spec)
    words = sentences([9, 2, 1, 8, 8], np.random.default_rng(0))
    whole = read(spec, parameters, words)
    sizes = []
    forward = Network.forward

    def watched(used: Network, batch: Batch) -> FloatArray:
        sizes.append(batch.ids.size)
        return forward(used, batch)

    monkeypatch.setattr(Network, "forward", watched)
    monkeypatch.setattr(model, "_MOST_WORDS", 20)
    found = read(spec, parameters, words)
    for one, other in zip(found, whole, strict=True):  # type: ignore[call-overload]
        np.testing.assert_allclose(one, other, rtol=1e-12)
    assert len(sizes) > 1
    assert max(sizes) <= 20


@pytest.mark.parametrize("cell", [cell for cell in Cell if cell.has_length])
def test_sentence_that_is_too_long_is_explained(cell: Cell) -> None:
    spec = with_cell(network(), cell, longest=4)
    words = sentences([2, 5], np.random.default_rng(0))
    with pytest.raises(TooLongError, match="5 steps") as caught:
        probabilities(spec, lively_parameters(spec), words)
    assert "Shorten the sentence" in caught.value.remedy
    spec = with_head(spec, "label")
    with pytest.raises(TooLongError):
        label_probabilities(spec, lively_parameters(spec), words)


def test_large_scores_give_a_finite_loss() -> None:
    spec = network()
    parameters = lively_parameters(spec, dtype=np.float32)
    parameters["output.bias"][...] = [0.0, 500.0, -500.0]
    result = loss_and_gradients(spec, parameters, make_batch([np.array([1])], np.array([2])))
    assert result.loss == pytest.approx(1000, abs=5)
    assert np.isfinite(result.gradients.flat).all()


@pytest.mark.parametrize("head", ["last", "label"])
def test_batch_without_classes_or_tags_has_no_loss(head: str) -> None:
    spec = with_head(network(), head)
    with pytest.raises(IndexError, match="not known"):
        loss_and_gradients(spec, lively_parameters(spec), make_batch([np.array([1])]))


@pytest.mark.parametrize("head", ["last", "mean", "max", "label"])
def test_targets_that_are_no_class_are_refused(head: str) -> None:
    spec = with_head(network(), head)
    batch = random_batch((4, 3), spec=spec)
    parameters = lively_parameters(spec)
    loss_and_gradients(spec, parameters, batch)
    if batch.tags is None:
        wrong = replace(batch, targets=np.array([0, C]))
    else:
        wrong = replace(batch, tags=np.where(batch.tags >= 0, C, -1))
    with pytest.raises(IndexError):
        loss_and_gradients(spec, parameters, wrong)
