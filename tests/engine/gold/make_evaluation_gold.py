"""Writes evaluation_gold.json beside this file: what others make of thresholds, models and tags.

    python tests/engine/gold/make_evaluation_gold.py    # scikit-learn 1.9, SciPy 1.17, seqeval 1.2

The program and its tests need none of them. The tags are those of metric_gold.json, in its order.
"""

from __future__ import annotations

import json
import math
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# Of no stated type, so that the types are the same where they are not installed.
sklearn: Any = import_module("sklearn.metrics")
sklearn_calibration: Any = import_module("sklearn.calibration")
stats: Any = import_module("scipy.stats")
seqeval: Any = import_module("seqeval.metrics.sequence_labeling")
scheme: Any = import_module("seqeval.scheme")

HERE = Path(__file__).parent


def numbers(values: npt.NDArray[Any]) -> list[float | None]:
    """A list in which None stands for ∞ and for what is no number."""
    return [value if math.isfinite(value) else None for value in values.astype(float).tolist()]


def curve_case(score: list[float], positive: list[bool]) -> dict[str, Any]:
    """ROC and precision–recall curves with all their points, and the areas under them."""
    false_alarms, recall, thresholds = sklearn.roc_curve(positive, score, drop_intermediate=False)
    precision, pr_recall, pr_thresholds = sklearn.precision_recall_curve(positive, score)
    return {
        "score": score,
        "positive": positive,
        "false_alarms": numbers(false_alarms),
        "recall": numbers(recall),
        "thresholds": numbers(thresholds),
        "precision": numbers(precision),
        "pr_recall": numbers(pr_recall),
        "pr_thresholds": numbers(pr_thresholds),
        "area": numbers(np.array([sklearn.roc_auc_score(positive, score)]))[0],
        "average_precision": float(sklearn.average_precision_score(positive, score)),
    }


def curve_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Random ones, with and without equal scores, then degenerate ones."""
    cases = []
    for count, steps in ((2, 0), (30, 0), (150, 0), (150, 12), (60, 2)):
        positive = rng.random(count) < 0.4
        positive[:2] = True, False
        score = np.clip(0.3 * rng.standard_normal(count) + 0.35 + 0.3 * positive, 0, 1)
        score = np.round(score * steps) / steps if steps else score.astype(np.float32)
        cases.append((score.astype(float).tolist(), positive.tolist()))
    cases += [
        ([0.2, 0.4, 0.6, 0.8], [False, False, True, True]),  # perfect
        ([0.8, 0.6, 0.4, 0.2], [False, False, True, True]),  # upside down
        ([0.5] * 5, [True, False, True, False, False]),  # all alike
        ([0.1, 0.9, 0.9], [True, True, True]),  # nothing else
        ([0.1, 0.9, 0.9], [False, False, False]),  # never occurs
        ([0.3], [True]),
    ]
    return [curve_case(*case) for case in cases]


def table_case(truth: list[int], predicted: list[int], classes: int) -> dict[str, Any]:
    """Shares of a confusion matrix, and each class against the rest."""
    labels = list(range(classes))

    def shares(normalize: str) -> Any:
        found = sklearn.confusion_matrix(truth, predicted, labels=labels, normalize=normalize)
        return found.tolist()

    each = sklearn.multilabel_confusion_matrix(truth, predicted, labels=labels)
    return {
        "truth": truth,
        "predicted": predicted,
        "classes": classes,
        "by_truth": shares("true"),
        "by_predicted": shares("pred"),
        "one_against_rest": [
            [int(one[1, 1]), int(one[0, 1]), int(one[1, 0]), int(one[0, 0])] for one in each
        ],
    }


def mcnemar_case(b: int, c: int) -> dict[str, Any]:
    """The exact test, and the one by χ² where it is defined."""
    exact = float(stats.binomtest(b, b + c).pvalue) if b + c else 1.0
    chi_squared = max(0, abs(b - c) - 1) ** 2 / (b + c) if b + c else 0.0
    return {"b": b, "c": c, "exact": exact, "by_chi_squared": float(stats.chi2.sf(chi_squared, 1))}


def quantile_case(rng: np.random.Generator, count: int, bins: int, steps: int) -> dict[str, Any]:
    """Confidences, where `steps` is not 0 with many equal ones, and scikit-learn's curve."""
    confidence = rng.random(count)
    if steps:
        confidence = np.round(confidence * steps) / steps
    right = rng.random(count) < confidence
    accuracy, mean = sklearn_calibration.calibration_curve(
        right, confidence, n_bins=bins, strategy="quantile"
    )
    return {
        "confidence": confidence.tolist(),
        "right": right.tolist(),
        "bins": bins,
        "curve_accuracy": accuracy.tolist(),
        "curve_confidence": mean.tolist(),
    }


def strict_case(truth: list[list[str]], predicted: list[list[str]]) -> dict[str, Any]:
    """What seqeval says in strict mode, of all types and of the entities of the truth."""
    ends = any(tag[0] in "ES" for tags in truth + predicted for tag in tags)
    rules = scheme.IOBES if ends else scheme.IOB2
    found = seqeval.classification_report(
        truth, predicted, output_dict=True, zero_division=0, mode="strict", scheme=rules
    )
    return {
        "entities": [
            [[one.tag, one.start, one.end] for one in sentence]
            for sentence in scheme.Entities(truth, rules).entities
        ],
        "report": {
            name: numbers(
                np.array([row[key] for key in ("precision", "recall", "f1-score", "support")])
            )
            for name, row in found.items()
        },
    }


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(23)
    tables = []
    for count, classes in ((12, 2), (80, 4), (200, 9)):
        truth = rng.integers(0, classes, count)
        predicted = np.where(rng.random(count) < 0.6, truth, rng.integers(0, classes, count))
        tables.append((truth.tolist(), predicted.tolist(), classes))
    tables += [([0, 1, 0], [1, 1, 1], 4), ([0, 0], [0, 0], 1), ([2, 2], [0, 2], 3)]
    tags = json.loads((HERE / "metric_gold.json").read_text(encoding="utf-8"))["entities"]
    pairs = [(0, 0), (1, 0), (5, 5), (0, 12), (12, 3), (9, 15), (0, 24), (12, 13), (0, 25)]
    pairs += [(20, 20), (10, 31), (59, 41), (300, 230), (4000, 4100), (900, 100)]
    gold = {
        "curves": curve_cases(rng),
        "tables": [table_case(*case) for case in tables],
        "mcnemar": [mcnemar_case(*pair) for pair in pairs],
        "quantiles": [
            quantile_case(rng, *case) for case in ((1, 4, 0), (97, 10, 0), (120, 8, 9), (40, 5, 1))
        ],
        "strict": [strict_case(case["truth"], case["predicted"]) for case in tags],
    }
    text = json.dumps(gold, separators=(",", ":"))
    (HERE / "evaluation_gold.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
