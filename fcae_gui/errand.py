"""What the window does by itself, with nobody in front of it: train, take a picture, keep the run, leave."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, Slot
from tqdm import tqdm

from fcae_gui.main_window import MainWindow
from fcae_gui.session import wording
from fcae_gui.session.session import Session

OFFSCREEN_SECONDS = 60.0  # the longest a run without a screen goes on
SETTLE_SECONDS = 20.0  # for the last map of a large network; a small one needs a tenth of a second


class Errand(QObject):
    """Drives one window through: train to `steps` (or the end of the run), show that state, save, close.

    `picture` and `run` are written when given; `failed` is set when one could not be. `done` is called last.
    """

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        *,
        steps: int | None,
        picture: Path | None,
        run: Path | None,
        bar: bool,
        done: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._steps, self._picture, self._run, self._done = steps, picture, run, done
        self._phase = "waiting"
        self.failed = ""
        self._clock = QElapsedTimer()
        self._bar = tqdm(total=0, unit="step", disable=not bar, dynamic_ncols=True, file=sys.stderr)
        session.frame_passed.connect(self._on_frame)
        session.noticed.connect(self._on_notice)
        session.saved.connect(self._on_saved)

    @Slot(object)
    def _on_notice(self, notice: object) -> None:
        level, text = getattr(notice, "level", ""), getattr(notice, "text", "")
        if level == "error":
            self.failed = text
        self._bar.write(text, file=sys.stderr)

    @Slot(object)
    def _on_saved(self, _file: object) -> None:
        if self._phase == "saving":
            self._finish()

    @Slot()
    def _on_frame(self) -> None:
        state = self._session.state
        if self._phase == "waiting" and self._session.view.weights is not None:
            self._begin()
        elif self._phase == "training":
            self._show_progress()
            out_of_time = self._steps is None and self._clock.elapsed() > 1000 * OFFSCREEN_SECONDS
            if out_of_time and state == "running":
                self._session.pause()
            reached = self._steps is not None and self._session.step >= self._steps
            if state in ("finished", "diverged", "failed") or (
                state == "paused" and (reached or out_of_time or self._session.step > 0)
            ):
                self._phase = "settling"
                self._clock.restart()
        elif self._phase == "settling" and self._settled():
            self._keep()
        elif (self._phase == "waiting" and state == "failed") or (self._phase == "saving" and self.failed):
            self._finish()

    def _begin(self) -> None:
        self._phase = "training"
        self._clock.start()
        config = self._session.config
        dataset = self._session.dataset
        assert config is not None and dataset is not None
        if self._steps is not None:
            self._session.run_steps(max(1, self._steps))
            self._bar.total = self._steps
        else:
            epochs = config.training.epochs or 1
            self._bar.total = epochs * -(-len(dataset.train) // config.training.batch_size)
            self._session.play()

    def _show_progress(self) -> None:
        numbers = self._session.numbers()
        self._bar.n = min(numbers.step, self._bar.total)
        self._bar.set_postfix_str(
            f"{wording.rate(numbers.images_per_s)}, loss {wording.significant(numbers.train_loss)}",
            refresh=False,
        )
        self._bar.update(0)

    def _settled(self) -> bool:
        """Whether the window shows the last step in all its parts."""
        if self._clock.elapsed() > 1000 * SETTLE_SECONDS:
            return True
        return self._session.shows_newest and not self._window.latent.is_gliding()

    def _keep(self) -> None:
        self._show_progress()
        self._bar.close()
        self._session.tell_numbers()
        if self._picture is not None and not self._window.files.write_picture(self._picture):
            self.failed = f"{self._picture} could not be written"
        if self._run is None:
            self._finish()
            return
        self._phase = "saving"
        self._session.save(self._run)

    def _finish(self) -> None:
        self._phase = "done"
        self._bar.close()
        self._session.mark_kept()
        self._done()
