"""Whatever the command line is given, it answers in one line or does what it says."""

from __future__ import annotations

import importlib
import io
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

import rnnstudio as program
from rnnstudio.cli import predict as predict_command
from rnnstudio.cli.main import _MODULES, COMMANDS, main
from tests.cli.conftest import Command

ENTRY = [sys.executable, "-m", "rnnstudio.cli.main"]


def test_version_and_help(rnnstudio: Command) -> None:
    assert rnnstudio("--version").out == f"rnnstudio {program.__version__}\n"
    answer = rnnstudio("--help")
    assert answer.status == 0
    assert all(name in answer.out for name in COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_has_help(rnnstudio: Command, command: str) -> None:
    answer = rnnstudio(command, "--help")
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith(f"usage: rnnstudio {command}")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["trian"], "Did you mean “rnnstudio train”?"),
        (["none.rnnstudio"], "none.rnnstudio"),
        (["n" * 300], "neither a file nor a command"),
        (["evaluate", "n" * 300], "the name is too long"),
        (["train", "builtin:lecture", "-o", "n" * 300], "the name is too long"),
        (["train", "builtin:nothing", "-o", "x.rnnstudio"], "builtin:polarity"),
        (["--nonsense"], "unrecognized arguments: --nonsense. See rnnstudio --help."),
        (["train"], "required: -o/--output. See rnnstudio train --help."),
        (["train", "-o", "x"], "required: DATA"),
        (["evaluate"], "required: FILE"),
        (["predict", "x.rnnstudio"], "required: SENTENCE"),
        (["trace", "x.rnnstudio", "good"], "required: -o/--output"),
        (["export", "x.rnnstudio"], "required: --weights"),
        (["import", "x.rnnstudio"], "required: --weights"),
        (["shot", "-o", "x.png"], "required: --page"),
        (["demo", "now"], "unrecognized arguments: now"),
        (["evaluate", ""], "argument FILE: the name of the file is empty"),
        (["import", "x.rnnstudio", "--weights", " "], "the name of the file is empty"),
    ],
)
def test_wrong_arguments_are_one_line(rnnstudio: Command, words: list[str], line: str) -> None:
    answer = rnnstudio(*words)
    assert answer.status == 2
    assert answer.out == ""
    assert line in answer.line


@pytest.mark.parametrize(
    "command",
    [
        ["evaluate"],
        ["predict", "good"],
        ["trace", "good", "-o", "t"],
        ["export", "--weights", "w"],
        ["import", "--weights", "w"],
    ],
)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b"text " * 100, "is no RNN Studio project"),
    ],
)
def test_file_that_is_no_project(
    rnnstudio: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    content: bytes | None,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "odd.rnnstudio"
    if content is not None:
        file.write_bytes(content)
    answer = rnnstudio(command[0], file, *command[1:])
    assert answer.status == 2
    assert words in answer.line
    assert [path.name for path in tmp_path.iterdir()] == ([] if content is None else [file.name])


def test_stopped_by_the_user(
    rnnstudio: Command, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(predict_command, "run", interrupt)
    answer = rnnstudio("predict", trained, "good")
    assert (answer.status, answer.line) == (130, "Stopped. No file was changed.")


def test_window_commands_reach_the_window(
    rnnstudio: Command, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    start = types.ModuleType("rnnstudio.gui.start")

    def open_window(path: Path | None) -> int:
        calls.append(path)
        return 7

    start.open_window = open_window  # type: ignore[attr-defined]
    start.take_shot = lambda *arguments: calls.append(arguments)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rnnstudio.gui.start", start)
    assert rnnstudio().status == 7
    assert rnnstudio(trained).status == 7
    picture = tmp_path / "page.png"
    assert rnnstudio("shot", "--page", "data", "-o", picture).status == 0
    options = ("--size", "1280x720", "--theme", "dark", "--sentence", "a film")
    assert rnnstudio("shot", trained, "--page", "unroll", *options, "-o", picture).status == 0
    assert calls == [
        None,
        trained,
        (None, "data", picture, (1600, 1000), "light", None),
        (trained, "unroll", picture, (1280, 720), "dark", "a film"),
    ]


@pytest.mark.parametrize("size", ["1600", "x", "1600x", "10x10", "1e3x1e3", "99999x99999", "-1x5"])
def test_impossible_picture_size(rnnstudio: Command, size: str) -> None:
    answer = rnnstudio("shot", "--page", "data", "-o", "x.png", f"--size={size}")
    assert answer.status == 2
    assert "no size" in answer.line


def test_picture_into_a_missing_folder(rnnstudio: Command, tmp_path: Path) -> None:
    answer = rnnstudio("shot", "--page", "data", "-o", tmp_path / "none" / "x.png")
    assert answer.status == 2
    assert "does not exist" in answer.line


def test_status_of_the_process(trained: Path) -> None:
    good = subprocess.run([*ENTRY, "predict", str(trained), "good"], capture_output=True)
    assert (good.returncode, good.stderr) == (0, b"")
    bad = subprocess.run([*ENTRY, "predict", str(trained), ""], capture_output=True)
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert bad.stderr.count(b"\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="pipes end otherwise elsewhere")
def test_reader_that_goes_away(trained: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    sentences = ["good film"] * 20_000
    process = subprocess.run(
        [*ENTRY, "predict", str(trained), "-"],
        input="\n".join(sentences).encode(),
        stdout=writer,
        stderr=subprocess.PIPE,
    )
    os.close(writer)
    assert (process.returncode, process.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize(
    "words",
    [["predict", "good"], ["predict", "good", "--json"], ["evaluate"], ["--help"]],
    ids=" ".join,
)
def test_output_that_cannot_be_written(trained: Path, words: list[str], buffered: bool) -> None:
    command, *more = words
    project = [] if command == "--help" else [str(trained)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"}
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            [*ENTRY, command, *project, *more],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
        )
    if command == "--help" and not buffered:
        return  # argparse keeps to itself that it could not print
    assert process.returncode == 2
    assert process.stderr == b"rnnstudio: The output could not be written: the disk is full.\n"


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_output_that_is_closed(trained: Path, more: list[str]) -> None:
    words = [*ENTRY, "predict", str(trained), "good", *more]
    process = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *words], stderr=subprocess.PIPE)
    assert (process.returncode, process.stderr) == (0, b"")


def test_choices_are_plain_words() -> None:
    for command in COMMANDS:
        module = importlib.import_module(f"rnnstudio.cli.{_MODULES.get(command, command)}")
        for action in module.parser()._actions:
            assert {type(choice) for choice in action.choices or ()} <= {str}, action.dest


def test_output_that_knows_only_ascii(trained: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [*ENTRY, "predict", str(trained), "नमस्ते 🎬"]
    for more in ([], ["--json"]):
        process = subprocess.run(command + more, capture_output=True, env=environment)
        assert (process.returncode, process.stderr) == (0, b"")


def test_streams_without_an_encoding_of_their_own(
    monkeypatch: pytest.MonkeyPatch, trained: Path
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["predict", str(trained), "good", "--json"]) == 0
    assert out.getvalue().startswith("{")
