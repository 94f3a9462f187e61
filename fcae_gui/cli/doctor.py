"""`fcae doctor`: is everything here that the program needs? Asks child processes: a crash is an answer."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from typing import Any

from fcae_gui import __version__, children, paths, platform_check
from fcae_gui.cli import EXIT_FAILED, EXIT_OK
from fcae_gui.data import catalog
from fcae_gui.files import BadFile

PACKAGES = (
    "torch",
    "torchvision",
    "PySide6-Essentials",
    "numpy",
    "scikit-learn",
    "platformdirs",
    "tqdm",
    "psutil",
    "threadpoolctl",
)
CHILD_LIMIT_S = 120  # the first import of torch on a cold disk takes half a minute

ASK_TORCH = """
import json, torch
found = torch.accelerator.current_accelerator(check_available=True)
name = torch.cuda.get_device_name() if found is not None and found.type == "cuda" else ""
print(json.dumps({"device": "cpu" if found is None else found.type, "name": name,
                  "threads": torch.get_num_threads(), "cuda_build": torch.version.cuda}))
"""
ASK_TORCHVISION = "import json, torchvision; print(json.dumps({'version': torchvision.__version__}))"
# The display is tried as the window would use it; Qt aborts where there is none.
ASK_DISPLAY = """
import json
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
screens = [[s.size().width(), s.size().height(), s.devicePixelRatio()] for s in app.screens()]
print(json.dumps({"platform": app.platformName(), "screens": screens}))
"""
# The list of font families does not tell whether there is a font: ask for a letter.
ASK_FONT = """
import json
from PySide6.QtGui import QFontMetrics, QGuiApplication
app = QGuiApplication([])
print(json.dumps({"letters": QFontMetrics(app.font()).inFont("A"), "family": app.font().family()}))
"""


def run(args: argparse.Namespace) -> int:
    """Print what was found; status 1 when something of it is a problem."""
    found = examine(args.data_dir)
    print(json.dumps(found) if args.json else as_text(found))
    return EXIT_FAILED if found["problems"] else EXIT_OK


def examine(data_dir: str | None = None) -> dict[str, Any]:
    """Everything there is to say, as JSON values; `problems` are sentences that say what to do."""
    versions = {name: _version(name) for name in PACKAGES}
    offscreen = {**children.environment(), "QT_QPA_PLATFORM": "offscreen"}
    with ThreadPoolExecutor(4) as pool:
        torch = pool.submit(ask, ASK_TORCH)
        torchvision = pool.submit(ask, ASK_TORCHVISION)
        display = pool.submit(ask, ASK_DISPLAY)
        font = pool.submit(ask, ASK_FONT, offscreen)
    found: dict[str, Any] = {
        "fcae_gui": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "versions": versions,
        "torch": torch.result(),
        "torchvision": torchvision.result(),
        "display": display.result(),
        "font": font.result(),
        "data": {name: _where(name, data_dir) for name in catalog.SOURCES},
        "folders": {"cache": _folder(paths.cache_dir), "settings": _folder(paths.config_dir)},
    }
    found["problems"] = problems(found)
    found["notes"] = notes(found)
    return found


def problems(found: dict[str, Any]) -> list[str]:
    """What keeps the program from working, each with what to do."""
    said = [
        f"{name} is not installed: install fcae_gui again." for name, v in found["versions"].items() if not v
    ]
    bad = platform_check.bad_pair(found["python"], found["versions"].get("PySide6-Essentials") or "")
    if bad:
        said.append(f"{bad}.")
    if "error" in found["torch"]:
        said.append(f"torch cannot be used: {found['torch']['error']}. Install torch again.")
    elif "error" in found["torchvision"]:
        said.append(
            "torchvision does not work with this torch (only downloads need it): install both again, in one "
            f"command. It said: {found['torchvision']['error']}"
        )
    if "error" in found["font"]:
        said.append(f"Qt cannot be used, not even without a display: {found['font']['error']}")
    elif not found["font"]["letters"]:
        said.append(
            "There is no font: letters will be boxes. Install one, such as the package fonts-dejavu-core."
        )
    for name, where in found["data"].items():
        if where.startswith("damaged"):
            said.append(f"The data set {name} is {where}")
    said += [
        f"The folder for {use} cannot be used: {f['error']}."
        for use, f in found["folders"].items()
        if "error" in f
    ]
    return said


def notes(found: dict[str, Any]) -> list[str]:
    """What is worth knowing and no fault."""
    said = []
    if "error" in found["display"]:
        said.append(
            "There is no display for a window: fcae-gui will work off-screen. For a window: a display, "
            "X forwarding (ssh -X), or xvfb-run."
        )
    if found["torch"].get("device") == "cpu" and found["torch"].get("cuda_build"):
        said.append("This torch can use an NVIDIA GPU, but none was found: training runs on the CPU.")
    return said


def ask(code: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    """Run Python code that prints a JSON object, in a child process; {"error": ...} when it does not."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            capture_output=True,
            text=True,
            errors="replace",
            env=env or children.environment(),
            stdin=subprocess.DEVNULL,
            timeout=CHILD_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"no answer within {CHILD_LIMIT_S} s"}
    except OSError as error:
        return {"error": str(error)}
    if done.returncode == 0:
        try:
            answer = json.loads(done.stdout.strip().splitlines()[-1])
        except (ValueError, IndexError):
            answer = None
        return answer if isinstance(answer, dict) else {"error": "the answer could not be read"}
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    ended = f"ended by signal {-done.returncode}" if done.returncode < 0 else f"status {done.returncode}"
    return {"error": lines[-1][:300] if lines else ended}


def as_text(found: dict[str, Any]) -> str:
    """What was found as aligned lines for people."""
    torch, display, font = found["torch"], found["display"], found["font"]
    device = (
        torch.get("error") or f"{torch['device']} {torch['name']}".strip() + f", {torch['threads']} threads"
    )
    screens = ", ".join(f"{w} x {h} at {ratio:g}" for w, h, ratio in display.get("screens", ()))
    rows = [("fcae_gui", found["fcae_gui"]), ("Python", found["python"]), ("system", found["system"])]
    rows += [(name, version or "not installed") for name, version in found["versions"].items()]
    rows += [
        ("device", device),
        ("display", "none" if "error" in display else f"{display['platform']}, {screens}"),
        ("font", font.get("error") or (font["family"] if font["letters"] else "none")),
    ]
    rows += [(f"data {name}", where) for name, where in found["data"].items()]
    rows += [(f"{use} folder", f.get("error") or f["path"]) for use, f in found["folders"].items()]
    lines = [f"{label:<22}{text}" for label, text in rows]
    lines += [f"Note: {note}" for note in found["notes"]]
    lines += [f"PROBLEM: {problem}" for problem in found["problems"]] or ["No problem found."]
    return "\n".join(lines)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _where(name: str, data_dir: str | None) -> str:
    """Where a data set is, in words."""
    try:
        where = catalog.find(name, data_dir)
    except (BadFile, OSError) as error:
        return f"damaged: {error}"
    if where == "missing":
        source = catalog.SOURCES[name]
        return (
            f"can be downloaded ({source.size_mb:g} MB)" if source.needs_download else "made when first used"
        )
    return {"ready": "ready", "folder": "ready, in a torchvision folder"}[where]


def _folder(find: Any) -> dict[str, str]:
    """A folder of ours, which is made when it is asked for."""
    try:
        path = find()
    except OSError as error:
        return {"error": str(error)}
    return {"path": str(path)} if os.access(path, os.W_OK) else {"error": f"{path} cannot be written"}
