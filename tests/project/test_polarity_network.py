"""The built-in polarity network: good enough, and better than any bag of words."""

from __future__ import annotations

import dataclasses

import numpy as np

from rnnstudio.data.table import Split
from rnnstudio.engine.training import TrainingState, fit
from rnnstudio.project.evaluation import evaluate
from rnnstudio.project.loading import dataset_of, job_of, load_table
from rnnstudio.project.model import Model
from rnnstudio.project.spec import DEFAULT_SPEC
from tests.data.test_polarity import RNN_REQUIRED, bag_of_words_accuracy

SEEDS = range(5)


def rnn_test_accuracy(seed: int) -> float:
    """The accuracy on the test split after training with the default settings."""
    training = dataclasses.replace(DEFAULT_SPEC.training, seed=seed)
    spec = dataclasses.replace(DEFAULT_SPEC, training=training)
    dataset = dataset_of(spec, load_table(spec.data))
    job = job_of(spec, dataset)
    state = TrainingState.initial(job)
    for _ in fit(job, state):
        pass
    model = Model(
        job.network, state.best_parameters, dataset.vocabulary, dataset.labels, dataset.text
    )
    return evaluate(model, dataset, Split.TEST).accuracy


def test_rnn_reads_what_a_bag_of_words_cannot() -> None:
    accuracies = [rnn_test_accuracy(seed) for seed in SEEDS]
    assert np.mean(accuracies) >= RNN_REQUIRED
    assert np.mean(accuracies) - bag_of_words_accuracy() >= 0.10
