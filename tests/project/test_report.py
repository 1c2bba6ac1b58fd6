"""A report says what the evaluation says, is one page, and no text in it is taken for HTML."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from rnnstudio.data.dataset import build_dataset
from rnnstudio.data.table import Row, Split, Table
from rnnstudio.project.errors import ProjectFileError
from rnnstudio.project.evaluation import Evaluation, evaluate
from rnnstudio.project.kinds import Kind
from rnnstudio.project.model import Model
from rnnstudio.project.percent import percent
from rnnstudio.project.report import ClassLine, Matrix, Report, report_of
from rnnstudio.project.report_html import BEGINNING, report_html, write_report
from tests.project.conftest import Sample, fresh_run, labeller

MADE = datetime(2024, 5, 17, 9, 30)
_VOID = {"meta", "br", "link", "img"}


class _Page(HTMLParser):
    """Tags, attributes and texts of a page; tags must be closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[list[str]] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text += data
        if self.cells and {"td", "th"} & set(self.open) and "small" not in self.open:
            self.cells[-1][-1] += data


@pytest.fixture(scope="module")
def evaluation(sample: Sample) -> Evaluation:
    return evaluate(_model(sample), sample.dataset, None)


@pytest.fixture(scope="module")
def report(sample: Sample, evaluation: Evaluation) -> Report:
    return report_of(evaluation, _model(sample), sample.spec, sample.dataset, MADE)


def _model(sample: Sample) -> Model:
    return Model(
        network=sample.job.network,
        parameters=sample.checkpoint.parameters,
        vocabulary=sample.dataset.vocabulary,
        labels=sample.dataset.labels,
        text=sample.spec.text,
        epoch=2,
        step=6,
    )


def test_figures_and_matrix_stand_in_the_page(report: Report, evaluation: Evaluation) -> None:
    page = _Page(report_html(report))
    figures = {one.name: one.value for one in report.figures}
    assert figures["accuracy"] == f"{evaluation.accuracy * 100:.1f} %"
    assert figures["macro F1"] == f"{evaluation.macro_f1:.3f}"
    assert figures["loss"] == f"{evaluation.loss:.3f}"
    assert figures["sentences"] == "40"
    for value in (*figures, *figures.values()):
        assert value in page.text
    for row, label in enumerate(evaluation.labels):
        (cells,) = [line for line in page.cells if line[0] == label and len(line) == 4]
        assert cells[1:3] == [f"{count}" for count in evaluation.confusion[row]]
    for figure in evaluation.per_class:
        name = evaluation.labels[figure.label]
        (cells,) = [line for line in page.cells if line[0] == name and len(line) == 5]
        said = evaluation.confusion[:, figure.label].sum()
        assert cells[1] == (f"{figure.precision:.3f}" if said else "–")
        assert cells[2:] == [f"{figure.recall:.3f}", f"{figure.f1:.3f}", f"{figure.support}"]
    assert "all rows, 40 sentences, weights after epoch 2" in page.text
    assert "2024-05-17 09:30" in page.text
    assert dict(report.settings)["network"] == "RNN, 5 units, tanh"


def test_errors_are_the_surest_of_their_kind(report: Report, evaluation: Evaluation) -> None:
    wrong = evaluation.truth != evaluation.predicted
    assert sum(int(kind.words.split()[0]) for kind in report.errors) == wrong.sum()
    counts = [int(kind.words.split()[0]) for kind in report.errors]
    assert counts == sorted(counts, reverse=True)
    for kind in report.errors:
        sure = [sentence.confidence for sentence in kind.sentences]
        assert sure == sorted(sure, key=lambda value: -(value or 0))
        assert 1 <= len(kind.sentences) <= 3


def test_page_needs_nothing_and_runs_nothing(report: Report) -> None:
    html = report_html(report)
    page = _Page(html)
    assert html.startswith(BEGINNING)
    assert not {"script", "link", "img", "iframe", "object", "embed", "a"} & set(page.tags)
    assert not any(name.startswith("on") or name in ("src", "href") for name, _ in page.attributes)
    assert "default-src 'none'" in str(dict(page.attributes).get("content")) or any(
        "default-src 'none'" in (value or "") for _, value in page.attributes
    )
    assert "url(" not in html
    assert "@import" not in html


_EVIL = "</style><script>alert('1')</script>\"><img src=x onerror=alert(2)>&amp;\x00\x1b"


def test_every_text_is_escaped(report: Report) -> None:
    names = (_EVIL, f"{_EVIL} two")
    evil = dataclasses.replace(
        report,
        title=_EVIL,
        subtitle=_EVIL,
        kind=_EVIL,
        counted=_EVIL,
        notes=(_EVIL,),
        figures=tuple(
            dataclasses.replace(one, name=_EVIL, value=_EVIL, meaning=_EVIL)
            for one in report.figures
        ),
        matrix=Matrix(
            _EVIL, _EVIL, names, names, 2, np.array([[3, 1], [0, 4]]), _EVIL, names, _EVIL, names
        ),
        classes=(ClassLine(_EVIL, 0.5, None, float("nan"), 3),),
        averages=(ClassLine(_EVIL, 0.5, 0.5, 0.5, 3),),
        errors=tuple(
            dataclasses.replace(
                kind,
                words=_EVIL,
                sentences=tuple(
                    dataclasses.replace(one, before=_EVIL, marked=_EVIL, after=_EVIL, place=_EVIL)
                    for one in kind.sentences
                ),
            )
            for kind in report.errors
        ),
        settings=((_EVIL, _EVIL),),
    )
    html = report_html(evil)
    page = _Page(html)
    plain = _Page(report_html(report))
    # The same elements and no other attributes: all of it became text.
    assert set(page.tags) <= set(plain.tags) | {"mark", "span"}
    assert {name for name, _ in page.attributes} <= {name for name, _ in plain.attributes}
    assert html.count("<script") == 0
    assert "\x00" not in html
    assert "\x1b" not in html
    assert "alert('1')" in page.text


def test_other_scripts_come_through(tmp_path: Path, report: Report) -> None:
    title = "नमस्ते مرحبا 🎬 \ud800 \u200dé"
    path = tmp_path / "report.html"
    write_report(dataclasses.replace(report, title=title), path)
    page = path.read_bytes().decode("utf-8")
    assert "नमस्ते مرحبا 🎬 ? \u200dé" in page
    assert Kind.REPORT.may_replace(path)
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(ProjectFileError, match="does not exist"):
        write_report(report, tmp_path / "none" / "report.html")


def test_words_with_tags_are_marked(tagged: Table) -> None:
    spec, dataset = labeller(tagged)
    model = fresh_run(spec, dataset, epochs=1).model("last")
    found = evaluate(model, dataset, Split.TEST)
    report = report_of(found, model, spec, dataset, MADE)
    assert (report.kind, report.counted) == ("tag", "words")
    assert any(one.name == "entity F1" for one in report.figures)
    assert report.errors
    rows = {row.text for row in tagged.rows}
    for kind in report.errors:
        for sentence in kind.sentences:
            parts = (sentence.before, sentence.marked, sentence.after)
            assert " ".join(part for part in parts if part) in rows
            assert len(sentence.marked.split()) == 1
    page = _Page(report_html(report))
    assert page.tags.count("mark") == sum(len(kind.sentences) for kind in report.errors)


def test_excluded_sentences_are_told(sample: Sample) -> None:
    gone = set(sample.dataset.rows_of(Split.TEST)[:2].tolist())
    rows = tuple(
        dataclasses.replace(row, excluded=number in gone)
        for number, row in enumerate(sample.table.rows)
    )
    dataset = dataclasses.replace(
        sample.dataset, table=dataclasses.replace(sample.table, rows=rows)
    )
    model = _model(sample)
    for split, notes in ((Split.TEST, ("2 excluded sentences left out.",)), (Split.TRAIN, ())):
        found = evaluate(model, dataset, split)
        assert report_of(found, model, sample.spec, dataset, MADE).notes == notes


def test_nothing_wrong_and_one_class(sample: Sample, report: Report) -> None:
    one = Matrix("truth", "predicted", ("a",), ("a",), 1, np.array([[7]]))
    page = _Page(report_html(dataclasses.replace(report, errors=(), matrix=one)))
    assert "There is none." in page.text
    none = Matrix("truth", "predicted", (), (), 0, np.zeros((0, 0), np.int64))
    page = _Page(report_html(dataclasses.replace(report, matrix=none)))
    assert "There is nothing to count." in page.text


def test_a_hundred_classes_show_those_with_most_errors(report: Report) -> None:
    names = tuple(f"class {number}" for number in range(100))
    counts = np.diag(np.full(100, 5))
    counts[90:, :3] = 40
    counts = np.hstack([counts, np.arange(100)[:, None]])
    matrix = Matrix("truth", "predicted", names, (*names, "no answer"), 100, counts)
    page = _Page(report_html(dataclasses.replace(report, matrix=matrix)))
    assert "40 of 101 columns with most errors" in page.text
    headings = [line for line in page.cells if "no answer" in line]
    assert len(headings) == 1
    assert len(headings[0]) == 41
    assert {f"class {number}" for number in (0, 1, 2, *range(90, 100))} <= set(headings[0])


def test_differences_have_signs_and_two_colours(report: Report) -> None:
    matrix = Matrix(
        "truth", "predicted", ("a", "b"), ("a", "b"), 2, np.array([[-3, 3], [0, 2]]), signed=True
    )
    html = report_html(dataclasses.replace(report, matrix=matrix))
    page = _Page(html)
    assert ["a", "−3", "+3"] in page.cells
    assert ["b", "0", "+2"] in page.cells
    colors = re.findall(r'background:(#\w+);color:#\w+"[^>]*>([−+]\d)', html)
    assert len({color for color, _ in colors}) == 3


def test_letters_are_legible_on_every_ground(report: Report) -> None:
    counts = np.array([[100, *range(1, 100)], *[[0] * 100] * 99])[:40, :40]
    names = tuple(str(number) for number in range(40))
    matrix = Matrix("truth", "predicted", names, names, 40, counts)
    html = report_html(dataclasses.replace(report, matrix=matrix))
    pairs = re.findall(r"background:#(\w{6});color:#(\w{6})", html)
    assert len(pairs) == 40
    for ground, letters in pairs:
        light, dark = sorted((_luminance(ground), _luminance(letters)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_lines_of_a_split_without_a_class(sample: Sample) -> None:
    rows = (
        Row("good film", "yes", Split.TEST, "a", 1),
        Row("film was good", "yes", Split.TEST, "a", 2),
    )
    table = Table("one", rows, (), "a")
    model = _model(sample)
    dataset = build_dataset(table, model.text, vocabulary=model.vocabulary, labels=model.labels)
    found = evaluate(model, dataset, Split.TEST)
    report = report_of(found, model, sample.spec, dataset, MADE)
    assert report.matrix.row_ends[0] == "–"
    assert report.classes[0].recall is None
    assert _Page(report_html(report)).text.count("–") >= 2


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "100.0 %"), (0.9999, ">99.9 %"), (0.5, "50.0 %"), (0.0001, "<0.1 %"), (0.0, "0.0 %")],
)
def test_only_all_is_a_hundred_percent(share: float, words: str) -> None:
    assert percent(share) == words
