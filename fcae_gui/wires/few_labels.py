"""Few labels and transfer: the curves, measured in the background on request."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from fcae_gui.analysis.classifiers import CLASSIFIERS
from fcae_gui.data.dataset import Dataset
from fcae_gui.panels.few_labels import FewLabelsPanel
from fcae_gui.session.few_labels import OF_THE_CODE, FewLabels
from fcae_gui.widgets.band_plot import Curve, Ink
from fcae_gui.wires.kept_fresh import KeptFresh

# series, title, ink, dashed: classifiers are full lines, the softmax layers dashed
SERIES: tuple[tuple[str, str, Ink, bool], ...] = (
    ("raw", "raw", "muted", False),
    ("pca", "PCA", "test", False),
    ("scratch", "network from scratch", "muted", True),
    ("frozen", "encoder frozen + softmax", "accent", True),
    ("tuned", "encoder fine-tuned", "bad", True),
    ("code", "code", "accent", False),
)


class FewLabelsWires(QObject):
    """Connects the few-labels curves of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.work = FewLabels(window.session, self)
        self.panel = FewLabelsPanel()
        self.dock = window.add_tool("few_labels", "Few labels", self.panel, workspace="use")
        self._old = False  # whether curves of the code stand there as old
        self.fresh = KeptFresh(self.dock, self._refresh)
        panel, work = self.panel, self.work
        panel.set_classifiers([(c.name, c.title, c.text) for c in CLASSIFIERS.values()], work.classifier)
        panel.curves_requested.connect(work.run_curves)
        panel.transfer_requested.connect(work.run_transfer)
        panel.cancel_requested.connect(work.cancel)
        panel.classifier_chosen.connect(work.set_classifier)
        panel.labels_chosen.connect(work.measure_at)
        work.changed.connect(self._on_changed)
        work.failed.connect(self._on_failed)
        window.session.dataset_changed.connect(self._on_dataset)
        window.session.numbers_changed.connect(self._on_numbers)
        window.actions_by_id["few_labels_show"].triggered.connect(self._on_show)
        self.fresh.bring_up_to_date()

    @Slot()
    def _on_changed(self) -> None:
        self.fresh.touch()

    def _refresh(self) -> None:
        self._old = self.work.is_old
        curves = []
        for series, title, ink, dashed in SERIES:
            points = tuple((float(n), band.mean, band.low, band.high) for n, band in self.work.curve(series))
            if points:
                curves.append(
                    Curve(
                        title=title,
                        ink=ink,
                        points=points,
                        dashed=dashed,
                        old=self._old and series in OF_THE_CODE,
                    )
                )
        self.panel.set_curves(curves)
        self._show_state()

    def _show_state(self) -> None:
        work = self.work
        if not work.has_labels:
            text = "This data has no labels: there is nothing to classify."
        elif work.running:
            text = work.text[:1].upper() + work.text[1:]
        elif work.step >= 0:
            text = f"Code of step {work.step:,}" + (
                "; the network has learned on since" if work.is_old else ""
            )
        else:
            text = work.text
        self.panel.set_state(text, work.fraction, running=work.running, can_run=work.can_run)

    @Slot(object)
    def _on_numbers(self, _numbers: object) -> None:
        if not self.fresh.visible:
            return
        if self._old != self.work.is_old:
            self._refresh()
        else:
            self._show_state()

    @Slot(object)
    def _on_dataset(self, dataset: Dataset) -> None:
        self.panel.set_choices(self.work.choices(), len(dataset.class_names) or 1)

    @Slot(str, str)
    def _on_failed(self, text: str, details: str) -> None:
        self._window.notices.show_notice(text, "error", details=details)

    @Slot()
    def _on_show(self) -> None:
        self._window.show_tool("few_labels")


def connect(window: Any) -> FewLabelsWires:
    """Give the window its few-labels curves."""
    return FewLabelsWires(window)
