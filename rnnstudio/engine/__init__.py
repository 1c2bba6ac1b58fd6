"""The mathematics of RNN Studio: networks, training, traces and figures, in NumPy alone.

A reader with the lecture in the other hand may take the modules in this order:

    a network      `network` (what it is made of), `activations`, `parameters`
    its cells      `elman`, `gru`, `lstm` (the equations), `steps` (without memory); `cell` and
                   `arena` (what their loops run on), `recurrent` (layers and directions)
    around them    `batch` and `inputs` (what they read), `heads` and `losses` (what it comes to)
    all of it      `model`
    training       `training`, with `training_spec`, `optimizers`, `schedules`, `checkpoint`;
                   `update` and `lazy_rows` (embeddings), `workers` and `second_process` (two cores)
    what happened  `trace` (every quantity), `explain` (its terms), `attribution` (by words), with
                   the letters of `notation` and `cell_notation`
    back in time   `bptt` (how far it reaches), `gradient_terms` (step by step), `unfolding` (the
                   chain of factors), all by `flow`; `gradient_check` (is it right?)
    how good       `metrics`, `confusions`, `class_order`, `entities`; `certainty`, `calibration`,
                   `thresholds`; `agreement` and `mcnemar` (of two models); `partial_answers` and
                   `deciding` (after so many words); `pca` (where states lie)

`arrays` has the types that all share.
"""

from __future__ import annotations
