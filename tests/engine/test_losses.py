"""The loss by hand: one class, one word, means, weights, smoothing, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch, make_batch
from rnnstudio.engine.losses import Objective, answers, loss_of, softmax
from rnnstudio.engine.training_spec import LossMean

MEANS = pytest.mark.parametrize("mean", LossMean)
SCORES = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0], [-2.0, 1.0, 0.0]])


def classes_of(targets: list[int]) -> Batch:
    """A batch of sentences of one word with these classes."""
    return make_batch([np.ones(1, np.int32)] * len(targets), np.array(targets))


def tags_of(tags: list[list[int]]) -> Batch:
    """A batch of sentences with these tags, the longest first."""
    batch = make_batch([np.ones(len(sentence), np.int32) for sentence in tags])
    laid = np.full(batch.ids.shape, -1)
    for column, sentence in enumerate(tags):
        laid[: len(sentence), column] = sentence
    return replace(batch, tags=laid)


def minus_log(z: FloatArray, target: int) -> float:
    return -math.log(np.exp(z[target]) / np.exp(z).sum())


@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(1, 5), st.integers(1, 6)),
        elements=st.floats(-(2.0**99), 2.0**99, width=32),
    )
)
def test_softmax_is_positive_and_sums_to_one(z: FloatArray) -> None:
    y = softmax(z)
    assert y.dtype == z.dtype
    assert y.shape == z.shape
    assert (y >= 0).all()
    np.testing.assert_allclose(y.sum(axis=1), 1.0, rtol=1e-6)


def test_softmax_by_hand() -> None:
    expected = [[math.exp(v) / sum(map(math.exp, row)) for v in row] for row in SCORES.tolist()]
    before = SCORES.copy()
    np.testing.assert_allclose(softmax(SCORES), expected, rtol=1e-14)
    np.testing.assert_allclose(softmax(np.asfortranarray(SCORES)), expected, rtol=1e-14)
    np.testing.assert_array_equal(SCORES, before)


def test_seven_tenths() -> None:
    """The lecture's example: −log 0.7 is 0.357."""
    z = np.log([[0.1, 0.7, 0.2]])
    found = loss_of(z, answers(classes_of([1])))
    assert found.loss == pytest.approx(0.357, abs=5e-4)
    np.testing.assert_allclose(found.dz, [[0.1, -0.3, 0.2]], atol=1e-12)


@MEANS
@pytest.mark.parametrize("layout", ["C", "F"])
def test_classes(mean: LossMean, layout: str) -> None:
    """The mean over sentences, whatever the way in which the scores lie in memory."""
    targets = [1, 0, 2]
    z = np.array(SCORES, order="C" if layout == "C" else "F")
    before = z.copy()
    found = loss_of(z, answers(classes_of(targets), Objective(mean)), Objective(mean))
    assert found.loss == pytest.approx(np.mean([minus_log(z[i], t) for i, t in enumerate(targets)]))
    expected = (softmax(SCORES) - np.eye(3)[targets]) / 3
    np.testing.assert_allclose(found.dz, expected, atol=1e-15)
    assert (found.right, found.asked) == (1, 3)
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("layout", ["C", "F"])
def test_words(layout: str) -> None:
    """The sum over a sentence's words and the mean over sentences, or the mean over all words."""
    batch = tags_of([[-1, 2, 0, -1], [-1, 1, -1], [-1, -1]])
    rng = np.random.default_rng(0)
    z: FloatArray = np.array(
        rng.standard_normal((batch.ids.size, 3)), order="C" if layout == "C" else "F"
    )
    # Rows of the words asked: step 1 of sentences 0 and 1, step 2 of sentence 0.
    asked = {3: 2, 4: 1, 6: 0}
    total = sum(minus_log(z[row], target) for row, target in asked.items())
    for mean, count in ((LossMean.SENTENCE, 3), (LossMean.WORD, 3)):
        objective = Objective(mean)
        found = loss_of(z, answers(batch, objective), objective)
        assert found.loss == pytest.approx(total / count)
        assert found.asked == 3
        expected = np.zeros_like(z)
        for row, target in asked.items():
            expected[row] = (softmax(z)[row] - np.eye(3)[target]) / count
        np.testing.assert_allclose(found.dz, expected, atol=1e-15)


def test_sum_over_words_and_mean_over_words_differ() -> None:
    batch = tags_of([[0, 1, 2, 0], [1]])
    z = np.zeros((batch.ids.size, 3))
    by_sentence, by_word = (
        loss_of(z, answers(batch, Objective(mean)), Objective(mean)) for mean in LossMean
    )
    assert by_sentence.loss == pytest.approx(5 * math.log(3) / 2)
    assert by_word.loss == pytest.approx(math.log(3))


def test_class_weights_by_hand() -> None:
    k = np.array([0.5, 1.0, 3.0])
    targets = [1, 0, 2]
    objective = Objective(class_weights=k)
    each = [minus_log(SCORES[i], t) for i, t in enumerate(targets)]
    found = loss_of(SCORES, answers(classes_of(targets), objective), objective)
    assert found.loss == pytest.approx((1.0 * each[0] + 0.5 * each[1] + 3.0 * each[2]) / 4.5)

    # The sum over words, of which each counts k, over the number of sentences.
    batch = tags_of([[1, 0], [2]])
    z: FloatArray = SCORES[[0, 2, 1, 1]]
    found = loss_of(z, answers(batch, objective), objective)
    words = 1.0 * minus_log(z[0], 1) + 3.0 * minus_log(z[1], 2) + 0.5 * minus_log(z[2], 0)
    assert found.loss == pytest.approx(words / 2)
    by_word = Objective(LossMean.WORD, 0.0, k)
    assert loss_of(z, answers(batch, by_word), by_word).loss == pytest.approx(words / 4.5)


def test_label_smoothing_by_hand() -> None:
    """A target of 0.3 that is spread over three classes asks for 0.8, 0.1 and 0.1."""
    objective = Objective(label_smoothing=0.3)
    found = loss_of(SCORES[:1], answers(classes_of([1]), objective), objective)
    log_y = np.log(softmax(SCORES[:1])[0])
    assert found.loss == pytest.approx(-(0.1 * log_y[0] + 0.8 * log_y[1] + 0.1 * log_y[2]))
    np.testing.assert_allclose(found.dz[0], softmax(SCORES[:1])[0] - [0.1, 0.8, 0.1], atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weights", [None, np.array([0.5, 1.0, 2.5])])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@MEANS
def test_dtype_of_the_scores_rules(
    mean: LossMean, smoothing: float, weights: FloatArray | None, dtype: type
) -> None:
    objective = Objective(mean, smoothing, weights)
    z: FloatArray = SCORES.astype(dtype)
    for batch in (classes_of([0, 1, 2]), tags_of([[0, 1, 2]])):
        found = loss_of(z, answers(batch, objective), objective)
        exact = loss_of(SCORES, answers(batch, objective), objective)
        assert found.dz.dtype == dtype
        assert softmax(z).dtype == dtype
        digits = 1e-6 if dtype is np.float32 else 1e-15
        assert found.loss == pytest.approx(exact.loss, rel=digits)
        np.testing.assert_allclose(found.dz, exact.dz, atol=digits)


def test_float64_has_the_digits_of_float64() -> None:
    """The gradient of all answers sums to zero, and each counts exactly its share."""
    rng = np.random.default_rng(1)
    for batch in (classes_of([0, 1, 2]), tags_of([[0], [1], [2]])):
        z = rng.standard_normal((3, 3))
        dz = loss_of(z, answers(batch)).dz
        np.testing.assert_allclose(dz, (softmax(z) - np.eye(3)) / 3, rtol=1e-13)


def test_large_scores_give_a_finite_loss() -> None:
    for dtype in (np.float32, np.float64):
        z: FloatArray = np.array([[0.0, 500.0, -500.0]], dtype)
        found = loss_of(z, answers(classes_of([2])))
        assert found.loss == pytest.approx(1000)
        np.testing.assert_allclose(found.dz, [[0, 1, -1]], atol=1e-30)
        objective = Objective(label_smoothing=0.3)
        assert np.isfinite(loss_of(z, answers(classes_of([2]), objective), objective).loss)


@MEANS
def test_nothing_asked_costs_nothing(mean: LossMean) -> None:
    """A batch of sentences without words between their ends."""
    for objective in (Objective(mean), Objective(mean, 0.1, np.ones(3))):
        batch = tags_of([[-1, -1], [-1]])
        z = np.ones((4, 3))
        found = loss_of(z, answers(batch, objective), objective)
        assert (found.loss, found.right, found.asked) == (0.0, 0, 0)
        assert not found.dz.any()


def test_one_class_is_always_right() -> None:
    found = loss_of(np.array([[3.0], [-2.0]]), answers(classes_of([0, 0])))
    assert (found.loss, found.right) == (0.0, 2)
    assert not found.dz.any()


@pytest.mark.parametrize(
    "objective", [Objective(), Objective(label_smoothing=0.1, class_weights=np.ones(3))]
)
def test_targets_out_of_range_are_refused(objective: Objective) -> None:
    for batch in (classes_of([0, 3, 1]), tags_of([[0, 3, 1]])):
        with pytest.raises(IndexError):
            loss_of(SCORES, answers(batch, objective), objective)
    with pytest.raises(IndexError, match="not known"):
        answers(make_batch([np.ones(1, np.int32)]), objective)
    with pytest.raises(IndexError, match="not known"):
        answers(classes_of([0, -1]), objective)
