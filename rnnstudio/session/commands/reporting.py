"""The page of figures that is kept or handed round."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from rnnstudio.project.report_html import write_report
from rnnstudio.session.background import IsCancelled
from rnnstudio.session.resolve.report import resolve_report
from rnnstudio.session.session import Session, Tone

_KIND = "report"


def save_report(session: Session, path: Path) -> None:
    """Write the report of what the Evaluate page shows to `path`, beside the window."""
    report = resolve_report(session.state, datetime.now().astimezone())
    if report is None:
        session.tell(Tone.INFO, "There is nothing to report yet.", "Train a network first.")
        return

    def work(cancelled: IsCancelled) -> None:
        write_report(report, path)

    def done(_: None) -> None:
        session.tell(Tone.SUCCESS, f"Saved the report as {path.name}.", f"It is in {path.parent}.")

    session.background.submit(_KIND, work, done, session.fail)
