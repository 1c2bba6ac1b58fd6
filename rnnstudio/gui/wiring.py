"""The only place that connects panels and session.

Upwards: a change of the document is resolved for the page that is seen, and the panels whose
state differs from what they show are rendered, at most once a turn of the event loop. Downwards:
each request signal has its command.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from rnnstudio.data.table import Split
from rnnstudio.gui.file_actions import FileActions
from rnnstudio.gui.window import MainWindow
from rnnstudio.session.commands import (
    choosing,
    correcting,
    data,
    evaluation,
    example_findings,
    history,
    judging,
    looking,
    probes,
    rewording,
    rivals,
    settings,
    surgery,
    training,
    view,
)
from rnnstudio.session.looking import Below, Beside
from rnnstudio.session.resolve.chrome import caption_words, resolve_chrome
from rnnstudio.session.resolve.confusion import resolve_live_confusion
from rnnstudio.session.resolve.curves import resolve_accuracy, resolve_loss
from rnnstudio.session.resolve.data import (
    resolve_data_sets,
    resolve_data_summary,
    resolve_one_hot,
    resolve_sentences,
    resolve_words_to_ids,
)
from rnnstudio.session.resolve.evaluate_page import resolve_evaluate
from rnnstudio.session.resolve.probes import resolve_probes
from rnnstudio.session.resolve.train import resolve_progress, resolve_settings
from rnnstudio.session.resolve.unroll_page import resolve_unroll
from rnnstudio.session.session import Notice, Session, Tone
from rnnstudio.session.state import PAGES, RunStatus, SessionState

if TYPE_CHECKING:
    from rnnstudio.gui.pages.data import DataPage
    from rnnstudio.gui.pages.evaluate import EvaluatePage
    from rnnstudio.gui.pages.train import TrainPage
    from rnnstudio.gui.pages.unroll import UnrollPage
    from rnnstudio.gui.panels.unrolled_network import UnrolledNetworkPanel

_FIRST_HINT = (
    "This network has read the sentence above, from left to right.",
    "Change a word of it and watch the prediction follow, or press Enter to see it read.",
)
_IDLE_MILLISECONDS = 150
_TRIED_MILLISECONDS = 2_000  # a sentence that rests so long after typing was meant

Resolve = Callable[[SessionState], Any]
Render = Callable[[Any], None]


class Wiring(QObject):
    """A window and its session, connected. A page is made when it is first needed."""

    def __init__(self, session: Session) -> None:
        """Make the window; nothing is shown before `render`."""
        super().__init__()
        self.session = session
        self.window = MainWindow(PAGES, self._may_close)
        self.files = FileActions(session, self.window)
        self._views: dict[str, tuple[tuple[Render, Resolve], ...]] = {}
        self._shown: dict[Render, Any] = {}
        self._render_timer = QTimer(self)
        self._render_timer.setSingleShot(True)
        self._render_timer.timeout.connect(self.render)
        self._idle_timer = QTimer(self)
        self._idle_timer.setSingleShot(True)
        self._idle_timer.setInterval(_IDLE_MILLISECONDS)
        self._idle_timer.timeout.connect(self._make_next_page)
        self._tried_timer = QTimer(self)
        self._tried_timer.setSingleShot(True)
        self._tried_timer.setInterval(_TRIED_MILLISECONDS)
        self._tried_timer.timeout.connect(partial(history.remember_sentence, session))
        self._actions = self._action_table()
        self._connect_frame()

    @cached_property
    def data(self) -> DataPage:
        """The Data page."""
        from rnnstudio.gui.pages.data import DataPage

        session, page = self.session, DataPage()
        page.data_sets.builtin_chosen.connect(partial(data.open_builtin, session))
        page.data_sets.open_requested.connect(self.files.open)
        page.sentences.row_selected.connect(partial(view.choose_row, session))
        page.sentences.row_edited.connect(partial(data.edit_row, session))
        page.sentences.row_added.connect(partial(data.add_row, session))
        page.sentences.rows_deleted.connect(partial(data.delete_rows, session))
        page.sentences.rows_excluded.connect(partial(correcting.exclude, session))
        page.sentences.row_opened.connect(partial(view.open_row, session))
        page.words_to_ids.row_selected.connect(partial(view.choose_row, session))
        page.one_hot.step_requested.connect(partial(view.go_to_step, session))
        self._add_page(
            "data",
            page,
            (page.data_sets.render, resolve_data_sets),
            (page.sentences.render, resolve_sentences),
            (page.words_to_ids.render, resolve_words_to_ids),
            (page.one_hot.render, resolve_one_hot),
            (page.data_summary.render, resolve_data_summary),
        )
        return page

    @cached_property
    def train(self) -> TrainPage:
        """The Train page."""
        from rnnstudio.gui.pages.train import TrainPage

        session, page = self.session, TrainPage()
        page.settings.setting_changed.connect(partial(settings.change_setting, session))
        page.progress.train_requested.connect(partial(training.train, session))
        page.progress.pause_requested.connect(partial(training.pause, session))
        page.progress.one_batch_requested.connect(partial(training.one_batch, session))
        page.progress.one_epoch_requested.connect(partial(training.one_epoch, session))
        page.progress.reset_requested.connect(partial(training.reset, session))
        page.progress.cancel_requested.connect(self._cancel)
        page.confusion.cells_requested.connect(self._on_cells_requested)
        page.probes.probe_added.connect(partial(probes.add_probe, session))
        page.probes.probe_removed.connect(partial(probes.remove_probe, session))
        page.probes.probe_edited.connect(partial(probes.edit_probe, session))
        page.probes.probe_opened.connect(partial(view.open_probe, session))
        page.probes.probe_truth_changed.connect(partial(probes.set_probe_truth, session))
        self._add_page(
            "train",
            page,
            (page.settings.render, resolve_settings),
            (page.progress.render, resolve_progress),
            (page.loss.render, resolve_loss),
            (page.accuracy.render, resolve_accuracy),
            (page.probes.render, resolve_probes),
            (page.confusion.render, resolve_live_confusion),
        )
        return page

    @cached_property
    def unroll(self) -> UnrollPage:
        """The Unroll page."""
        from rnnstudio.gui.pages.unroll import UnrollPage

        session, page = self.session, UnrollPage()
        box, transport = page.sentence_box, page.transport
        box.sentence_changed.connect(self._on_sentence_typed)
        box.sentence_entered.connect(self._on_sentence_entered)
        box.sentence_chosen.connect(partial(choosing.choose_sentence, session))
        box.random_requested.connect(partial(choosing.choose_from, session))
        box.shuffle_requested.connect(partial(rewording.shuffle_words, session))
        box.hinted.connect(self.window.status_bar.set_hint)
        page.changes_bar.taken_back.connect(partial(surgery.take_back, session))
        page.changes_bar.restore_requested.connect(partial(surgery.restore, session))
        page.looking_changed.connect(self._on_looking_changed)
        self._connect_strip(page.network)
        self._connect_below(page)
        self._connect_beside(page)
        transport.step_requested.connect(partial(view.go_to_step, session))
        transport.play_requested.connect(partial(view.play, session))
        transport.pause_requested.connect(partial(view.pause_playing, session))
        transport.speed_requested.connect(partial(view.set_speed, session))
        self._add_page("unroll", page, (page.render, resolve_unroll))
        return page

    def _connect_strip(self, strip: UnrolledNetworkPanel) -> None:
        session = self.session
        strip.step_requested.connect(partial(view.go_to_step, session))
        strip.unit_requested.connect(self._on_unit_requested)
        strip.place_requested.connect(partial(looking.look_at, session))
        strip.looking_changed.connect(self._on_looking_changed)
        strip.clamp_requested.connect(partial(surgery.clamp, session))
        strip.memory_reset_requested.connect(partial(surgery.reset_memory, session))
        strip.transplant_requested.connect(self._on_transplant_requested)
        strip.word_edited.connect(partial(rewording.replace_word, session))
        strip.words_swapped.connect(partial(rewording.swap_words, session))
        strip.word_deleted.connect(partial(rewording.delete_word, session))
        strip.word_repeated.connect(partial(rewording.repeat_word, session))
        strip.shuffle_requested.connect(partial(rewording.shuffle_words, session))
        strip.replacements_requested.connect(self._on_replacements_requested)

    def _connect_below(self, page: UnrollPage) -> None:
        """Connect what stands below the strip."""
        session = self.session
        for panel in (page.hidden_state, page.paths, page.two_sentences):
            panel.step_requested.connect(partial(view.go_to_step, session))
        page.hidden_state.unit_requested.connect(self._on_unit_requested)
        page.hidden_state.looking_changed.connect(self._on_looking_changed)
        page.hidden_state.phrase_selected.connect(partial(looking.select_phrase, session))
        page.hidden_state.phrase_cleared.connect(partial(looking.clear_phrase, session))
        page.paths.row_requested.connect(partial(view.open_row, session))
        page.two_sentences.unit_requested.connect(self._on_unit_requested)
        page.two_sentences.other_changed.connect(partial(looking.set_other, session))
        page.two_sentences.swapped.connect(partial(looking.swap_sentences, session))
        page.two_sentences.transplant_requested.connect(self._on_memory_chosen)

    def _connect_beside(self, page: UnrollPage) -> None:
        """Connect what stands beside the strip."""
        session = self.session
        inspector, phrase, replacements = page.inspector, page.phrase, page.replacements
        inspector.step_requested.connect(partial(view.go_to_step, session))
        inspector.unit_cleared.connect(partial(view.select_unit, session, None))
        inspector.place_requested.connect(partial(looking.look_at, session))
        inspector.clamp_requested.connect(partial(surgery.clamp, session))
        inspector.notation_requested.connect(self._on_notation_requested)
        inspector.word_requested.connect(partial(looking.find_word, session))
        phrase.unit_requested.connect(self._on_unit_requested)
        phrase.row_requested.connect(partial(view.open_row, session))
        replacements.word_chosen.connect(partial(rewording.replace_word, session))
        for panel in (phrase, replacements):
            panel.looking_changed.connect(self._on_looking_changed)
            panel.closed.connect(partial(looking.look, session, beside=Beside.INSPECTOR))

    @cached_property
    def evaluate(self) -> EvaluatePage:
        """The Evaluate page."""
        from rnnstudio.gui.pages.evaluate import EvaluatePage

        session, page = self.session, EvaluatePage()
        for judging_changed in (
            page.judging_changed,
            page.confusion.judging_changed,
            page.time_bar.judging_changed,
            page.reliability.judging_changed,
            page.thresholds.judging_changed,
            page.runs.judging_changed,
            page.examples.judging_changed,
        ):
            judging_changed.connect(self._on_judging_changed)
        for split_chosen in (
            page.per_class.split_chosen,
            page.lecture_table.split_chosen,
            page.reliability.split_chosen,
            page.thresholds.split_chosen,
            page.runs.split_chosen,
        ):
            split_chosen.connect(self._on_split_chosen)
        for panel in (page.confusion, page.per_class, page.runs):
            panel.cells_selected.connect(partial(evaluation.select_cells, session))
        for example_opened in (page.lecture_table.example_opened, page.examples.example_opened):
            example_opened.connect(self._on_example_opened)
        page.time_bar.hinted.connect(self.window.status_bar.set_hint)
        page.confusion.report_requested.connect(self.files.save_report)
        page.runs.rival_chosen.connect(partial(rivals.compare_with_run, session))
        page.runs.file_requested.connect(self.files.compare_with_file)
        page.runs.rival_cleared.connect(partial(rivals.clear_rival, session))
        page.examples.relabelled.connect(partial(correcting.relabel, session))
        page.examples.excluded.connect(partial(correcting.exclude, session))
        page.examples.rows_seen.connect(partial(example_findings.see_examples, session))
        self._add_page("evaluate", page, (page.render, resolve_evaluate))
        return page

    def _add_page(self, name: str, page: QWidget, *views: tuple[Render, Resolve]) -> None:
        self._views[name] = views
        self.window.add_page(name, page)

    def render(self) -> None:
        """Bring the frame and the page that is seen up to the document."""
        self._render_timer.stop()
        state = self.session.state
        getattr(self, state.page)  # made now if it was not
        self.window.render(resolve_chrome(state))
        for render, resolve in self._views[state.page]:
            new = resolve(state)
            if render not in self._shown or self._shown[render] != new:
                self._shown[render] = new
                render(new)
        if state.run.status is RunStatus.RUNNING:
            # Training waits until its picture is painted, and Qt would wait 5 ms for more to paint.
            QCoreApplication.sendEvent(self.window, QEvent(QEvent.Type.UpdateRequest))

    def start(self) -> None:
        """Do what waits for the window to be there: the first start's hint, a crash's question."""
        if not self.session.state.preferences.welcomed:
            view.change_preferences(self.session, welcomed=True)
            self.session.tell(Tone.INFO, *_FIRST_HINT)
        QTimer.singleShot(0, self.files.offer_recovery)
        self._idle_timer.start()

    def take_down(self) -> None:
        """Destroy the window now, in the thread that it belongs to."""
        self._idle_timer.stop()
        self._render_timer.stop()
        # What still ends beside the window has nobody to tell.
        self.session.changed.disconnect(self._on_changed)
        self.session.notified.disconnect(self._on_notified)
        self.window.hide()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _make_next_page(self) -> None:
        """Make the pages that nobody has asked for yet, one at a time."""
        waiting = [page for page in PAGES if page not in self._views]
        if waiting:
            getattr(self, waiting[0])
            self._idle_timer.start()

    def _on_changed(self) -> None:
        self.window.notifier.drop_outdated(self.session.undo_stack.turn)
        if not self._render_timer.isActive():
            self._render_timer.start(0)

    def _may_close(self) -> bool:
        return self.files.may_close()

    def _action_table(self) -> dict[str, Callable[[], None]]:
        session = self.session
        return {
            "new": self.files.new,
            "open": self.files.open,
            "save": self.files.save,
            "save_as": self.files.save_as,
            "undo": partial(settings.undo, session),
            "redo": partial(settings.redo, session),
            "sentence": self._go_to_sentence,
            "play": partial(view.play_or_pause, session),
            "step_back": partial(view.step_by, session, -1),
            "step_on": partial(view.step_by, session, 1),
            "first_step": partial(view.first_step, session),
            "last_step": partial(view.last_step, session),
            "dark": self._change_theme,
            "reduce_motion": self._change_motion,
            "restore": partial(surgery.restore, session),
            "train": partial(training.train_or_pause, session),
            "one_batch": partial(training.one_batch, session),
            "one_epoch": partial(training.one_epoch, session),
            "cancel": self._cancel,
            "reset": partial(training.reset, session),
        }

    def _on_action(self, key: str) -> None:
        self._actions[key]()

    def _on_notified(self, notice: Notice) -> None:
        if notice.tone is Tone.SUCCESS:
            self.window.notifier.clear_errors()  # they spoke of what has now worked
        self.window.notifier.show(notice)

    def _go_to_sentence(self) -> None:
        view.show_page(self.session, "unroll")
        self.render()
        self.unroll.sentence_box.focus_sentence()

    def _change_theme(self) -> None:
        dark = self.session.state.preferences.theme == "dark"
        view.change_theme(self.session, "light" if dark else "dark")

    def _cancel(self) -> None:
        """Close what is open, cancel what runs beside the window, or else pause the training."""
        session, state = self.session, self.session.state
        if state.page == "unroll" and state.looking.opened:
            looking.look(session, opened=False)
        elif state.page == "unroll" and state.looking.phrase is not None:
            looking.clear_phrase(session)
        elif state.page == "evaluate" and state.selection.cells:
            evaluation.select_cells(session, frozenset())
        elif state.activity is not None:
            data.cancel_activity(session)
        elif session.training is not None:
            training.pause(session)
            session.tell(Tone.INFO, "Training is paused.", "F5 goes on with it.")

    def _connect_frame(self) -> None:
        session, window = self.session, self.window
        session.changed.connect(self._on_changed)
        session.notified.connect(self._on_notified)
        window.action_triggered.connect(self._on_action)
        window.page_requested.connect(partial(view.show_page, session))
        window.recent_requested.connect(self.files.open_recent)
        window.files_dropped.connect(self.files.open_dropped)
        window.exporter.caption = lambda: caption_words(session.state)

    def _on_sentence_entered(self) -> None:
        if not self.session.state.selection.sentence.strip():
            return  # there is nothing to play, and what is typed next must not be lost
        # Space pauses and the arrows step: the keyboard goes from the text to the picture.
        self.unroll.network.strip.setFocus()
        history.remember_sentence(self.session)
        view.play_from_start(self.session)

    def _on_sentence_typed(self, sentence: str) -> None:
        view.set_sentence(self.session, sentence)
        self._tried_timer.start()

    def _on_looking_changed(self, changes: dict[str, Any]) -> None:
        looking.look(self.session, **changes)

    def _on_unit_requested(self, unit: int, step: int) -> None:
        # Who clicks a unit wants to know what made it.
        looking.look(self.session, beside=Beside.INSPECTOR)
        view.select_unit(self.session, unit, step)

    def _on_replacements_requested(self, step: int) -> None:
        view.go_to_step(self.session, step)
        looking.look(self.session, beside=Beside.REPLACEMENTS)

    def _on_transplant_requested(self, step: int) -> None:
        """Show the second sentence, from whose steps the memory is taken."""
        view.go_to_step(self.session, step)
        looking.look(self.session, below=Below.TWO_SENTENCES)

    def _on_memory_chosen(self, step: int, other_step: int) -> None:
        surgery.transplant(self.session, step, self.session.state.looking.other, other_step)

    def _on_notation_requested(self, notation: str) -> None:
        view.change_preferences(self.session, notation=notation)

    def _change_motion(self) -> None:
        still = self.session.state.preferences.reduce_motion
        view.change_preferences(self.session, reduce_motion=not still)

    def _on_example_opened(self, row: int, step: int | None) -> None:
        view.open_row(self.session, row, step)
        self.render()
        self.unroll.network.strip.setFocus()  # the arrows step on from there

    def _on_judging_changed(self, changes: dict[str, Any]) -> None:
        judging.judge(self.session, **changes)

    def _on_cells_requested(self, cells: frozenset[tuple[int, int]]) -> None:
        judging.judge_plainly(self.session)  # the live matrix counts each answer by its class
        evaluation.select_cells(self.session, cells)
        view.show_page(self.session, "evaluate")

    def _on_split_chosen(self, split: str) -> None:
        evaluation.set_split(self.session, Split(split))
