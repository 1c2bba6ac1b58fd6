"""A model reads any sentence, and predicts one as it does many."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstudio.errors import RnnStudioError
from rnnstudio.project.model import Model


def test_words_have_the_marks_and_ids_of_the_vocabulary(model: Model) -> None:
    encoded = model.encode("Film was GOOD, really")
    assert encoded.words == ("<sos>", "film", "was", "good", ",", "really", "<eos>")
    assert [token.text for token in encoded.tokens] == [*encoded.words[1:-1]]
    expected = [model.vocabulary.id_of(word) for word in encoded.words]
    assert encoded.ids.tolist() == expected
    assert expected[0] == 1
    assert expected[-3:] == [0, 0, 2]


@pytest.mark.parametrize("sentence", ["", "   ", "\t\n", "\u200b"])
def test_empty_sentence_is_an_error(model: Model, sentence: str) -> None:
    for read in (model.encode, model.trace, lambda s: model.predict(["good", s])):
        with pytest.raises(RnnStudioError, match="The sentence is empty"):
            read(sentence)


@pytest.mark.parametrize(
    "sentence", ["qqq zzz", "word " * 5000, "🎬🎉 👩‍👩‍👧", "फ़िल्म अच्छी थी", "كان الفيلم جيدًا"]
)
def test_any_other_sentence_works(model: Model, sentence: str) -> None:
    (prediction,) = model.predict([sentence])
    assert prediction.prediction in model.labels
    assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_prediction_is_that_of_the_trace_and_of_a_crowd(model: Model) -> None:
    sentences = ["good film", "film 3 was bad", "was", "a b c d e f g h"]
    together = model.predict(sentences)
    for sentence, prediction in zip(sentences, together, strict=True):
        (alone,) = model.predict([sentence])
        encoded, trace = model.trace(sentence)
        assert prediction.prediction == alone.prediction == model.labels[trace.prediction]
        assert prediction.ids.tolist() == encoded.ids.tolist()
        np.testing.assert_allclose(prediction.probabilities, alone.probabilities, atol=1e-6)
        np.testing.assert_allclose(prediction.probabilities, trace.y[-1], atol=1e-6)
        assert not prediction.probabilities.flags.writeable


def test_nothing_to_predict(model: Model) -> None:
    assert model.predict([]) == []
