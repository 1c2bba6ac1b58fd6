"""A second process that computes the gradients of half a batch.

It needs neither the embedding nor the words of its half, but their vectors x_t and the other
weights, and answers with ∂L/∂x_t and the gradients of those weights. These numbers are in a file
that both processes have mapped into their memory; all else goes through the pipes between them. It
ends when its standard input does, and so with the process that started it.

    [weights (P,)] [gradients (P,)] [x_t, then ∂L/∂x_t (T·B, E)]
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from rnnstudio.engine.arrays import FloatArray
from rnnstudio.engine.batch import Batch
from rnnstudio.engine.losses import Objective, answers
from rnnstudio.engine.model import Network, quiet
from rnnstudio.engine.network import NetworkSpec
from rnnstudio.engine.parameters import Parameters

_EMBEDDING = "embedding.weight"
# How long the process has to end by itself, in seconds.
_GRACE = 2.0


class Half(NamedTuple):
    """Half a batch, and how its gradients are to be computed.

    `share` is what an answer counts in the loss of the whole batch; `dropout` gives the random
    numbers of this half.
    """

    batch: Batch
    objective: Objective
    share: float
    truncation: int | None
    dropout: np.random.Generator | None


class HalfGradients(NamedTuple):
    """What half a batch gave: loss, right and asked answers; gradients by name; ∂L/∂x_t."""

    figures: tuple[float, int, int]
    gradients: Mapping[str, FloatArray]
    dx: FloatArray | None


def half_gradients(network: Network, half: Half, rows: FloatArray | None = None) -> HalfGradients:
    """Compute the gradients of half a batch; `rows` (T·B, E) are its x_t if they are known."""
    wanted = answers(half.batch, half.objective)._replace(share=half.share)
    loss, dx = network.backward(
        half.batch, wanted, half.objective, half.truncation, half.dropout, rows
    )
    assert network.gradients is not None
    gradients = {name: g for name, g in network.gradients.items() if name != _EMBEDDING}
    return HalfGradients((loss.loss, loss.right, loss.asked), gradients, dx)


class _Mapped:
    """The mapped file: the weights without the embedding, their gradients, and rows."""

    def __init__(self, path: str, spec: NetworkSpec, dtype: str, rows: int) -> None:
        shapes = spec.parameter_shapes()
        shapes.pop(_EMBEDDING, None)
        count = sum(int(np.prod(shape)) for shape in shapes.values())
        self.path, self.capacity = path, rows
        numbers = np.memmap(path, dtype, "r+", shape=(2 * count + rows * spec.inputs,))
        plain: FloatArray = np.asarray(numbers)
        self.weights = Parameters(plain[:count], shapes)
        self.gradients = Parameters(plain[count : 2 * count], shapes)
        self._rows = plain[2 * count :].reshape(rows, spec.inputs)

    def rows(self, batch: Batch) -> FloatArray:
        """Return x_t, or ∂L/∂x_t after the computation: (T·B, E)."""
        return self._rows[: batch.length * batch.size]

    @staticmethod
    def new(spec: NetworkSpec, dtype: str, rows: int) -> _Mapped:
        """Make a file for up to so many rows."""
        shapes = spec.parameter_shapes()
        shapes.pop(_EMBEDDING, None)
        count = sum(int(np.prod(shape)) for shape in shapes.values())
        folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        handle, path = tempfile.mkstemp(prefix="rnnstudio-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.truncate((2 * count + rows * spec.inputs) * np.dtype(dtype).itemsize)
        return _Mapped(path, spec, dtype, rows)

    def forget_name(self) -> None:
        """Remove the file's name, where a file in use can lose it: nothing is left behind then."""
        Path(self.path).unlink(missing_ok=True)


class SecondProcess:
    """The first process's end of it."""

    def __init__(
        self, process: subprocess.Popen[bytes], spec: NetworkSpec, parameters: Parameters
    ) -> None:
        self._process, self._spec, self._parameters = process, spec, parameters
        self._mapped: _Mapped | None = None
        self._half: Half | None = None
        self.alive = True

    @classmethod
    def start(cls, spec: NetworkSpec, parameters: Parameters) -> SecondProcess | None:
        """Start it and wait until it is ready; None where that is not possible."""
        if getattr(sys, "frozen", False):
            return None
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "OPENBLAS_NUM_THREADS": "1",
        }
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", f"from {__name__} import main; main()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        except OSError:
            return None
        second = cls(process, spec, parameters)
        if second._tell(spec) and second._hear() == "ready":
            return second
        second.close()
        return None

    def send(self, half: Half, network: Network) -> bool:
        """Let it compute a half; `network` looks its vectors up. False where it is gone."""
        dtype = self._parameters.dtype.str
        rows = half.batch.length * half.batch.size
        if self._mapped is None or self._mapped.capacity < rows:
            try:
                mapped = _Mapped.new(self._spec, dtype, rows + rows // 4)
            except OSError:
                self.alive = False
                return False
            self._mapped = mapped
            known = self._tell((mapped.path, dtype, mapped.capacity)) and self._hear() == "mapped"
            self._forget(mapped)
            if not known:
                return False
        # The embedding stands first in the whole vector.
        weights = self._mapped.weights.flat
        weights[...] = self._parameters.flat[-len(weights) :]
        network.look_up(half.batch, self._mapped.rows(half.batch))
        # The batch without what it keeps of itself.
        self._half = half._replace(batch=replace(half.batch))
        return self._tell(self._half)

    def receive(self) -> HalfGradients | None:
        """Wait for what was sent; None where the process is gone.

        Raises:
            IndexError: a target is not a class.
        """
        answer = self._hear()
        if isinstance(answer, Exception):
            raise answer
        if answer is None or self._mapped is None or self._half is None:
            return None
        dx = self._mapped.rows(self._half.batch) if self._spec.train_embedding else None
        return HalfGradients(answer, self._mapped.gradients, dx)

    def close(self) -> None:
        """End it."""
        self.alive = False
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._mapped is not None:
            self._forget(self._mapped)

    def _tell(self, message: object) -> bool:
        assert self._process.stdin is not None
        try:
            _write(self._process.stdin, message)
        except OSError:
            self.alive = False
        return self.alive

    def _hear(self) -> Any:
        assert self._process.stdout is not None
        try:
            return pickle.load(self._process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            self.alive = False
            return None

    @staticmethod
    def _forget(mapped: _Mapped) -> None:
        try:
            mapped.forget_name()
        except OSError:
            return  # where a file in use keeps its name, it is removed at the end


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Compute halves until `requests` ends: the second process's whole life."""
    spec: NetworkSpec = pickle.load(requests)
    _write(replies, "ready")
    mapped: _Mapped | None = None
    network: Network | None = None
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        if not isinstance(request, Half):
            path, dtype, rows = request
            mapped = _Mapped(path, spec, dtype, rows)
            network = Network(spec, mapped.weights, train=True, by_word=True)
            _write(replies, "mapped")
            continue
        assert mapped is not None
        assert network is not None
        try:
            with quiet():
                result = half_gradients(network, request, mapped.rows(request.batch).copy())
        except Exception as error:  # raised again by the process that asked
            _write(replies, error)
            continue
        assert network.gradients is not None
        mapped.gradients.flat[...] = network.gradients.flat
        if result.dx is not None:
            mapped.rows(request.batch)[...] = result.dx
        _write(replies, result.figures)


def _write(stream: IO[bytes], message: object) -> None:
    pickle.dump(message, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def main() -> None:
    """Serve the process that started this one."""
    # Ctrl+C reaches both; the first decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(sys.stdin.buffer, sys.stdout.buffer)
