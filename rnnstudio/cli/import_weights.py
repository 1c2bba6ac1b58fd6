"""`rnnstudio import`: weights of a safetensors file into a project, as a new run."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from rnnstudio.cli.options import Parser, add_file, add_json, file_path
from rnnstudio.cli.output import print_json, print_shapes
from rnnstudio.engine.training import Examples, TrainingJob, TrainingState
from rnnstudio.project.exchange import import_weights
from rnnstudio.project.file import ProjectFile
from rnnstudio.project.loading import run_to_come
from rnnstudio.project.project import Project, Run
from rnnstudio.project.saving import check_can_save


def parser() -> Parser:
    """The arguments of `rnnstudio import`."""
    parser = Parser(
        "rnnstudio import",
        "Read weights under PyTorch's names into a project. They become a new run, which the\n"
        "project then shows and which evaluate, predict and trace use; the runs before it stay.\n"
        "The new run has the settings, words and labels of the run that the project showed, or,\n"
        "where nothing has been trained, those of the project; the weights must fit its network.",
    )
    add_file(parser)
    parser.add_argument(
        "--weights",
        metavar="IN.safetensors",
        type=file_path,
        required=True,
        help="the file to read",
    )
    add_json(parser)
    return parser


def run(arguments: Namespace) -> int:
    """Import the weights.

    Raises:
        RnnStudioError: the project or the weights cannot be used, or the project not written.
    """
    path: Path = arguments.file
    check_can_save(path)
    file = ProjectFile.open_copy(path)
    try:
        new = _run_for(file.load())
        network = new.network
        parameters = import_weights(arguments.weights, network, new.labels, new.vocabulary)
        job = TrainingJob(network, new.spec.training, Examples())
        state = TrainingState.initial(job, parameters=parameters)
        number = file.start_run(new.spec, new.vocabulary, new.labels, new.task, new.longest)
        file.write_checkpoint(number, state.checkpoint())
        file.write_shown_run(number)
        file.save_to(path)
    finally:
        file.discard()
    shapes = {name: list(array.shape) for name, array in parameters.items()}
    if arguments.json:
        print_json({"file": str(path), "run": number, "shapes": shapes})
    else:
        print_shapes(shapes)
        print(f"\nWritten to {path} as run {number}")
    return 0


def _run_for(project: Project) -> Run:
    if any(run.last is not None for run in project.runs):
        return project.trained_run()
    return run_to_come(project)
