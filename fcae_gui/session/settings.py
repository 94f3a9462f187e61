"""What the program remembers between two starts; a broken or foreign settings file never blocks a start."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from fcae_gui import paths

MAX_RECENT = 8


class Settings:
    """Typed access to one INI file. Every getter falls back to its default on anything unexpected."""

    def __init__(self, file: Path | None = None) -> None:
        chosen = file if file is not None else paths.config_dir() / "settings.ini"
        self._store = QSettings(str(chosen), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """ "light", "dark", "projector", or "" before anybody chose."""
        value = self._store.value("look/theme", "")
        return value if value in ("light", "dark", "projector") else ""

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("look/theme", name)

    @property
    def text_scale(self) -> float:
        """Text size as a multiple of the theme's, 0.8 to 2.5."""
        try:
            value = float(str(self._store.value("look/text_scale", 1.0)))
        except ValueError:
            return 1.0
        return value if 0.8 <= value <= 2.5 else 1.0

    @text_scale.setter
    def text_scale(self, value: float) -> None:
        self._store.setValue("look/text_scale", float(value))

    @property
    def binary(self) -> bool:
        """Whether images are black ink on white paper, as on the slides."""
        return str(self._store.value("look/binary", "false")).lower() == "true"

    @binary.setter
    def binary(self, on: bool) -> None:
        self._store.setValue("look/binary", "true" if on else "false")

    @property
    def autostart(self) -> bool:
        """Whether training starts by itself when the window opens."""
        return str(self._store.value("start/autostart", "true")).lower() != "false"

    @autostart.setter
    def autostart(self, on: bool) -> None:
        self._store.setValue("start/autostart", "true" if on else "false")

    @property
    def recent(self) -> list[Path]:
        """Run files opened or saved, the newest first."""
        value = self._store.value("files/recent", [])
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [Path(name) for name in names if isinstance(name, str) and name][:MAX_RECENT]

    def add_recent(self, file: Path) -> None:
        """Put a file at the top of the list."""
        file = file.resolve()
        files = [file] + [old for old in self.recent if old != file]
        self._store.setValue("files/recent", [str(path) for path in files[:MAX_RECENT]])

    def clear_recent(self) -> None:
        """Forget the list."""
        self._store.remove("files/recent")

    @property
    def recent_data(self) -> list[str]:
        """Own data that was learned lately, by the names that say where it lies; the newest first."""
        value = self._store.value("data/recent", [])
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [name for name in names if isinstance(name, str) and name][:MAX_RECENT]

    def add_recent_data(self, name: str) -> None:
        """Put own data at the top of the list."""
        names = [name] + [old for old in self.recent_data if old != name]
        self._store.setValue("data/recent", names[:MAX_RECENT])

    def clear_recent_data(self) -> None:
        """Forget the list."""
        self._store.remove("data/recent")

    @property
    def export_folder(self) -> str:
        """Where the last export went, "" when nowhere or when that is gone."""
        value = self._store.value("files/export_folder", "")
        return value if isinstance(value, str) and value and Path(value).is_dir() else ""

    @export_folder.setter
    def export_folder(self, folder: str) -> None:
        self._store.setValue("files/export_folder", folder)

    @property
    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """Geometry and dock state as Qt wrote them, or None."""
        geometry, state = self._store.value("window/geometry"), self._store.value("window/state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            return geometry, state
        return None

    @property
    def workspace(self) -> str:
        """The workspace that the layout is one of, "learn" when nobody said."""
        return str(self._store.value("window/workspace", "learn"))

    def save_layout(self, geometry: QByteArray, state: QByteArray, workspace: str) -> None:
        """Remember where the docks are, and in which workspace."""
        self._store.setValue("window/geometry", geometry)
        self._store.setValue("window/state", state)
        self._store.setValue("window/workspace", workspace)

    def forget_layout(self) -> None:
        """Back to the layout of a first start."""
        self._store.remove("window")

    def sync(self) -> None:
        """Write now."""
        self._store.sync()
