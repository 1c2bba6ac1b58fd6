"""The README's Python is run as it stands there, and its commands are understood."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from rnnstudio.cli.train_options import parser, spec_of
from rnnstudio.engine.network import Task

README = Path(__file__).resolve().parents[1] / "README.md"


class Plots(ModuleType):
    """In place of `matplotlib.pyplot`: remembers what it was asked to draw."""

    def __init__(self) -> None:
        super().__init__("matplotlib.pyplot")
        self.calls: dict[str, tuple[Any, ...]] = {}

    def imshow(self, *arguments: Any, **options: Any) -> None:
        self.calls["imshow"] = arguments

    def xticks(self, *arguments: Any, **options: Any) -> None:
        self.calls["xticks"] = arguments

    def show(self) -> None:
        self.calls["show"] = ()


def notebook() -> str:
    """The example under "The engine from a notebook"."""
    section = README.read_text(encoding="utf-8").split("## The engine from a notebook\n")[1]
    found = re.search(r"```python\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    assert found is not None
    return found[1]


def test_notebook_needs_no_window() -> None:
    code = notebook()
    packages = set(re.findall(r"^(?:from|import) ([\w.]+)", code, re.MULTILINE))
    assert packages
    for name in packages:
        assert name.startswith(("matplotlib.", "rnnstudio.data.", "rnnstudio.engine.")) or (
            name.startswith("rnnstudio.project.")
        )
    _, _, lines = code.partition("\n\n")
    assert len(lines.splitlines()) == 10


def test_notebook_draws_the_states_of_a_trained_network(monkeypatch: pytest.MonkeyPatch) -> None:
    plots, package = Plots(), ModuleType("matplotlib")
    package.pyplot = plots  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "matplotlib", package)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", plots)
    names: dict[str, Any] = {}
    exec(compile(notebook(), str(README), "exec"), names)

    assert list(plots.calls) == ["imshow", "xticks", "show"]
    (drawn,), (places, words) = plots.calls["imshow"], plots.calls["xticks"]
    model, trace = names["model"], names["trace"]
    np.testing.assert_array_equal(drawn, trace.s.T)
    assert drawn.shape == (model.network.units, len(words))
    assert list(places) == list(range(len(words)))
    assert words[0] == "<sos>"
    assert model.labels[trace.prediction] == "negative"


def training_commands() -> list[str]:
    """What follows `rnnstudio train` in the README's blocks of commands."""
    text = README.read_text(encoding="utf-8").replace("\\\n", "")
    return re.findall(r"^    rnnstudio train (.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("command", training_commands())
def test_training_commands_are_understood(command: str) -> None:
    arguments = parser().parse_intermixed_args(shlex.split(command))
    spec = spec_of(arguments)
    assert spec.validate(Task.LABEL if arguments.data == "pos" else Task.CLASSIFY) == ()


def test_every_set_has_its_command() -> None:
    data = {command.split()[0] for command in training_commands()}
    assert data >= {"names", "pos", "sentiment", "builtin:recall:30"}
