"""The import arrows of the house: who may know whom. Read from the sources: a lazy import counts too."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fcae_gui

PACKAGE = Path(fcae_gui.__file__).parent
GROUND = {"paths", "files", "children", "platform_check", ""}  # "": the package itself, for its version

# room -> rooms of ours it may import
ALLOWED: dict[str, set[str]] = {
    "data": {"data", *GROUND},
    "engine": {"engine", "data", *GROUND},
    "analysis": {"analysis"},
    "session": {"session", "jobs", "engine", "data", "analysis", *GROUND},
    "jobs": {"jobs", "engine", "data", "analysis", *GROUND},
    "widgets": {"widgets", "theme"},
    "panels": {
        "panels",
        "widgets",
        "theme",
        "data.dataset",
        "data.own.plan",
        "data.own.values",
        "engine.config",
        "engine.names",
        "engine.constraints",
        "engine.draft",
    },
    "cli": {"cli", "jobs", "engine", "data", "analysis", *GROUND},
    "theme": set(),
    "paths": set(),
    "files": {"paths", ""},
}
QT = ("PySide6", "pyqtgraph", "shiboken6")
TORCH = ("torch", "torchvision")
# room -> outside packages it may not import, at any place
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "data": (*QT, "torch"),  # torchvision only in the child process that downloads
    "engine": (*QT, "torchvision"),
    "analysis": QT + TORCH,
    "jobs": (*QT, "torchvision"),
    "cli": QT,
    "widgets": TORCH,
    "panels": TORCH,
    "session": ("torch", "torchvision", "pyqtgraph", "PySide6.QtCharts"),
    "files": QT + TORCH,
    "paths": QT + TORCH,
}


def _room(name: str) -> str:
    return name.partition(".")[0]


def _sources() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found.append((parts[0] if parts[0] != "__init__" else "", path))
    return found


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path.name}: relative imports hide the arrows"
            if node.module == "fcae_gui":
                names |= {f"fcae_gui.{alias.name}" for alias in node.names if alias.name != "__version__"}
                continue
            names.add(node.module)
            if node.module.startswith("fcae_gui"):  # `from fcae_gui.data import catalog` names a module too
                names |= {f"{node.module}.{alias.name}" for alias in node.names if alias.name.islower()}
    return names


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_only_rooms_that_its_arrow_reaches(room: str) -> None:
    wrong = []
    sources = [path for name, path in _sources() if name == room]
    assert sources, f"there is no room {room}"
    for path in sources:
        for name in _imports(path):
            if not name.startswith("fcae_gui"):
                continue
            target = name.removeprefix("fcae_gui").removeprefix(".")
            allowed = ALLOWED[room]
            reached = target in allowed or _room(target) in allowed
            # "data.dataset" allows that module and the names in it, not its neighbours.
            reached = reached or any("." in one and (target + ".").startswith(one + ".") for one in allowed)
            reached = reached or any("." in one and one.startswith(target + ".") for one in allowed)
            if not reached:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", sorted(FORBIDDEN))
def test_a_room_stays_free_of_the_libraries_it_must_not_know(room: str) -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for its_room, path in _sources()
        if its_room == room
        for name in _imports(path)
        if any(name == bad or name.startswith(bad + ".") for bad in FORBIDDEN[room])
        and not (room == "data" and _room(name) == "torchvision" and path.name in ("download.py", "fetch.py"))
    ]
    assert not wrong, "\n".join(wrong)


def test_panels_do_not_know_each_other() -> None:
    wrong = [
        f"{path.name} imports {name}"
        for room, path in _sources()
        if room == "panels"
        for name in _imports(path)
        if name.startswith("fcae_gui.panels.") and not name.startswith(f"fcae_gui.panels.{path.stem}")
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_imports_the_benchmarks() -> None:
    wrong = [
        str(path)
        for room, path in _sources()
        if room != "bench"
        for name in _imports(path)
        if name.startswith("fcae_gui.bench")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", ["fcae_gui.session.session", "fcae_gui.main_window"])
def test_a_window_is_built_before_torch_is_imported(module: str) -> None:
    code = f"import sys, {module}; print('torch' in sys.modules, 'sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
