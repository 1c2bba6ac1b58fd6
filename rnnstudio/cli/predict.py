"""`rnnstudio predict`: what a project's network says to sentences."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from rnnstudio.cli.options import Parser, add_file, add_json, add_weights
from rnnstudio.cli.output import print_json, print_table
from rnnstudio.cli.sentences import given_sentence, sentences_of_standard_input
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.model import Prediction
from rnnstudio.project.percent import percent


def parser() -> Parser:
    """The arguments of `rnnstudio predict`."""
    parser = Parser("rnnstudio predict", "Let a project's network read sentences.")
    add_file(parser)
    parser.add_argument(
        "sentences",
        metavar="SENTENCE",
        nargs="+",
        help="a sentence in quotation marks; - reads one from each line of standard input",
    )
    add_weights(parser)
    add_json(parser)
    return parser


def run(arguments: Namespace) -> int:
    """Predict and print.

    Raises:
        RnnStudioError: the project cannot be used, or a sentence is empty or no text.
    """
    with ProjectFile.open(arguments.file) as file:
        model = file.load().model(arguments.weights)
    sentences = [line for given in arguments.sentences for line in _sentences_of(given)]
    predictions = model.predict(sentences)
    if arguments.json:
        print_json(
            {
                "labels": list(model.labels),
                "sentences": [
                    {
                        "tokens": [token.text for token in prediction.tokens],
                        "ids": prediction.ids.tolist(),
                        "prediction": prediction.prediction
                        if isinstance(prediction.prediction, str)
                        else list(prediction.prediction),
                        "probabilities": prediction.probabilities.tolist(),
                    }
                    for prediction in predictions
                ],
            }
        )
        return 0
    for sentence, prediction in zip(sentences, predictions, strict=True):
        said = prediction.prediction
        print(f"{sentence}  →  {said}" if isinstance(said, str) else sentence)
        if unknown := _unknown_words(prediction, model.vocabulary):
            print(f"  not in the vocabulary: {', '.join(unknown)}")
        print_table(_rows_of(prediction, model.labels), names=1 if isinstance(said, str) else 2)
    return 0


def _rows_of(prediction: Prediction, labels: Sequence[str]) -> list[tuple[str, ...]]:
    """Each class with its probability or, for labelling, each word with its tag and that of it."""
    said, y = prediction.prediction, prediction.probabilities
    if isinstance(said, str):
        return [(f"  {label}", percent(float(p))) for label, p in zip(labels, y, strict=True)]
    return [
        (f"  {token.text}", tag, percent(float(p)))
        for token, tag, p in zip(prediction.tokens, said, y.max(axis=1), strict=True)
    ]


def _sentences_of(given: str) -> list[str]:
    return sentences_of_standard_input() if given == "-" else [given_sentence(given)]


def _unknown_words(prediction: Prediction, vocabulary: Vocabulary) -> list[str]:
    """Each once, in the order of the sentence; a blank in quotation marks."""
    unknown = [
        token.text if token.text.strip() else f"“{token.text}”"
        for token, id_ in zip(prediction.tokens, prediction.ids[1:-1], strict=True)
        if id_ == vocabulary.unknown_id
    ]
    return [*dict.fromkeys(unknown)]
