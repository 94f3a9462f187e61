"""The clusters of one window: found in the background, shown as a table, pictures, and colours of the map."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QColor

from fcae_gui import theme
from fcae_gui.analysis.clustering import METHODS
from fcae_gui.data.dataset import Dataset
from fcae_gui.panels.clusters import HEADS, ClustersPanel, Row
from fcae_gui.session.clustering import Clustering, Found, Key, PairTime, space_title
from fcae_gui.session.colouring import BY_CLASS
from fcae_gui.session.watching import Shown, label_name
from fcae_gui.widgets.duration import duration
from fcae_gui.wires.kept_fresh import KeptFresh

BY_CLUSTER = "cluster"
ORDER = tuple((method, space) for method in METHODS for space in ("code", "pixels"))


class ClustersWires(QObject):
    """Connects the clusters of one window."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.work = Clustering(window.session, self)
        self.panel = ClustersPanel()
        self.dock = window.add_tool("clusters", "Clusters", self.panel, workspace="use")
        self._chosen: Key | None = None
        self._drawn: Found | None = None  # whose pictures stand there
        self._given: Found | None = None  # whose labels the map has
        self._cluster = -1
        self._coloured_by = BY_CLASS  # what the map goes back to
        self._faded: set[Key] = set()  # lines that stand there as old
        self.fresh = KeptFresh(self.dock, self._refresh)
        panel, work = self.panel, self.work
        panel.set_caption(self._caption, self._stripe)
        panel.compute_requested.connect(work.run)
        panel.cancel_requested.connect(work.cancel)
        panel.follow_toggled.connect(work.set_following)
        panel.k_chosen.connect(work.set_k)
        panel.size_chosen.connect(work.set_size)
        panel.pairs_requested.connect(work.run_pairs)
        panel.row_chosen.connect(self._on_row)
        panel.cluster_chosen.connect(self._on_cluster)
        panel.cluster_hovered.connect(self._on_hovered)
        panel.colours_toggled.connect(self._on_colours)
        work.changed.connect(self._on_changed)
        work.failed.connect(self._on_failed)
        window.colouring.choices_changed.connect(self._on_colouring)
        window.session.dataset_changed.connect(self._on_dataset)
        window.session.view.shown_changed.connect(self._on_shown)
        window.session.generation_started.connect(self._on_generation)
        window.session.numbers_changed.connect(self._on_numbers)
        self.dock.visibilityChanged.connect(work.set_shown)
        window.actions_by_id["clusters_show"].triggered.connect(self._on_show)
        window.actions_by_id["clusters_compute"].triggered.connect(self._on_compute_action)
        self.fresh.bring_up_to_date()

    # --- showing ------------------------------------------------------------------------------------------

    @Slot()
    def _on_changed(self) -> None:
        if self._chosen not in self.work.results:
            self._chosen = next(iter(self.work.results), None)
        self._give()
        self.fresh.touch()

    @Slot(object)
    def _on_numbers(self, _numbers: object) -> None:
        if not self.fresh.visible:
            return
        if self._faded != {key for key in self.work.results if self._old(key)}:
            self._refresh()
        else:
            self._show_state()

    def _refresh(self) -> None:
        self._faded = {key for key in self.work.results if self._old(key)}
        fresh = [one.ari for key, one in self.work.results.items() if key not in self._faded]
        best = max((ari for ari in fresh if ari is not None), default=None)
        self.panel.set_rows([self._row(key, best) for key in ORDER], self._chosen)
        found = self.work.results.get(self._chosen) if self._chosen is not None else None
        if found is not self._drawn:
            self._draw(found)
        self._show_pairs()
        self._show_state()

    def _old(self, key: Key) -> bool:
        """Of another k or size, or of a network that has learned on; following, a few steps do not count."""
        weights, one = self._session.view.weights, self.work.results[key]
        if key in self.work.old or one.step < 0 or weights is None:
            return key in self.work.old
        return one.step != weights.step and not self.work.following

    def _row(self, key: Key, best: float | None) -> Row:
        work, title = self.work, self._title(key)
        found = work.results.get(key)
        if found is None:
            waits = "computing ..." if key == work.busy_with else ""
            cells = (title, *[""] * (len(HEADS) - 2), waits) if waits else (title, *["–"] * (len(HEADS) - 1))
            return Row(key=key, cells=cells, tip=METHODS[key[0]].text, faded=True, empty=True)
        share = "–" if found.purity is None else f"{100 * found.purity:.1f} %"
        cells = (
            title, f"{found.n:,}", duration(found.seconds), str(len(found.groups)),
            "–" if found.ari is None else f"{found.ari:.3f}", share, f"{100 * found.noise:.1f} %",
        )  # fmt: skip
        return Row(
            key=key, cells=cells, tip=self._told(found), faded=self._old(key),
            best=found.ari is not None and found.ari == best and not self._old(key),
        )  # fmt: skip

    def _title(self, key: Key) -> str:
        return f"{METHODS[key[0]].title} · {space_title(key[1], self._session.dataset)}"

    def _told(self, found: Found) -> str:
        where = f"the code at step {found.step:,}" if found.step >= 0 else "the values of the data"
        text = (
            f"{METHODS[found.method].text} Found in {where} ({found.n_features} numbers), on {found.n:,} of "
            f"the {found.of:,} samples on the map."
        )
        if found.ari is None:
            text += " Without labels there is nothing to hold the clusters against: no ARI, no purity."
        return text

    def _draw(self, found: Found | None) -> None:
        self._drawn, self._cluster = found, -1
        data = self._session.dataset
        if found is None or data is None:
            self.panel.set_clusters("", "", None, None)
            self.panel.set_what("")
            return
        title = (
            "Decoded mean codes" if found.space == "code" else "Mean images" if data.image_shape else "Means"
        )
        whose = self._title((found.method, found.space))
        self.panel.set_clusters(title, f"{title}: {whose}", found.pictures, data.image_shape)
        self.panel.set_what("Click a cluster: its samples become the selection." if found.groups else "")

    def _show_pairs(self) -> None:
        pairs = self.work.pairs
        rows, note, heads = [], "", ["n", "data", "code", "ratio"]
        for n in sorted({n for n, _ in pairs}):
            data, code = pairs.get((n, "pixels")), pairs.get((n, "code"))
            if data is None or code is None:
                continue
            heads = ["n", f"d = {data.d}", f"d = {code.d}", "ratio"]
            rows.append(
                (
                    f"{n:,}",
                    duration(data.seconds),
                    duration(code.seconds),
                    f"{data.seconds / code.seconds:.1f}",
                )
            )
            note = self._cost(data, code)
        waits = "Measured here, for growing n." if not self.work.measuring_pairs else "Measuring ..."
        self.panel.set_pairs(heads, rows, note or waits)

    def _cost(self, data: PairTime, code: PairTime) -> str:
        """What it means, for the largest n that was measured and for all samples there are."""
        text = (
            f"{_operations(data.flops)} operations against {_operations(code.flops)}: "
            f"{data.d / code.d:.1f} times fewer."
        )
        dataset = self._session.dataset
        n = 0 if dataset is None else len(dataset.train) + len(dataset.test)
        if n > 2 * data.n:
            whole = [duration((n / one.n) ** 2 * one.seconds) for one in (data, code)]
            text += f" All {n:,}: about {whole[0]} against {whole[1]}."
        return text

    def _show_state(self) -> None:
        work = self.work
        self.panel.set_state(
            self._state(), work.fraction, running=work.running, can_run=work.can_run, following=work.following
        )
        self._show_coloured()

    def _state(self) -> str:
        work, found = self.work, self.work.results
        if work.running or (work.text and not found):
            return work.text[:1].upper() + work.text[1:]
        if not found:
            return "Which samples belong together, when nobody says what they are?"
        steps = {one.step for one in found.values() if one.step >= 0}
        weights = self._session.view.weights
        text = f"Code of step {max(steps):,}" if steps else "Found in the data themselves"
        if steps and weights is not None and max(steps) != weights.step and not work.following:
            text += "; the network has learned on since"
        if not work.has_labels:
            text += "; no labels, so no ARI and no purity"
        return f"{work.text}. {text}" if work.text else text

    def _caption(self, cluster: int) -> str:
        found, data = self._drawn, self._session.dataset
        if found is None or data is None or cluster >= len(found.groups):
            return ""
        group = found.groups[cluster]
        number = f"{cluster + 1}: {group.count:,}"
        if group.commonest < 0:
            return f"{number}\n{100 * group.count / found.of:.0f} %"
        return f"{number}\n{label_name(group.commonest, data.class_names)} · {100 * group.share:.0f} %"

    def _stripe(self, cluster: int) -> QColor:
        return theme.class_colour(cluster)

    @Slot(int)
    def _on_hovered(self, cluster: int) -> None:
        self._show_what(cluster if cluster >= 0 else self._cluster)

    def _show_what(self, cluster: int) -> None:
        found, data = self._drawn, self._session.dataset
        if found is None or data is None or not 0 <= cluster < len(found.groups):
            return
        group = found.groups[cluster]
        text = f"Cluster {cluster + 1}: {group.count:,} of {found.of:,} samples"
        if group.commonest >= 0:
            text += f", {100 * group.share:.0f} % of them {label_name(group.commonest, data.class_names)}"
        self.panel.set_what(text)

    # --- the map ------------------------------------------------------------------------------------------

    def _give(self) -> None:
        """The labels of the chosen line to the map, whether it shows them now or later."""
        found = self.work.results.get(self._chosen) if self._chosen is not None else None
        if found is not self._given:
            self._given = found
            self._window.colouring.give_clusters(None if found is None else found.labels)

    def _show_coloured(self) -> None:
        on = self._window.colouring.key == BY_CLUSTER
        self.panel.set_coloured(on, possible=self._given is not None)

    @Slot(object)
    def _on_shown(self, _shown: Shown) -> None:
        self.panel.set_choices(self.work.k, self.work.samples, self.work.size)
        self._give_again()

    @Slot(object)
    def _on_generation(self, _started: object) -> None:
        self._give_again()

    def _give_again(self) -> None:
        """The map forgets clusters when samples or network change; those that still stand come back."""
        self._given = None
        self._give()

    @Slot(object, str)
    def _on_colouring(self, _choices: object, _key: str) -> None:
        if self.fresh.visible:
            self._show_coloured()

    # --- what the session tells ---------------------------------------------------------------------------

    @Slot(object)
    def _on_dataset(self, _dataset: Dataset) -> None:
        self._drawn = None
        self.panel.set_clusters("", "", None, None)
        self.fresh.touch()

    @Slot(str, str)
    def _on_failed(self, text: str, details: str) -> None:
        self._window.notices.show_notice(text, "error", details=details)

    # --- hands --------------------------------------------------------------------------------------------

    @Slot()
    def _on_compute_action(self) -> None:
        self._on_show()
        self.panel.compute.click()

    @Slot()
    def _on_show(self) -> None:
        self._window.show_tool("clusters")

    @Slot(object)
    def _on_row(self, key: Key) -> None:
        if key in self.work.results and key != self._chosen:
            self._chosen = key
            self._on_changed()

    @Slot(int)
    def _on_cluster(self, cluster: int) -> None:
        found, selection = self._drawn, self._window.selection
        if found is None or len(found.labels) != selection.map_size:
            return
        self._cluster = cluster
        self._show_what(cluster)
        selection.choose(found.labels == cluster, "replace", f"select cluster {cluster + 1}")

    @Slot(bool)
    def _on_colours(self, on: bool) -> None:
        colouring = self._window.colouring
        if on and colouring.key != BY_CLUSTER:
            self._coloured_by = colouring.key
        colouring.choose(BY_CLUSTER if on else self._coloured_by)


def _operations(count: float) -> str:
    for limit, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if count >= limit:
            return f"{count / limit:.3g} {name}"
    return f"{count:,.0f}"


def connect(window: Any) -> ClustersWires:
    """Give the window its clusters."""
    return ClustersWires(window)
