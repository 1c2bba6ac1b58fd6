"""`rnnstudio predict`: what a project's network says to sentences."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence

from rnnstudio.cli.options import Parser, add_file, add_json, add_weights
from rnnstudio.cli.output import percent, print_json, print_note, print_table
from rnnstudio.data.vocabulary import Vocabulary
from rnnstudio.errors import RnnStudioError
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.model import Prediction


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
        RnnStudioError: the project cannot be used, or a sentence is empty.
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
    if given != "-":
        return [given]
    lines = [line.strip("\ufeff\r\n") for line in sys.stdin]
    sentences = [line for line in lines if line.strip()]
    if not sentences:
        raise RnnStudioError("Standard input has no sentence.", "Write one on each line.")
    if empty := len(lines) - len(sentences):
        print_note(f"{empty} empty {'line' if empty == 1 else 'lines'} left out.")
    return sentences


def _unknown_words(prediction: Prediction, vocabulary: Vocabulary) -> list[str]:
    return [
        token.text
        for token, id_ in zip(prediction.tokens, prediction.ids[1:-1], strict=True)
        if id_ == vocabulary.unknown_id
    ]
