"""The network dock: the hourglass to scale, and every setting of the run that a person can change."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPalette, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme
from fcae_gui.engine import config as limits
from fcae_gui.engine import names
from fcae_gui.engine.config import NetworkConfig, RunConfig, needs_new_network
from fcae_gui.engine.constraints import apply_edit, bce_refusal, settle
from fcae_gui.widgets.fields import Choice, Number, OpenEndedWhole, Whole
from fcae_gui.widgets.forms import Form, Pair, Remark, Section, Tone
from fcae_gui.widgets.hourglass import Hourglass
from fcae_gui.widgets.log_slider import LogSlider
from fcae_gui.widgets.number_list import NumberList

SHAPE_FIELDS = ("encoder_widths", "code_size", "start")  # these need new weights
LIVE_NETWORK_FIELDS = ("activation", "leaky_slope", "code_activation", "output_activation")
RATE_LOW, RATE_HIGH = 1e-5, 1.0  # the slider; the exact field takes what the config takes
DEFAULT_TARGET = 20
SEED_REMARK = "Starts again from step 0."

TIPS = {
    "encoder_widths": "Units in each hidden layer from the input to the code; the decoder mirrors them.",
    "code_size": "How many numbers stand for one sample. With 2 the map shows the code itself.",
    "activation": "What each hidden layer does to its sum. Without one the whole network is linear.",
    "code_activation": "What the code layer does to its sum; none lets the code fill the plane.",
    "output_activation": "Sigmoid keeps the output between 0 and 1; none leaves it free.",
    "loss": "What the training makes small: squared error, cross-entropy or absolute error.",
    "optimizer": "How a gradient becomes a step.",
    "learning_rate": "Length of the steps. Too small crawls, too large diverges.",
    "batch_size": "Samples behind each step.",
    "epochs": "Training rests after so many passes over the data; open-ended goes on until it is paused.",
    "start": "Where the weights begin. From the mean image, the first output is already the average sample.",
    "schedule": "How the learning rate changes while training runs.",
    "warmup_steps": "Over so many first steps the learning rate rises from 0.",
    "weight_decay": "Pulls the weights towards 0; 0 switches it off.",
    "leaky_slope": "Slope of the leaky ReLU below 0.",
    "momentum": "How much of the last step SGD keeps.",
    "seed": "The same seed gives the same run.",
    "device": "What computes; chosen when the program starts.",
    "threads": "Processor threads that train; part of what makes a run repeatable.",
}


class NetworkPanel(QWidget):
    """Shows a RunConfig and says what a person wants of it.

    edited(network fields, training fields): live edits that keep the weights, free of contradiction
    new_network_requested(network fields):   only after Apply: training would start again from step 0
    seed_requested(int):                     the same, from other initial weights
    """

    edited = Signal(dict, dict)
    new_network_requested = Signal(dict)
    seed_requested = Signal(object)  # an int of up to 63 bits; Signal(int) has 32

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._config: RunConfig | None = None  # with edits that are on their way
        self._confirmed: RunConfig | None = None  # as last set
        self._proposal: dict[str, Any] = {}
        self._proposed: NetworkConfig | None = None  # None: nothing pending, or not valid
        self._proposal_problem = ""
        self._unit_range = True
        self._unit_range_reason = ""
        self._step = 0
        self._busy = False
        self._sent: dict[str, list[Any]] = {}  # live edits that set_config has not brought back yet
        self._touched = ""
        self._said: tuple[str, str, Tone] = ("", "", "info")  # row, sentence
        self._build()
        self.set_config(
            RunConfig(network=NetworkConfig(input_size=784, encoder_widths=(128, 32), code_size=2),
                      training=limits.TrainingConfig(), data="")
        )  # fmt: skip

    # --- in --------------------------------------------------------------------------------------------

    def set_config(self, config: RunConfig) -> None:
        """Show the config in force; a proposal survives as long as the network underneath is the same."""
        before = self._confirmed
        self._confirmed = config
        self._config = self._with_edits_on_their_way(config)
        if self._proposal:
            moved = before is None or needs_new_network(before.network, config.network)
            self._proposal = {
                key: value for key, value in self._proposal.items() if value != getattr(config.network, key)
            }
            if moved:
                self._proposal = {}
        self._sync()

    def _with_edits_on_their_way(self, config: RunConfig) -> RunConfig:
        """An answer to an earlier edit of a field must not take back the later ones that are still to come."""
        network: dict[str, Any] = {}
        training: dict[str, Any] = {}
        for key, values in list(self._sent.items()):
            half, changes = (
                (config.network, network) if key in LIVE_NETWORK_FIELDS else (config.training, training)
            )
            value = getattr(half, key)
            if value in values[:-1]:
                self._sent[key] = values[values.index(value) + 1 :]
                changes[key] = values[-1]
            else:  # the last one has arrived, or somebody else has decided
                del self._sent[key]
        try:
            return apply_edit(config, network, training)
        except ValueError:
            self._sent.clear()
            return config

    def set_bce_allowed(self, allowed: bool, reason: str = "") -> None:
        """Whether the data lie in [0, 1], and otherwise one sentence that says why BCE cannot be used."""
        self._unit_range, self._unit_range_reason = allowed, reason
        self._sync()

    def set_data_title(self, text: str) -> None:
        """Name of the data set, for the first line."""
        self._data_label.setText(text)

    def set_live(self, step: int) -> None:
        """Steps made so far: what a new network would leave behind."""
        if (step > 0) != (self._step > 0) or self._proposal:
            self._step = step
            self._show_footer()
        self._step = step

    def set_busy(self, busy: bool) -> None:
        """While data are being prepared or a run is being opened no new network can be asked for."""
        self._busy = busy
        self._show_footer()

    def set_refused(self, text: str) -> None:
        """The last wish could not be met: show what is in force again and one sentence beside the control."""
        self._config = self._confirmed
        self._sent.clear()
        self._sync()
        if self._touched in SHAPE_FIELDS:
            self._proposal_problem = text
            self._show_footer()
        else:
            self._say(self._touched or "encoder_widths", text, "bad")

    def config(self) -> RunConfig | None:
        """The config shown, with edits that are on their way, without a pending proposal."""
        return self._config

    def is_pending(self) -> bool:
        """True while a new network is proposed and neither applied nor discarded."""
        return bool(self._proposal) or bool(self._widths.problem())

    def minimumSizeHint(self) -> QSize:
        """Wide enough that nothing in the form is cut: it never scrolls sideways."""
        hint = super().minimumSizeHint()
        return QSize(max(hint.width(), self._inner.minimumSizeHint().width() + 26), hint.height())

    # --- building --------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._data_label = QLabel(self)
        self._data_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._count_label = QLabel(self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._data_label, 1)
        head.addWidget(self._count_label)

        self.hourglass = Hourglass(self)
        self.hourglass.set_max_size(limits.MAX_WIDTH)
        self.hourglass.setAccessibleName("Network, drawn to scale")
        self.hourglass.sizes_proposed.connect(self._on_sizes_proposed)
        self.hourglass.layer_added.connect(self._on_layer_added)
        self.hourglass.layer_removed.connect(self._on_layer_removed)

        self._form, self._more = Form(), Form()
        self._make_fields()
        self._section = Section("More", self._more)
        self._inner = inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 2, 2)
        column.setSpacing(6)
        column.addWidget(self._form)
        column.addWidget(self._section)
        column.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inner)

        self._footer = self._build_footer()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 6)
        whole.setSpacing(6)
        whole.addLayout(head)
        whole.addWidget(self.hourglass, 0)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._footer)
        self._paint_roles()

    def _make_fields(self) -> None:
        form, more = self._form, self._more
        self._widths = NumberList(
            "encoder_widths",
            1,
            limits.MAX_WIDTH,
            limits.MAX_LAYERS,
            title="Encoder widths",
            item_name="hidden layer",
        )
        self._code = Whole("code_size", 1, limits.MAX_WIDTH, live=True)
        self._activation = Choice("activation", list(names.ACTIVATION_NAMES.items()))
        self._slope = Number("leaky_slope", 0.0, 1.0, title="The slope", sample="0.0005")
        self._code_activation = Choice("code_activation", list(names.ACTIVATION_NAMES.items()))
        self._output = Choice("output_activation", list(names.OUTPUT_NAMES.items()))
        self._loss = Choice("loss", list(names.LOSS_NAMES.items()))
        self._optimizer = Choice("optimizer", list(names.OPTIMIZER_NAMES.items()))
        self._momentum = Number("momentum", 0.0, 0.9999, title="The momentum", sample="0.999")
        self._rate = LogSlider("learning_rate", RATE_LOW, RATE_HIGH, title="Learning rate")
        self._batch = Whole("batch_size", 1, limits.MAX_BATCH, doubling=True)
        self._epochs = OpenEndedWhole(
            "epochs", 1, limits.MAX_EPOCHS, open_text="open-ended", default=DEFAULT_TARGET
        )
        self._epochs.number.setAccessibleName("Target epochs")
        self._epochs.open_box.setAccessibleName("Open-ended: train until paused")
        self._start = Choice("start", list(names.START_NAMES.items()))
        self._schedule = Choice("schedule", list(names.SCHEDULE_NAMES.items()))
        self._warmup = Whole("warmup_steps", 0, 1_000_000_000)
        self._decay = Number("weight_decay", 0.0, 10.0, title="Weight decay")
        self._activation_row = Pair(self._activation, self._slope, "slope", "α")
        self._optimizer_row = Pair(self._optimizer, self._momentum, "momentum", "β")
        self._device = QLabel()
        self._threads = QLabel()

        for target, key, field in (
            (form, "encoder_widths", self._widths),
            (form, "code_size", self._code),
            (form, "activation", self._activation_row),
            (form, "code_activation", self._code_activation),
            (form, "output_activation", self._output),
            (form, "loss", self._loss),
            (form, "optimizer", self._optimizer_row),
            (form, "learning_rate", self._rate),
            (form, "batch_size", self._batch),
            (form, "epochs", self._epochs),
            (more, "start", self._start),
            (more, "schedule", self._schedule),
            (more, "warmup_steps", self._warmup),
            (more, "weight_decay", self._decay),
            (more, "seed", self._build_seed()),
            (more, "device", self._device),
            (more, "threads", self._threads),
        ):
            target.add(key, names.FIELD_NAMES[key], field, TIPS[key])
        form.align_with(more)
        for extra, key in ((self._slope, "leaky_slope"), (self._momentum, "momentum")):
            extra.setAccessibleName(names.FIELD_NAMES[key])
            extra.setToolTip(TIPS[key])
        self._activation.setAccessibleName("Activation")
        self._optimizer.setAccessibleName("Optimiser")

        for widget in (
            self._widths, self._code, self._activation, self._slope, self._code_activation, self._output,
            self._loss, self._optimizer, self._momentum, self._rate, self._batch, self._epochs, self._start,
            self._schedule, self._warmup, self._decay,
        ):  # fmt: skip
            widget.edited.connect(self._on_edited)
        for widget in (self._widths, self._slope, self._momentum, self._rate, self._decay):
            widget.refused.connect(self._on_refused)

    def _build_seed(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self._seed = QLineEdit(row)
        self._seed.setValidator(QRegularExpressionValidator("[0-9]{1,19}", self._seed))
        self._seed.setAccessibleName("Seed")
        self._seed.setToolTip(TIPS["seed"] + " Enter starts again from it.")
        self._seed.setMinimumWidth(60)
        self._new_seed = QPushButton("New seed", row)
        self._new_seed.setToolTip("Start again from other initial weights.")
        line.addWidget(self._seed, 1)
        line.addWidget(self._new_seed)
        row.setFocusProxy(self._seed)
        self._seed.returnPressed.connect(self._on_seed_entered)
        self._new_seed.clicked.connect(self._on_new_seed)
        return row

    def _build_footer(self) -> QFrame:
        footer = QFrame(self)
        footer.setAccessibleName("Proposed network")
        self._footer_text = Remark(footer)
        self._apply = QPushButton("Apply", footer)
        self._apply.setToolTip("Build this network and start training again (Enter)")
        self._discard = QPushButton("Discard", footer)
        self._discard.setToolTip("Keep the network as it is (Esc)")
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addStretch(1)
        buttons.addWidget(self._discard)
        buttons.addWidget(self._apply)
        column = QVBoxLayout(footer)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        column.addWidget(self._footer_text)
        column.addLayout(buttons)
        self._apply.clicked.connect(self.apply)
        self._discard.clicked.connect(self.discard)
        footer.setVisible(False)
        return footer

    # --- showing ---------------------------------------------------------------------------------------

    def _shown_network(self) -> NetworkConfig:
        assert self._config is not None
        return self._proposed or self._config.network

    def _sync(self) -> None:
        """Put everything on screen as config and proposal say."""
        config = self._config
        if config is None:
            return
        self._check_proposal()
        network, training = config.network, config.training
        widths = self._proposal.get("encoder_widths", network.encoder_widths)
        if not self._widths.problem() and self._widths.value() != widths:
            self._widths.set_value(widths)
        self._code.set_value(self._proposal.get("code_size", network.code_size))
        self._start.set_value(self._proposal.get("start", network.start))
        self._activation.set_value(network.activation)
        self._slope.set_value(network.leaky_slope)
        self._code_activation.set_value(network.code_activation)
        self._output.set_value(network.output_activation)
        self._loss.set_value(training.loss)
        self._optimizer.set_value(training.optimizer)
        self._momentum.set_value(training.momentum)
        self._rate.set_value(training.learning_rate)
        self._batch.set_value(training.batch_size)
        self._epochs.set_value(training.epochs)
        self._schedule.set_value(training.schedule)
        self._warmup.set_value(training.warmup_steps)
        self._warmup.setEnabled(training.schedule != "constant")
        self._decay.set_value(training.weight_decay)
        self._device.setText(names.value_name("device", config.device))
        self._threads.setText(names.value_name("threads", config.threads))
        if not (self._seed.hasFocus() and self._seed.isModified()):
            self._seed.setText(str(config.seed))
        uses_slope = "leaky_relu" in (network.activation, network.code_activation)
        self._activation_row.show_extra(uses_slope)
        self._optimizer_row.show_extra(training.optimizer == "sgd")
        self._show_remarks()
        self._show_hourglass()
        self._show_footer()

    def _show_hourglass(self) -> None:
        network = self._shown_network()
        hidden = names.short_function(network.activation)
        code = names.short_function(network.code_activation)
        output = names.short_function(network.output_activation)
        ratio = names.ratio_name(network)
        self.hourglass.set_sizes(network.encoder_sizes)
        self.hourglass.set_functions(hidden, code, output)
        self.hourglass.set_ratio(f"{ratio} compression", ratio)
        self.hourglass.set_pending(self._proposed is not None)
        tips = [f"Input and output: {network.input_size:,} values; output {output}."]
        tips += [
            f"Hidden layer {at} of the encoder, mirrored in the decoder: {width:,} units, {hidden}. "
            "Drag its edge to change it."
            for at, width in enumerate(network.encoder_widths, 1)
        ]
        tips.append(f"Code: {network.code_size:,} units, {code}. Drag its edge to change it.")
        self.hourglass.set_tips(tips)
        self._count_label.setText(f"{network.parameters:,} parameters")

    def _check_proposal(self) -> None:
        assert self._config is not None
        self._proposed, self._proposal_problem = None, self._widths.problem()
        if self._proposal and not self._proposal_problem:
            try:
                self._proposed = replace(self._config.network, **self._proposal)
            except ValueError as problem:
                text = str(problem)
                self._proposal_problem = text[0].upper() + text[1:] + "."

    def _show_footer(self) -> None:
        pending = self.is_pending() or bool(self._proposal_problem)
        self._footer.setVisible(pending)
        self._apply.setEnabled(self._proposed is not None and not self._proposal_problem and not self._busy)
        if self._proposal_problem:
            self._footer_text.set_remark(self._proposal_problem, "bad")
        elif self._proposed is not None:
            left = f", leaving {self._step:,} steps behind" if self._step else ""
            self._footer_text.set_remark(
                f"A new network with {self._proposed.parameters:,} parameters: "
                f"training starts again from step 0{left}.",
                "warn",
            )

    def _say(self, key: str, text: str, tone: Tone = "info") -> None:
        """One sentence under the row of the field `key`; an earlier one goes."""
        row = {"leaky_slope": "activation", "momentum": "optimizer"}.get(key, key)
        self._said = (row, text, tone)
        self._show_remarks()

    def _show_remarks(self) -> None:
        """Under each row what was just said about it, else what always holds for it."""
        assert self._config is not None
        refusal = bce_refusal(
            self._config, data_in_unit_range=self._unit_range, reason=self._unit_range_reason
        )
        self._loss.set_refusal("bce", refusal)
        standing = {"loss": refusal, "seed": SEED_REMARK}
        said_row, said, tone = self._said
        for form in (self._form, self._more):
            for row in form.rows():
                if row == said_row and said:
                    form.set_remark(row, said, tone)
                else:
                    form.set_remark(row, standing.get(row, ""))

    def _paint_roles(self) -> None:
        now = theme.current()
        muted = QPalette()
        muted.setColor(QPalette.ColorRole.WindowText, QColor(now.muted))
        self._count_label.setPalette(muted)
        self._scroll.verticalScrollBar().setStyleSheet(
            "QScrollBar:vertical { width: 8px; margin: 0; background: transparent; }"
            f"QScrollBar::handle:vertical {{ background: {now.line}; border-radius: 3px; min-height: 24px; }}"
            f"QScrollBar::handle:vertical:hover {{ background: {now.muted}; }}"
            "QScrollBar::add-line, QScrollBar::sub-line { height: 0; }"
        )
        self._footer.setStyleSheet(
            f"QFrame {{ background: {now.raised}; border: none; border-left: 3px solid {now.warn}; }}"
            "QLabel { border: none; background: transparent; }"
        )

    # --- what a person does ----------------------------------------------------------------------------

    @Slot(str, object)
    def _on_edited(self, key: str, value: object) -> None:
        self._touched = key
        if key in SHAPE_FIELDS:
            self._propose({key: value})
        elif key in LIVE_NETWORK_FIELDS:
            self._edit({key: value}, {})
        else:
            self._edit({}, {key: value})

    def _edit(self, network: dict[str, Any], training: dict[str, Any]) -> None:
        assert self._config is not None
        settled = settle(self._config, network, training)
        try:
            self._config = apply_edit(self._config, settled.network, settled.training)
        except ValueError as problem:
            self.set_refused(str(problem))
            return
        for key, value in (settled.network | settled.training).items():
            self._sent.setdefault(key, []).append(value)
        self._said = ("", "", "info")
        self._sync()
        self._say(self._touched, settled.note)
        self.edited.emit(settled.network, settled.training)

    def _propose(self, changes: dict[str, Any]) -> None:
        assert self._config is not None
        self._proposal.update(changes)
        standing = self._config.network
        self._proposal = {k: v for k, v in self._proposal.items() if v != getattr(standing, k)}
        self._sync()

    @Slot(str, str)
    def _on_refused(self, key: str, text: str) -> None:
        self._touched = key
        if key == "encoder_widths":
            self._sync()
            return
        self._say(key, text, "bad")

    @Slot(object)
    def _on_sizes_proposed(self, half: tuple[int, ...]) -> None:
        self._touched = "encoder_widths"
        self._propose({"encoder_widths": tuple(half[1:-1]), "code_size": half[-1]})

    @Slot(int)
    def _on_layer_added(self, after: int) -> None:
        half = list(self._shown_network().encoder_sizes)
        if len(half) - 2 < limits.MAX_LAYERS:
            half.insert(after + 1, max(1, round((half[after] * half[after + 1]) ** 0.5)))
            self._on_sizes_proposed(tuple(half))

    @Slot(int)
    def _on_layer_removed(self, layer: int) -> None:
        half = list(self._shown_network().encoder_sizes)
        if 0 < layer < len(half) - 1:
            del half[layer]
            self._on_sizes_proposed(tuple(half))

    @Slot()
    def apply(self) -> None:
        """Ask for the proposed network; the proposal stays on screen until set_config brings it."""
        if self._apply.isEnabled() and self._proposed is not None:
            self.new_network_requested.emit(dict(self._proposal))

    @Slot()
    def discard(self) -> None:
        """Forget the proposal."""
        self._proposal = {}
        assert self._config is not None
        self._widths.set_value(self._config.network.encoder_widths)
        self._sync()

    @Slot()
    def _on_seed_entered(self) -> None:
        text = self._seed.text()
        seed = int(text) if text else 0
        self._seed.setModified(False)
        if seed > 2**63 - 1:
            self._say("seed", f"The seed must be at most {2**63 - 1}, got {seed}.", "bad")
            return
        self._say("seed", "")
        self.seed_requested.emit(seed)

    @Slot()
    def _on_new_seed(self) -> None:
        assert self._config is not None
        seed = secrets.randbelow(10_000)  # the system's own chance: no generator of a run is touched
        self.seed_requested.emit(seed + (seed == self._config.seed))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter applies a proposal from the controls that made it; Esc discards it."""
        if self.is_pending() or self._proposal_problem:
            if event.key() == Qt.Key.Key_Escape:
                self.discard()
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._enter_applies():
                self.apply()
                return
        super().keyPressEvent(event)

    def _enter_applies(self) -> bool:
        focus = self.focusWidget()
        if focus is None or focus is self._discard:
            return False
        return any(
            part is focus or part.isAncestorOf(focus)
            for part in (self.hourglass, self._widths, self._code, self._start, self._footer)
        )

    def event(self, event: QEvent) -> bool:
        """Esc belongs to a pending proposal before it belongs to the window; colours follow the theme."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.is_pending()
        ):
            event.accept()
            return True
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_footer"):
            self._paint_roles()
        return super().event(event)
