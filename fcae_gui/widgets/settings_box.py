"""What the program remembers, on one small page; every choice takes effect at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QWidget


class SettingsBox(QDialog):
    """Theme, text size, device and whether training starts by itself.

    themes, scales and devices are (value, title) pairs; the present values are selected. Nothing is emitted
    while it is built.
    """

    theme_chosen = Signal(str)
    text_scale_chosen = Signal(float)
    device_chosen = Signal(str)
    autostart_chosen = Signal(bool)

    def __init__(
        self,
        *,
        themes: list[tuple[str, str]],
        theme: str,
        scales: list[tuple[float, str]],
        scale: float,
        devices: list[tuple[str, str]],
        device: str,
        autostart: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self.themes = self._choice("Theme", themes, theme)
        self.scales = self._choice("Text size", scales, scale)
        self.devices = self._choice("Device", devices, device)
        self.autostart = QCheckBox("Start training when the window opens")
        self.autostart.setChecked(autostart)
        note = QLabel("The run goes on from where it is when the device changes.")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.setContentsMargins(20, 20, 20, 16)
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(16)
        form.addRow("Theme", self.themes)
        form.addRow("Text size", self.scales)
        form.addRow("Device", self.devices)
        form.addRow("", note)
        form.addRow("", self.autostart)
        form.addRow(buttons)
        self.themes.activated.connect(self._on_theme)
        self.scales.activated.connect(self._on_scale)
        self.devices.activated.connect(self._on_device)
        self.autostart.toggled.connect(self.autostart_chosen)

    @staticmethod
    def _choice(name: str, entries: list, now: object) -> QComboBox:  # type: ignore[type-arg]
        box = QComboBox()
        box.setAccessibleName(name)
        for value, title in entries:
            box.addItem(title, value)
        box.setCurrentIndex(max(0, box.findData(now)))
        return box

    @Slot(int)
    def _on_theme(self, index: int) -> None:
        self.theme_chosen.emit(self.themes.itemData(index))

    @Slot(int)
    def _on_scale(self, index: int) -> None:
        self.text_scale_chosen.emit(self.scales.itemData(index))

    @Slot(int)
    def _on_device(self, index: int) -> None:
        self.device_chosen.emit(self.devices.itemData(index))
