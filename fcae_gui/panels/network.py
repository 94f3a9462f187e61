"""The network dock: the hourglass to scale, and every setting of the run that a person can change."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fcae_gui import theme
from fcae_gui.engine import config as limits
from fcae_gui.engine import names
from fcae_gui.engine.config import NetworkConfig, RunConfig, TrainingConfig
from fcae_gui.engine.constraints import COSINE_TARGET_EPOCHS, bce_refusal
from fcae_gui.engine.draft import SHAPE_FIELDS, Draft, sentence
from fcae_gui.widgets.confirm_bar import ConfirmBar
from fcae_gui.widgets.dial import WholeDial
from fcae_gui.widgets.fields import Choice, Number, OpenEndedWhole, TextField, Tick, Whole
from fcae_gui.widgets.forms import Form, Pair, Section, Tone, Toned
from fcae_gui.widgets.hourglass import Hourglass
from fcae_gui.widgets.log_slider import FallingSlider, LogSlider
from fcae_gui.widgets.number_list import NumberList
from fcae_gui.widgets.recolour import THEME_EVENTS, Role, recolour

RATE_LOW, RATE_HIGH = 1e-5, 1.0  # the slider; the exact field takes what the config takes
HOURGLASS_SHARE = 0.33  # of the panel's height: below it all essential settings fit at 1280 x 720
HOURGLASS_MAX_PX = 300
SEED_REMARK = "Starts again from step 0."
ESSENTIAL = (
    "encoder_widths",
    "code_size",
    "bottleneck",
    "activation",
    "leaky_slope",
    "code_activation",
    "output_activation",
    "loss",
    "optimizer",
    "learning_rate",
    "batch_size",
    "epochs",
    "freeze_encoder",
)
MORE = ("start", "schedule", "warmup_steps", "weight_decay", "seed", "device", "threads")
ROW_OF = {"momentum": "optimizer"}  # it stands in another field's row
DIAL_LOW, DIAL_HIGH = 2, 32  # a map at one end, the lecture's code at the other
NO_SLOPE = "The slope belongs to the leaky ReLU: choose it as activation."


def make_fields() -> dict[str, QWidget]:
    """One input per field of NetworkConfig and TrainingConfig; each has edited(key, value) and set_value."""
    fields: dict[str, QWidget] = {
        "encoder_widths": NumberList(
            "encoder_widths",
            1,
            limits.MAX_WIDTH,
            limits.MAX_LAYERS,
            title="Encoder widths",
            item_name="hidden layer",
        ),
        "code_size": Whole("code_size", 1, limits.MAX_WIDTH, live=True),
        "leaky_slope": FallingSlider("leaky_slope", title="The slope"),
        "freeze_encoder": Tick("freeze_encoder", "Freeze the encoder"),
        "momentum": Number("momentum", 0.0, 0.9999, title="The momentum", sample="0.999"),
        "learning_rate": LogSlider("learning_rate", RATE_LOW, RATE_HIGH, title="Learning rate"),
        "batch_size": Whole("batch_size", 1, limits.MAX_BATCH, doubling=True),
        "epochs": OpenEndedWhole(
            "epochs",
            1,
            limits.MAX_EPOCHS,
            title="Target epochs",
            open_text="open-ended",
            default=COSINE_TARGET_EPOCHS,
        ),
        "warmup_steps": Whole("warmup_steps", 0, 1_000_000_000),
        "weight_decay": Number("weight_decay", 0.0, 10.0, title="Weight decay"),
    }
    for key, table in names.VALUE_NAMES.items():
        if key != "device":
            fields[key] = Choice(key, list(table.items()))
    for key, field in fields.items():
        field.setAccessibleName(names.FIELD_NAMES[key])
        field.setToolTip(names.FIELD_TIPS[key])
    return fields


SETTLED_MS = 50  # a new sentence has its place in the form by then


class NetworkPanel(QWidget):
    """Shows a RunConfig and says what a person wants of it.

    edited(network fields, training fields): live edits that keep the weights, free of contradiction
    new_network_requested(network fields):   only after Apply: training would start again from step 0
    seed_requested(int):                     the same, from other initial weights
    code_resized(int, bool):                 another code size without a restart; True: the same gesture still
    """

    edited = Signal(dict, dict)
    new_network_requested = Signal(dict)
    seed_requested = Signal(object)  # an int of up to 63 bits; Signal(int) has 32
    code_resized = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        network = NetworkConfig(input_size=784, encoder_widths=(128, 32), code_size=2)
        self._draft = Draft(RunConfig(network=network, training=TrainingConfig(), data=""))
        self._unit_range = True
        self._unit_range_reason = ""
        self._step = 0
        self._busy = False
        self._worth = ""
        self._touched = "encoder_widths"  # the field a person changed last
        self._said: tuple[str, str, Tone] = ("", "", "info")  # a row, and a sentence about its last change
        self._styled: theme.Theme | None = None  # the scroll bar's style
        self._build()
        self._paint_roles()
        self._sync()

    # --- in --------------------------------------------------------------------------------------------

    def set_config(self, config: RunConfig) -> None:
        """Show the config in force; a proposal survives as long as the network underneath is the same."""
        had_proposal = bool(self._draft.proposal)
        self._draft.confirm(config)
        if had_proposal and not self._draft.proposal:
            self._widths.set_value(config.network.encoder_widths)  # also over a half-typed text
        self._sync()

    def set_bce_allowed(self, allowed: bool, reason: str = "") -> None:
        """Whether the data lie in [0, 1], and otherwise one sentence that says why BCE cannot be used."""
        self._unit_range, self._unit_range_reason = allowed, reason
        self._show_remarks()

    def set_data_title(self, text: str) -> None:
        """Name of the data set, for the first line."""
        self._data_label.setText(text)

    def set_live(self, step: int) -> None:
        """Steps made so far: what a new network would leave behind."""
        self._step = step
        if self._draft.proposal:
            self._show_bar()

    def set_busy(self, busy: bool) -> None:
        """While data are being prepared or a run is being opened no new network can be asked for."""
        self._busy = busy
        self._show_bar()

    def set_refused(self, text: str) -> None:
        """The last wish could not be met: show what is in force again and one sentence beside the control."""
        self._draft.refuse()
        self.dial.give_back(self._draft.config.network.code_size)
        self._sync()
        if self._draft.proposal and self._touched in SHAPE_FIELDS:
            self._bar.object_to(text)
        else:
            self._say(self._touched, text, "bad")

    def config(self) -> RunConfig:
        """The config shown, with edits that are on their way, without a pending proposal."""
        return self._draft.config

    def is_pending(self) -> bool:
        """True while a new network is proposed, or being typed, and neither applied nor discarded."""
        return bool(self._draft.proposal) or bool(self._widths.problem())

    def set_code_worth(self, text: str) -> None:
        """What learning the code is worth, in a sentence under the box that freezes the encoder."""
        if text != self._worth:
            first, self._worth = not self._worth, text
            self._show_remarks()
            if first and text:  # the row is the last one: its sentence would stand below the edge
                QTimer.singleShot(SETTLED_MS, self._show_worth)

    @Slot()
    def _show_worth(self) -> None:
        box = self.fields["freeze_encoder"]
        lowest = box.mapTo(self._inner, box.rect().bottomLeft()).y()
        self._scroll.ensureVisible(0, lowest + 5 * self.fontMetrics().height(), 0, 0)

    def _has_slope(self) -> bool:
        network = self._draft.config.network
        return "leaky_relu" in (network.activation, network.code_activation)

    # --- building --------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._data_label = QLabel(self)
        self._data_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._count_label = Toned("muted", self)
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

        self._inner = QWidget()
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(0, 0, 2, 2)
        column.setSpacing(6)
        self._build_forms()
        column.addWidget(self._form)
        column.addWidget(self.more)
        column.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._inner)
        self._inner.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)

        self._bar = ConfirmBar(
            "Proposed network",
            "Build this network and start training again (Enter)",
            "Keep the network as it is (Esc)",
            self,
        )
        self._bar.applied.connect(self.apply)
        self._bar.discarded.connect(self.discard)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 6, 8, 6)
        self._column.setSpacing(6)
        self._column.addLayout(head)
        self._column.addWidget(self.hourglass)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(self._bar)
        self.setAutoFillBackground(True)

    def _build_forms(self) -> None:
        self.fields = fields = make_fields()
        widths, loss = fields["encoder_widths"], fields["loss"]
        assert isinstance(widths, NumberList)
        assert isinstance(loss, Choice)
        self._widths, self._loss = widths, loss
        self.dial = WholeDial("bottleneck", DIAL_LOW, DIAL_HIGH, title=names.FIELD_NAMES["bottleneck"])
        self.dial.edited.connect(self._on_dialled)
        self._momentum_row = Pair(fields["optimizer"], fields["momentum"], "momentum", "β")
        self._device, self._threads = QLabel(), QLabel()
        rows = fields | {
            "bottleneck": self.dial,
            "optimizer": self._momentum_row,
            "seed": self._build_seed(),
            "device": self._device,
            "threads": self._threads,
        }
        self._form, self._more_form = Form(), Form()
        for form, keys in ((self._form, ESSENTIAL), (self._more_form, MORE)):
            for key in keys:
                form.add(key, names.FIELD_NAMES[key], rows[key], names.FIELD_TIPS[key])
        self._form.align_with(self._more_form)
        self.more = Section("More", self._more_form)
        for field in fields.values():
            field.edited.connect(self._on_edited)  # type: ignore[attr-defined]
            if hasattr(field, "refused"):
                field.refused.connect(self._on_refused)

    def _build_seed(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self._seed = TextField(row)
        self._seed.setValidator(QRegularExpressionValidator("[0-9]{1,19}", self._seed))
        self._seed.setAccessibleName("Seed")
        self._seed.setToolTip(names.FIELD_TIPS["seed"] + " Enter starts again from it.")
        self._seed.setMinimumWidth(60)
        self._new_seed = QPushButton("New seed", row)
        self._new_seed.setToolTip("Start again from other initial weights.")
        line.addWidget(self._seed, 1)
        line.addWidget(self._new_seed)
        row.setFocusProxy(self._seed)
        self._seed.returnPressed.connect(self._on_seed_entered)
        self._new_seed.clicked.connect(self._on_new_seed)
        return row

    # --- showing ---------------------------------------------------------------------------------------

    def _sync(self) -> None:
        """Put everything on screen as the draft says."""
        config = self._draft.config
        network, training = config.network, config.training
        for key, field in self.fields.items():
            half = network if hasattr(network, key) else training
            value = self._draft.proposal.get(key, getattr(half, key))
            if field is self._widths and (self._widths.problem() or self._widths.value() == value):
                continue  # what is being typed stays
            field.set_value(value)  # type: ignore[attr-defined]
        self.fields["warmup_steps"].setEnabled(training.schedule != "constant")
        self.dial.set_value(network.code_size)
        self.fields["leaky_slope"].setEnabled(self._has_slope())
        self._momentum_row.show_extra(training.optimizer == "sgd")
        self._device.setText(names.value_name("device", config.device))
        self._threads.setText(names.value_name("threads", config.threads))
        if not (self._seed.hasFocus() and self._seed.isModified()):
            self._seed.setText(str(config.seed))
        self._show_remarks()
        self._show_hourglass()
        self._show_bar()

    def _show_hourglass(self) -> None:
        network = self._draft.network
        hidden = names.short_function(network.activation)
        code = names.short_function(network.code_activation)
        output = names.short_function(network.output_activation)
        ratio = names.ratio_name(network)
        self.hourglass.set_sizes(network.encoder_sizes)
        self.hourglass.set_functions(hidden, code, output)
        self.hourglass.set_ratio(f"{ratio} compression", ratio)
        self.hourglass.set_pending(self._draft.proposed is not None)
        self.hourglass.set_tips(
            [
                f"Input and output: {network.input_size:,} values; output {output}.",
                *(
                    f"Hidden layer {at} of the encoder, mirrored in the decoder: {width:,} units, {hidden}. "
                    "Drag its edge to change it."
                    for at, width in enumerate(network.encoder_widths, 1)
                ),
                f"Code: {network.code_size:,} units, {code}. Drag its edge to change it.",
            ]
        )
        self._count_label.setText(f"{network.parameters:,} parameters")

    def _show_bar(self) -> None:
        problem = self._widths.problem() or self._draft.problem
        if problem:
            self._bar.object_to(problem)
        elif self._draft.proposed is not None:
            behind = f", leaving {self._step:,} steps behind" if self._step else ""
            self._bar.ask(
                f"A new network with {self._draft.proposed.parameters:,} parameters: "
                f"training starts again from step 0{behind}.",
                can_apply=not self._busy,
            )
        else:
            self._bar.rest()

    def _say(self, key: str, text: str, tone: Tone = "info") -> None:
        """One sentence under the row of the field `key`; an earlier one goes."""
        self._said = (ROW_OF.get(key, key), text, tone)
        self._show_remarks()

    def _show_remarks(self) -> None:
        """Under each row what was just said about it, else what always holds for it."""
        refusal = bce_refusal(
            self._draft.config, data_in_unit_range=self._unit_range, reason=self._unit_range_reason
        )
        self._loss.set_refusal("bce", refusal)
        standing = {"loss": refusal, "seed": SEED_REMARK, "freeze_encoder": self._worth}
        if not self._has_slope():
            standing["leaky_slope"] = NO_SLOPE
        said_row, said, tone = self._said
        for form in (self._form, self._more_form):
            for row in form.rows():
                if row == said_row and said:
                    form.set_remark(row, said, tone)
                else:
                    form.set_remark(row, standing.get(row, ""))

    def _paint_roles(self) -> None:
        now = theme.current()
        recolour(self, {Role.Window: now.surface})
        if now is self._styled:
            return
        self._styled = now
        self._scroll.verticalScrollBar().setStyleSheet(
            "QScrollBar:vertical { width: 8px; margin: 0; background: transparent; }"
            f"QScrollBar::handle:vertical {{ background: {now.line}; border-radius: 3px; min-height: 24px; }}"
            f"QScrollBar::handle:vertical:hover {{ background: {now.muted}; }}"
            "QScrollBar::add-line, QScrollBar::sub-line { height: 0; }"
        )

    # --- what a person does ----------------------------------------------------------------------------

    @Slot(str, object)
    def _on_edited(self, key: str, value: object) -> None:
        self._touched = key
        if key in SHAPE_FIELDS:
            self._draft.propose({key: value})
            self._sync()
            return
        try:
            settled = self._draft.edit({key: value})
        except ValueError as problem:
            self.set_refused(sentence(problem))
            return
        self._said = (ROW_OF.get(key, key), settled.note, "info")
        self._sync()
        self.edited.emit(settled.network, settled.training)

    @Slot(str, int, bool)
    def _on_dialled(self, key: str, value: int, again: bool) -> None:
        self._touched = key
        self._say(key, "")
        self.code_resized.emit(value, again)

    @Slot(str, str)
    def _on_refused(self, key: str, text: str) -> None:
        self._touched = key
        if key in SHAPE_FIELDS:
            self._show_bar()
        else:
            self._say(key, text, "bad")

    @Slot(object)
    def _on_sizes_proposed(self, half: tuple[int, ...]) -> None:
        self._touched = "encoder_widths"
        self._draft.propose({"encoder_widths": tuple(half[1:-1]), "code_size": half[-1]})
        self._sync()

    @Slot(int)
    def _on_layer_added(self, after: int) -> None:
        half = list(self._draft.network.encoder_sizes)
        if len(half) - 2 < limits.MAX_LAYERS:
            half.insert(after + 1, max(1, round((half[after] * half[after + 1]) ** 0.5)))
            self._on_sizes_proposed(tuple(half))

    @Slot(int)
    def _on_layer_removed(self, layer: int) -> None:
        half = list(self._draft.network.encoder_sizes)
        if 0 < layer < len(half) - 1:
            del half[layer]
            self._on_sizes_proposed(tuple(half))

    @Slot()
    def apply(self) -> None:
        """Ask for the proposed network; the proposal stays on screen until set_config brings it."""
        if self._draft.proposed is not None and not self._widths.problem() and not self._busy:
            self.new_network_requested.emit(dict(self._draft.proposal))

    @Slot()
    def discard(self) -> None:
        """Forget the proposal."""
        self._draft.discard()
        self._widths.set_value(self._draft.config.network.encoder_widths)
        self._sync()

    @Slot()
    def _on_seed_entered(self) -> None:
        seed = int(self._seed.text() or 0)
        self._seed.setModified(False)
        if seed > limits.MAX_SEED:
            self._say("seed", f"The seed must be at most {limits.MAX_SEED}, got {seed}.", "bad")
            return
        self._say("seed", "")
        self.seed_requested.emit(seed)

    @Slot()
    def _on_new_seed(self) -> None:
        seed = secrets.randbelow(10_000)  # the system's own chance: no generator of a run is touched
        self.seed_requested.emit(seed + (seed == self._draft.config.seed))

    # --- Qt --------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter applies a proposal from the controls that made it; Esc discards it."""
        if self.is_pending():
            if event.key() == Qt.Key.Key_Escape:
                self.discard()
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._enter_applies():
                self.apply()
                return
        super().keyPressEvent(event)

    def _enter_applies(self) -> bool:
        focus = self.focusWidget()
        if focus is None or focus is self._bar.discard_button:
            return False
        makers = (self.hourglass, *(self.fields[key] for key in SHAPE_FIELDS), self._bar)
        return any(part is focus or part.isAncestorOf(focus) for part in makers)

    def minimumSizeHint(self) -> QSize:
        """Wide enough that nothing in the form is cut: it never scrolls sideways."""
        hint = super().minimumSizeHint()
        wide = max(hint.width(), self._inner.minimumSizeHint().width() + 26)
        spare = self.hourglass.height() - self.hourglass.minimumSizeHint().height()
        return QSize(wide, hint.height() - max(0, spare))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The hourglass grows with the panel, but leaves the settings their room."""
        super().resizeEvent(event)
        least = self.hourglass.minimumSizeHint().height()
        tall = max(least, min(HOURGLASS_MAX_PX, round(HOURGLASS_SHARE * self.height())))
        if tall != self.hourglass.height():
            self.hourglass.setFixedHeight(tall)
            self._column.activate()

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
        if event.type() in THEME_EVENTS and hasattr(self, "_scroll"):
            self._paint_roles()
        return super().event(event)
