"""The scoreboard of features: classifiers in the background, bars, confusions, and the digits behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Slot

from fcae_gui.analysis.classifiers import CLASSIFIERS
from fcae_gui.data.dataset import Dataset
from fcae_gui.jobs.feature_sets import FEATURES
from fcae_gui.panels.scoreboard import ScoreboardPanel
from fcae_gui.session.scoreboard import Key, Score, Scoreboard
from fcae_gui.session.watching import label_name
from fcae_gui.widgets.duration import duration
from fcae_gui.widgets.score_bars import Bar, Group, Ink
from fcae_gui.wires.kept_fresh import KeptFresh

NAMES = {"raw": "raw", "pca": "PCA", "code": "code", "untrained": "untrained"}
INKS: dict[str, Ink] = {"raw": "muted", "pca": "test", "code": "accent", "untrained": "line"}
TIPS = {
    "raw": "The values of the data themselves",
    "pca": "As many principal components as the code has numbers, from all training samples",
    "code": "The code of the network as it is",
    "untrained": "The code of the same network before its first step: the control",
}


class ScoreboardWires(QObject):
    """Connects the scoreboard of one window; `window.scoreboard` is what other tools may ask."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.board = window.scoreboard = Scoreboard(window.session, self)
        self.panel = ScoreboardPanel()
        self.dock = window.add_tool("scoreboard", "Features", self.panel, workspace="use")
        self._chosen: Key | None = None
        self._cell: tuple[int, int] | None = None
        self._cell_of: Score | None = None  # whose samples stand there
        self._faded: set[Key] = set()  # bars that stand there as old
        self.fresh = KeptFresh(self.dock, self._refresh)
        panel, board = self.panel, self.board
        panel.set_classifiers([(one.name, one.title, one.text) for one in CLASSIFIERS.values()])
        panel.set_caption(self._caption)
        panel.compute_requested.connect(board.run)
        panel.cancel_requested.connect(board.cancel)
        panel.follow_toggled.connect(board.set_following)
        panel.sizes_chosen.connect(board.set_sizes)
        panel.classifiers_chosen.connect(board.set_classifiers)
        panel.bar_chosen.connect(self._on_bar)
        panel.cell_chosen.connect(self._on_cell)
        panel.sample_chosen.connect(self._on_sample)
        panel.gallery_requested.connect(self._on_gallery)
        board.changed.connect(self._on_changed)
        board.failed.connect(self._on_failed)
        window.session.dataset_changed.connect(self._on_dataset)
        window.session.numbers_changed.connect(self._on_numbers)
        self.dock.visibilityChanged.connect(board.set_shown)
        window.actions_by_id["scoreboard_show"].triggered.connect(self._on_show)
        window.actions_by_id["scoreboard_compute"].triggered.connect(self._on_compute_action)
        self.fresh.bring_up_to_date()

    # --- showing ------------------------------------------------------------------------------------------

    @Slot()
    def _on_changed(self) -> None:
        self.fresh.touch()

    @Slot(object)
    def _on_numbers(self, _numbers: object) -> None:
        if not self.fresh.visible:
            return
        if self._faded != self._old():
            self._refresh()
        else:
            self._show_state()

    def _refresh(self) -> None:
        board = self.board
        self._faded = self._old()
        if self._chosen not in board.scores:
            self._chosen = next(iter(board.scores), None)
            self._forget_cell()
        self.panel.set_groups([self._group(name) for name in board.classifiers], self._chosen)
        self._show_state()
        self._show_confusion()
        self._show_cell()

    def _old(self) -> set[Key]:
        """Of another choice of samples, or of a network that has learned on."""
        scores = self.board.scores
        return {key for key, one in scores.items() if key in self.board.old or not self._is_now(one)}

    def _group(self, classifier: str) -> Group:
        one, board = CLASSIFIERS[classifier], self.board
        bars = []
        for features in FEATURES:
            key = (classifier, features)
            score = board.scores.get(key)
            if score is None:
                made = Bar(key=key, label=NAMES[features], tip=TIPS[features], busy=key == board.busy_with)
            else:
                made = Bar(
                    key=key, label=NAMES[features], value=score.accuracy, low=score.low, high=score.high,
                    note=f"{score.n_features} · {duration(score.fit_s)}", tip=_told(score),
                    ink=INKS[features], old=key in self._faded,
                )  # fmt: skip
            bars.append(made)
        return one.title, one.text, tuple(bars)

    def _is_now(self, score: Score) -> bool:
        """Following, a code a few steps old is as new as can be."""
        weights = self._session.view.weights
        return score.step < 0 or self.board.following or weights is None or score.step == weights.step

    def _show_state(self) -> None:
        board = self.board
        if not board.has_labels:
            text = "This data has no labels: there is nothing to classify."
        elif board.running:
            text = board.text
        else:
            text = board.text or self._summary()
        self.panel.set_state(
            text, board.fraction, running=board.running, can_run=board.can_run, following=board.following
        )

    def _summary(self) -> str:
        found = list(self.board.scores.values())
        if not found:
            return "How much of what tells the classes apart is in the code?"
        steps = {score.step for score in found if score.step >= 0}
        of = f"code of step {max(steps):,}, " if steps else ""
        return f"{of}fitted on {found[-1].n_train:,} samples, tested on {found[-1].n_test:,}"

    def _show_confusion(self) -> None:
        data = self._session.dataset
        if self._chosen is None or data is None:
            self.panel.set_confusion("", None, ())
            return
        score = self.board.scores[self._chosen]
        title = f"{CLASSIFIERS[score.classifier].title} on {NAMES[score.features]}"
        if len(title) > 22:  # beside the bars there is little room
            title = f"{CLASSIFIERS[score.classifier].short} on {NAMES[score.features]}"
        wrong = round(score.n_test * (1 - score.accuracy))
        names = data.class_names
        self.panel.set_confusion(f"{title}: {wrong:,} wrong", self.board.confusion(self._chosen), names)

    def _caption(self, row: int) -> str:
        data = self._session.dataset
        score = self.board.scores.get(self._chosen) if self._chosen is not None else None
        if data is None or score is None or data.test.labels is None:
            return ""
        at = int(np.searchsorted(score.test_rows, row))
        if at >= len(score.test_rows) or score.test_rows[at] != row:
            return ""
        truth, said = int(data.test.labels[row]), int(score.predicted[at])
        names = data.class_names
        if truth == said:
            return label_name(truth, names)
        return f"{label_name(truth, names)} → {label_name(said, names)}"

    def _show_cell(self) -> None:
        """The samples of the chosen cell, again when its classifier has been fitted again."""
        data = self._session.dataset
        score = self.board.scores.get(self._chosen) if self._chosen is not None else None
        if self._cell is None or self._chosen is None or score is None or data is None:
            return
        if score is self._cell_of:
            return
        self._cell_of = score
        truth, answer = self._cell
        rows, names = self.board.offenders(self._chosen, truth, answer), data.class_names
        said = "recognised" if truth == answer else f"taken for {label_name(answer, names)}"
        self.panel.set_offenders(f"{len(rows):,} × {label_name(truth, names)} {said}", rows)

    def _forget_cell(self) -> None:
        self._cell = self._cell_of = None
        self.panel.matrix.set_chosen(-1, -1)
        self.panel.set_offenders("", np.empty(0, np.int64))

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        self.panel.set_data_sizes(len(dataset.train), len(dataset.test))
        self.panel.set_samples(dataset.test.features, dataset.image_shape)
        self.board.set_sizes(*self.panel.sizes())
        self._forget_cell()

    @Slot(str, str)
    def _on_failed(self, text: str, details: str) -> None:
        self._window.notices.show_notice(text, "error", details=details)

    # --- hands --------------------------------------------------------------------------------------------

    @Slot()
    def _on_show(self) -> None:
        self._window.show_tool("scoreboard")

    @Slot()
    def _on_compute_action(self) -> None:
        self._on_show()
        self.panel.compute.click()

    @Slot(object)
    def _on_bar(self, key: Key) -> None:
        self._chosen = key
        self._forget_cell()
        self._refresh()

    @Slot(int, int)
    def _on_cell(self, truth: int, answer: int) -> None:
        data = self._session.dataset
        if self._chosen is None or data is None:
            return
        self._cell, self._cell_of = (truth, answer), None
        self._show_cell()
        rows = self.board.offenders(self._chosen, truth, answer)
        selection = self._window.selection
        mask = np.isin(selection.numbers, rows + len(data.train))
        if mask.any():
            selection.choose(mask, "replace", "select a cell of the confusion matrix")

    @Slot(int)
    def _on_sample(self, row: int) -> None:
        data, selection = self._session.dataset, self._window.selection
        codes = self._session.view.codes
        if data is None or codes is None:
            return
        found = np.flatnonzero(selection.numbers == row + len(data.train))
        if len(found) and found[0] < len(codes):
            self._session.view.move_to_code(codes[found[0]])
            self._window.latent.cloud.mark(int(found[0]))

    @Slot()
    def _on_gallery(self) -> None:
        self._window.show_tool("gallery")


def _told(score: Score) -> str:
    return (
        f"{TIPS[score.features]}. {100 * score.accuracy:.2f} % of {score.n_test:,} test samples, "
        f"95 % interval {100 * score.low:.2f} to {100 * score.high:.2f} (Wilson); "
        f"{score.n_features} features, fitted on {score.n_train:,} samples in {duration(score.fit_s)}."
    )


def connect(window: Any) -> ScoreboardWires:
    """Give the window its scoreboard."""
    return ScoreboardWires(window)
