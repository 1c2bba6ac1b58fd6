"""RNN Studio: see a recurrent network read, learn and fail on sentences of your own."""

from __future__ import annotations

__version__ = "0.1.0"
