"""Resources are found from a checkout and from an installed wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fcae_gui import paths

CHECKOUT = Path(__file__).resolve().parent.parent


def test_resources_are_found_from_here() -> None:
    assert paths.resource("icons", "play.svg").is_file()


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/nothing\.svg"):
        paths.resource("icons", "nothing.svg")


@pytest.mark.parametrize("layout", ["checkout", "wheel"])
def test_resources_are_found_in_both_layouts(layout: str, tmp_path: Path) -> None:
    package = tmp_path / "fcae_gui"
    package.mkdir()
    for name in ("__init__.py", "paths.py"):
        (package / name).write_bytes((CHECKOUT / "fcae_gui" / name).read_bytes())
    icons = (tmp_path if layout == "checkout" else package) / "resources" / "icons"
    icons.mkdir(parents=True)
    (icons / "play.svg").write_text("<svg/>")
    code = "from fcae_gui import paths; print(paths.resource('icons', 'play.svg'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.strip() == str(icons / "play.svg")


def test_the_wheel_carries_the_resources_inside_the_package(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; pip has it only while it builds")
    from hatchling.builders.wheel import WheelBuilder

    built = next(WheelBuilder(str(CHECKOUT)).build(directory=str(tmp_path), versions=["standard"]))
    names = zipfile.ZipFile(built).namelist()
    for icon in (CHECKOUT / "resources" / "icons").iterdir():
        assert f"fcae_gui/resources/icons/{icon.name}" in names
