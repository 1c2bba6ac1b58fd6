"""The mathematics of RNN Studio: networks, training, traces and figures, in NumPy alone.

A reader with the lecture in the other hand may take the modules in this order: `elman` (the
equations), `inputs` and `losses` (what stands before and behind them), `model` (the whole
network), `training`, and then `trace` and `explain`, which show what the network did.
"""

from __future__ import annotations
