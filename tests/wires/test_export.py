"""Take it with you in the real window: files while it trains, cancel, errors, pictures, closing."""

from __future__ import annotations

import errno
import re
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QPushButton, QSpinBox

from fcae_gui import theme
from fcae_gui.engine.decoder import encode
from fcae_gui.files import atomic_write
from fcae_gui.session import taking as taking_module
from fcae_gui.widgets import panel_picture
from fcae_gui.widgets.on_screen import on_screen
from tests.clipping import clipped

WAIT = 120_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(open_window, qtbot):  # type: ignore[no-untyped-def]
    """A window whose network has learned a little, with Take it with you in front."""
    window = open_window()
    window.session.run_steps(20)
    qtbot.waitUntil(lambda: window.session.step >= 20 and window.session.view.map_step >= 20, timeout=WAIT)
    return window, shown(window)


def shown(window):  # type: ignore[no-untyped-def]
    wires = next(one for one in window._wires if type(one).__name__ == "ExportWires")
    window.actions_by_id["export_show"].trigger()
    assert window.workspaces.shown == "use" and wires.dock.isVisible()
    return wires


def answer(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> list[str]:
    """What the file dialog says from now on; the names it was opened with are collected."""
    asked: list[str] = []

    def ask(_parent: object, _title: str, start: str, _filter: str) -> tuple[str, str]:
        asked.append(start)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(ask))
    return asked


def choose(box: QComboBox, value: str) -> None:
    """As by hand: the choice is told."""
    at = box.findData(value)
    assert at >= 0
    box.setCurrentIndex(at)
    box.activated.emit(at)


def press(wires, name: str) -> None:  # type: ignore[no-untyped-def]
    button = wires.panel.items[name].button
    wires.panel.area.ensureWidgetVisible(button)
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)


def test_codes_are_written_while_the_network_learns_on(
    open_window, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    window = open_window(autostart=True)
    wires = shown(window)
    asked = answer(monkeypatch, tmp_path / "mine")
    assert "1,797 codes of 2 numbers with label" in wires.panel.items["codes"].text.text()
    before = window.session.step
    with qtbot.waitSignal(wires.taking.done, timeout=WAIT):
        press(wires, "codes")
        assert wires.taking.running and wires.panel.cancel.isVisible()
        assert not wires.panel.items["codes"].button.isEnabled()
    assert window.session.state == "running" and window.session.step > before
    with np.load(tmp_path / "mine.npz") as arrays:  # the ending was added
        assert arrays["codes"].shape == (1797, 2) and len(arrays["labels"]) == 1797
    assert "mine.npz" in wires.panel.status.text() and not wires.panel.cancel.isVisible()
    QTest.mouseClick(wires.panel.copy, LEFT)
    assert QGuiApplication.clipboard().text() == str(tmp_path / "mine.npz")
    answer(monkeypatch, "")  # next time the dialog begins in that folder
    asked = answer(monkeypatch, "")
    press(wires, "codes")
    assert asked == [str(tmp_path / "codes.npz")] and not wires.taking.running


def test_what_is_exported_is_the_network_of_that_moment(
    opened, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    answer(monkeypatch, tmp_path / "codes.csv")
    choose(wires.panel.code_format, "csv")
    choose(wires.panel.split, "test")
    with qtbot.waitSignal(wires.taking.done, timeout=WAIT):
        press(wires, "codes")
    table = np.genfromtxt(tmp_path / "codes.csv", delimiter=",", skip_header=1, usecols=(3, 4))
    expected = encode(window.session.view.weights, window.session.dataset.test.as_float())
    np.testing.assert_allclose(table, expected, atol=1e-5)

    answer(monkeypatch, tmp_path / "losses.csv")
    with qtbot.waitSignal(wires.taking.done, timeout=WAIT):
        press(wires, "table")
    lines = (tmp_path / "losses.csv").read_text().splitlines()
    assert lines[0] == "step,train_loss,test_loss,test_squared_error"
    assert [line.split(",")[0] for line in lines if line.split(",")[1]] == ["step", *map(str, range(1, 21))]


def test_cancel_leaves_nothing_of_the_file(
    opened, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    answer(monkeypatch, tmp_path / "encoder.pt2")
    heard: list[object] = []
    wires.taking.done.connect(heard.append)
    press(wires, "network")
    qtbot.waitUntil(lambda: wires.taking._job is not None, timeout=WAIT)
    job = wires.taking._job
    left = tmp_path / ".fcae-unfinished"
    monkeypatch.setattr(taking_module, "clear_unfinished", lambda path: left.write_text(path.name))
    QTest.mouseClick(wires.panel.cancel, LEFT)
    assert not wires.taking.running and "Cancelled" in wires.panel.status.text()
    assert wires.panel.items["network"].button.isEnabled()
    qtbot.waitUntil(lambda: job.ended and left.exists(), timeout=WAIT)  # cleared after the child has ended
    assert not heard and not (tmp_path / "encoder.pt2").exists()


def test_a_picture_that_is_being_written_is_there_after_cancel(opened, qtbot, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    may_end, heard = threading.Event(), []

    def slowly(path: Path, content: bytes) -> None:
        may_end.wait()
        atomic_write(path, content)

    monkeypatch.setattr(taking_module, "atomic_write", slowly)
    wires.taking.done.connect(heard.append)
    wires.taking.file(tmp_path / "map.png", b"a picture", "of a map")
    QTest.mouseClick(wires.panel.cancel, LEFT)
    assert "nothing was written" not in wires.panel.status.text()
    may_end.set()
    qtbot.waitUntil(lambda: not wires.taking.running, timeout=WAIT)
    assert [taken.files for taken in heard] == [(tmp_path / "map.png",)]
    assert (tmp_path / "map.png").read_bytes() == b"a picture"


def test_a_script_and_its_data_are_written_together(
    opened, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    answer(monkeypatch, tmp_path / "train.py")
    with qtbot.waitSignal(wires.taking.done, timeout=WAIT):
        press(wires, "script")
    text = (tmp_path / "train.py").read_text()
    compile(text, "train.py", "exec")
    assert "range(20)" in text and "train_data.npz" in text and "@" not in text.replace(" @ ", "")
    assert wires.panel._paths.splitlines() == [
        str(tmp_path / name) for name in ("train.py", "train_data.npz")
    ]


def test_every_failure_is_one_sentence(
    opened, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    said: list[str] = []
    wires.taking.failed.connect(lambda text, _details: said.append(text))
    answer(monkeypatch, tmp_path / "no" / "codes.npz")
    with qtbot.waitSignal(wires.taking.failed, timeout=WAIT):
        press(wires, "codes")
    assert said[-1] == f"codes.npz was not written: there is no folder {tmp_path / 'no'}."
    assert said[-1] == wires.panel.error.text() and wires.panel.error.isVisible()

    full = OSError(errno.ENOSPC, "No space left on device")
    refuse = lambda _path, _data: (_ for _ in ()).throw(full)  # noqa: E731
    with monkeypatch.context() as patched:
        patched.setattr(taking_module, "atomic_write", refuse)
        with qtbot.waitSignal(wires.taking.failed, timeout=WAIT):
            wires.taking.file(tmp_path / "p.svg", b"x", "")
    assert said[-1] == f"p.svg was not written: there is no space left in {tmp_path}."
    with monkeypatch.context() as patched:
        usage = type("Usage", (), {"free": 10})
        patched.setattr(taking_module.shutil, "disk_usage", lambda _folder: usage)
        answer(monkeypatch, tmp_path / "codes.npz")
        press(wires, "codes")
    assert re.match(r"codes.npz needs about .* has only 10 bytes left\.", said[-1])
    assert not wires.taking.running

    choose(wires.panel.table, "scores")
    press(wires, "table")
    assert "Nothing is on the scoreboard yet" in wires.panel.error.text()
    window.session.resize_code(3)
    qtbot.waitUntil(lambda: window.session.config.network.code_size == 3, timeout=WAIT)
    answer(monkeypatch, tmp_path / "train.py")
    with qtbot.waitSignal(wires.taking.failed, timeout=WAIT):
        press(wires, "script")
    assert "rebuilt while it learned" in said[-1]


def test_a_missing_package_is_named_with_the_line_that_installs_it(
    opened, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    panel = wires.panel
    monkeypatch.setattr("fcae_gui.wires.export.missing_for", lambda name: ("onnx",) if name == "onnx" else ())
    choose(panel.network_format, "onnx")
    item = panel.items["network"]
    assert not item.button.isEnabled() and "needs onnx" in item.lack.text() and item.copy.isVisible()
    QTest.mouseClick(item.copy, LEFT)
    assert QGuiApplication.clipboard().text().endswith(" -m pip install onnx")
    choose(panel.network_format, "pt2")
    assert item.button.isEnabled() and not item.copy.isVisible()


def test_another_network_and_other_data_are_described_at_once(opened, qtbot) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    window.session.edit({"code_size": 5}, {})
    qtbot.waitUntil(lambda: "codes of 5 numbers" in wires.panel.items["codes"].text.text(), timeout=WAIT)
    choose(wires.panel.part, "decoder")
    assert "5 numbers to 64" in wires.panel.items["network"].text.text()


def test_a_new_network_can_be_taken_as_soon_as_it_has_weights(
    opened, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    buttons = [wires.panel.items[name].button for name in ("codes", "script", "table")]
    with qtbot.waitSignal(window.session.generation_started, timeout=WAIT):
        window.session.new_network({"code_size": 3})
    qtbot.waitUntil(lambda: all(button.isEnabled() for button in buttons), timeout=WAIT)


def test_what_was_said_of_the_last_export_stays_as_it_is(
    opened, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    answer(monkeypatch, tmp_path / "codes.npz")
    press(wires, "codes")
    wires.taking.cancel()
    assert wires.panel.status.text().startswith("Cancelled")
    choose(wires.panel.table, "scores")
    press(wires, "table")  # there are no scores
    assert not wires.panel.status.text() and "scoreboard" in wires.panel.error.text()
    with qtbot.waitSignal(window.session.numbers_changed, timeout=WAIT):
        pass
    choose(wires.panel.split, "test")
    assert not wires.panel.status.text() and "scoreboard" in wires.panel.error.text()


def test_the_window_closes_while_something_is_exported(
    opened, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    answer(monkeypatch, tmp_path / "encoder.pt2")
    press(wires, "network")
    qtbot.waitUntil(lambda: wires.taking._job is not None, timeout=WAIT)
    window.session.mark_kept()
    window.close()
    assert window.closed_clean
    assert [file.name for file in tmp_path.iterdir() if "encoder" in file.name or "fcae-" in file.name] == []


# --- pictures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["loss", "latent"])
def test_a_panel_becomes_lines_and_letters(opened, name: str) -> None:  # type: ignore[no-untyped-def]
    window, _ = opened
    widget = window.docks[name].widget()
    before = widget.size()
    svg = panel_picture.render(widget, "svg", (16, 10), title="A title").decode()
    assert QSvgRenderer(QByteArray(svg.encode())).isValid()
    assert "<title>A title</title>" in svg and 'width="160' in svg
    texts = re.findall(r"<text[^>]*>\s*([^<]*?)\s*</text>", svg)
    assert {"loss": "step", "latent": "code 1"}[name] in texts
    assert sum(bool(re.fullmatch(r"[−-]?[\d.,]+", text)) for text in texts) >= 4  # the axes' numbers
    lines = re.findall(r'<polyline[^>]*points="([^"]*)"', svg)
    if name == "loss":
        assert max(len(line.split()) for line in lines) >= 20  # the curve itself
    pdf = panel_picture.render(widget, "pdf", (16, 10))
    assert pdf.startswith(b"%PDF") and b"/FontFile" in pdf  # letters are letters
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box is not None and float(box[1]) == pytest.approx(16 / 2.54 * 72, abs=1)
    if widget.isVisible():
        assert widget.size() == before


def test_a_png_has_the_pixels_that_were_asked_for(opened) -> None:  # type: ignore[no-untyped-def]
    window, _ = opened
    image = QImage.fromData(panel_picture.render(window.docks["loss"].widget(), "png", (12, 8), dpi=200))
    assert (image.width(), image.height()) == (
        pytest.approx(12 / 2.54 * 200, abs=2),
        pytest.approx(8 / 2.54 * 200, abs=2),
    )
    assert image.dotsPerMeterX() == pytest.approx(200 / 0.0254, rel=1e-3)
    with pytest.raises(panel_picture.TooLarge, match="100 million"):
        panel_picture.render(window.docks["loss"].widget(), "png", (200, 200), dpi=1200)


def grey(png: bytes) -> np.ndarray:
    """The brightness of each pixel."""
    image = QImage.fromData(png).convertToFormat(QImage.Format.Format_Grayscale8)
    return np.frombuffer(bytes(image.constBits()), np.uint8).copy()


def test_white_paper_is_white_in_the_dark_theme_which_stays(opened) -> None:  # type: ignore[no-untyped-def]
    window, _ = opened
    theme.apply(QApplication.instance(), "dark")  # type: ignore[arg-type]
    widget = window.docks["loss"].widget()
    values = {
        white: grey(panel_picture.render(widget, "png", (12, 8), dpi=96, white=white))
        for white in (True, False)
    }
    assert np.median(values[True]) == 255 and np.mean(values[True] < 128) > 0.005  # dark text on it
    assert np.median(values[False]) < 60
    assert theme.current().name == "dark"
    plain = grey(panel_picture.render(widget, "png", (12, 8), dpi=96))
    assert np.mean(plain != values[False]) < 0.01  # nothing of the other theme is kept
    theme.apply(QApplication.instance(), "light")  # type: ignore[arg-type]


def test_the_picture_command_offers_the_panel_in_use_and_writes_it(
    opened, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    window.show_workspace("learn")
    window.actions_by_id["export_picture"].trigger()
    assert wires.dock.isVisible() and wires.panel.panel.hasFocus()
    choose(wires.panel.panel, "loss")
    answer(monkeypatch, tmp_path / "loss.svg")
    with qtbot.waitSignal(wires.taking.done, timeout=WAIT):
        press(wires, "picture")
    assert QSvgRenderer(str(tmp_path / "loss.svg")).isValid()


def test_a_picture_of_a_tool_behind_another_shows_what_is_known_now(
    opened, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    features = next(one for one in window._wires if type(one).__name__ == "ScoreboardWires")
    features.board.set_classifiers(("knn",))
    features.board.run()
    qtbot.waitUntil(lambda: not features.board.running, timeout=WAIT)
    assert len(features.board.scores) == 4 and not on_screen(features.dock)
    drawn: list[str] = []

    def render(widget, *_args: object, **_options: object) -> bytes:  # type: ignore[no-untyped-def]
        drawn.append(widget.bars.text_twin())
        return b"x"

    monkeypatch.setattr(panel_picture, "render", render)
    answer(monkeypatch, tmp_path / "features.svg")
    choose(wires.panel.panel, "scoreboard")
    with qtbot.waitSignal(wires.taking.done, timeout=WAIT):
        press(wires, "picture")
    for score in features.board.scores.values():
        assert f"{100 * score.accuracy:.1f} %" in drawn[0]


def test_everything_that_takes_the_keyboard_has_a_name_and_a_sentence(opened) -> None:  # type: ignore[no-untyped-def]
    _, wires = opened
    found = [*wires.panel.findChildren(QPushButton), *wires.panel.findChildren(QComboBox)]
    found += wires.panel.findChildren(QSpinBox)
    assert len(found) > 15
    for part in found:
        assert part.accessibleName() and len(part.toolTip().split()) > 3, part.accessibleName()


@pytest.mark.parametrize("look", ["light", "projector"])
def test_nothing_is_cut_off_and_headings_follow_the_theme(opened, look: str) -> None:  # type: ignore[no-untyped-def]
    window, wires = opened
    theme.apply(QApplication.instance(), look)  # type: ignore[arg-type]
    window.resize(1280, 720)
    QApplication.processEvents()
    wires.panel.set_error("codes.npz was not written: there is no space left in that folder.")
    QApplication.processEvents()
    assert clipped(wires.panel) == []
    assert wires.panel.items["codes"].title.font().pixelSize() == theme.text_px(1.05)
    theme.apply(QApplication.instance(), "light")  # type: ignore[arg-type]
