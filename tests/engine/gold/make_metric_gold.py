"""Writes metric_gold.json beside this file: what scikit-learn and seqeval make of small cases.

    python tests/engine/gold/make_metric_gold.py        # scikit-learn 1.9, seqeval 1.2

The program and its tests need neither. Averages are over all classes 0 … C − 1, with 0 for a share
of nothing.
"""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

# Of no stated type, so that the types are the same where they are not installed.
sklearn: Any = import_module("sklearn.metrics")
sklearn_calibration: Any = import_module("sklearn.calibration")
seqeval: Any = import_module("seqeval.metrics.sequence_labeling")

TYPES = ("PER", "LOC", "MISC", "A-B")
IOBES = ("B", "I", "E", "S")


def class_cases(rng: np.random.Generator) -> list[tuple[list[int], list[int], int]]:
    """Truths, predictions and C: random, then degenerate."""
    cases = []
    for n, classes in ((1, 2), (10, 2), (50, 3), (300, 18), (2000, 100)):
        truth = rng.integers(0, classes, n)
        # Right seven times out of ten, and classes of different frequency.
        predicted = np.where(rng.random(n) < 0.7, truth, (classes * rng.random(n) ** 2).astype(int))
        cases.append((truth.tolist(), predicted.tolist(), classes))
    cases += [
        ([0, 0, 0], [0, 0, 0], 1),
        ([1, 1, 1], [1, 1, 1], 3),  # one class, though there are three
        ([0, 1, 0, 1], [0, 1, 1, 0], 4),  # classes that never occur
        ([0, 1, 2, 2], [0, 0, 0, 0], 3),  # nothing called 1 or 2
        ([0, 0, 0], [1, 1, 1], 2),  # all wrong
        ([0, 1], [1, 0], 2),
        ([], [], 3),
    ]
    return cases


def class_figures(truth: list[int], predicted: list[int], classes: int) -> dict[str, Any]:
    """What scikit-learn says."""
    labels = list(range(classes))
    if not truth:  # scikit-learn refuses; by definition all shares are shares of nothing
        nothing = [0.0, 0.0, 0.0]
        averages = {"macro": nothing, "weighted": nothing}
        return averages | {"per_class": [[0.0] * 4] * classes, "accuracy": 0.0, "kappa": 0.0}

    def figures(average: str | None) -> Any:
        return sklearn.precision_recall_fscore_support(
            truth, predicted, labels=labels, average=average, zero_division=0
        )

    return {
        "per_class": np.transpose(figures(None)).tolist(),
        "macro": [float(x) for x in figures("macro")[:3]],
        "weighted": [float(x) for x in figures("weighted")[:3]],
        "accuracy": float(sklearn.accuracy_score(truth, predicted)),
        "kappa": float(
            sklearn.cohen_kappa_score(truth, predicted, labels=labels, replace_undefined_by=0.0)
        ),
    }


def perplexity_case(rng: np.random.Generator, n: int, classes: int) -> dict[str, Any]:
    """Probabilities and e to scikit-learn's log loss."""
    y = rng.dirichlet(np.full(classes, 0.5), n) * 0.99 + 0.01 / classes
    y /= y.sum(axis=1, keepdims=True)
    truth = rng.integers(0, classes, n)
    loss = float(sklearn.log_loss(truth, y, labels=list(range(classes))))
    return {
        "probabilities": y.tolist(),
        "truth": truth.tolist(),
        "loss": loss,
        "perplexity": float(np.exp(loss)),
    }


def calibration_case(rng: np.random.Generator, n: int, bins: int) -> dict[str, Any]:
    """Confidences, some on borders of bins, and the points of scikit-learn's curve."""
    confidence = rng.random(n)
    confidence[: n // 4] = rng.integers(0, bins + 1, n // 4) / bins
    right = rng.random(n) < confidence**1.5
    accuracy, mean = sklearn_calibration.calibration_curve(right, confidence, n_bins=bins)
    return {
        "confidence": confidence.tolist(),
        "right": right.tolist(),
        "bins": bins,
        "curve_accuracy": accuracy.tolist(),
        "curve_confidence": mean.tolist(),
    }


def random_tags(rng: np.random.Generator, n: int, prefixes: tuple[str, ...]) -> list[str]:
    """Tags of which many follow no rule."""
    tags: list[str] = []
    for _ in range(n):
        if rng.random() < 0.35:
            tags.append("O")
            continue
        letter = str(rng.choice(prefixes))
        if tags and rng.random() < 0.6 and "-" in tags[-1]:
            name = tags[-1].partition("-")[2]
        else:
            name = str(rng.choice(TYPES))
        tags.append(letter if rng.random() < 0.03 else f"{letter}-{name}")
    return tags


def changed(rng: np.random.Generator, tags: list[str], prefixes: tuple[str, ...]) -> list[str]:
    """Tags like these, a few of them others."""
    return [random_tags(rng, 1, prefixes)[0] if rng.random() < 0.2 else tag for tag in tags]


def entity_case(truth: list[list[str]], predicted: list[list[str]]) -> dict[str, Any]:
    """What seqeval says."""
    found = seqeval.classification_report(truth, predicted, output_dict=True, zero_division=0)
    return {
        "truth": truth,
        "predicted": predicted,
        "entities": [
            [[name, start, last + 1] for name, start, last in seqeval.get_entities(tags)]
            for tags in truth
        ],
        "report": {
            name: [float(row[key]) for key in ("precision", "recall", "f1-score")]
            + [int(row["support"])]
            for name, row in found.items()
        },
    }


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(17)
    tag_cases = []
    for prefixes, sentences in ((("B", "I"), 60), (IOBES, 60), (("I",), 20), (("B", "I"), 1)):
        truth = [random_tags(rng, int(rng.integers(1, 14)), prefixes) for _ in range(sentences)]
        predicted = [changed(rng, tags, prefixes) for tags in truth]
        tag_cases.append(entity_case(truth, predicted))
    tag_cases.append(entity_case([["B-PER", "I-PER", "O"]], [["O", "O", "O"]]))
    tag_cases.append(entity_case([["O", "O"]], [["B-PER", "O"]]))
    gold = {
        "classes": [
            {"truth": t, "predicted": p, "classes": c, **class_figures(t, p, c)}
            for t, p, c in class_cases(rng)
        ],
        "perplexity": [perplexity_case(rng, n, c) for n, c in ((1, 2), (40, 2), (60, 7))],
        "calibration": [calibration_case(rng, n, b) for n, b in ((1, 5), (200, 10), (97, 8))],
        "entities": tag_cases,
    }
    text = json.dumps(gold, separators=(",", ":"))
    (Path(__file__).parent / "metric_gold.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
