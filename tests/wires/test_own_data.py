"""Own data dropped on the real window: looked into, shown, chosen, learned, saved and found again."""

from __future__ import annotations

import csv
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fcae_gui.data import catalog
from fcae_gui.data.digits import load as load_digits
from fcae_gui.data.own.assemble import split
from fcae_gui.data.own.reading import Reading
from fcae_gui.data.own.values import Choices, Origin, is_own
from fcae_gui.wires.own_data import OwnDataWires
from tests.data.hostile import idx_bytes

WAIT = 60_000


def wires_of(window) -> OwnDataWires:  # type: ignore[no-untyped-def]
    return next(one for one in window._wires if isinstance(one, OwnDataWires))


def drop(window, *paths: Path) -> bool:  # type: ignore[no-untyped-def]
    """Real MIME data on the real window, as a file manager sends it; False when it is refused."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(20, 20), *rest)
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(window, QDropEvent(QPointF(20, 20), *rest))
    return True


def drop_and_preview(window, qtbot, *paths: Path):  # type: ignore[no-untyped-def]
    own = wires_of(window)
    with qtbot.waitSignal(own.own.found, timeout=WAIT):
        assert drop(window, *paths)
    assert own.preview is not None and own.preview.isVisible()
    return own.preview


def load_it(window, qtbot, preview):  # type: ignore[no-untyped-def]
    """Enter in the preview, until the first map of the new data is there."""
    session = window.session
    qtbot.waitUntil(preview.load.isEnabled, timeout=WAIT)
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT) as caught:
        QTest.keyClick(preview, Qt.Key.Key_Return)
    dataset = caught.args[0]
    qtbot.waitUntil(
        lambda: session.config.data == dataset.name and session.view.map_step >= 0
        and session.view.weights is not None
        and session.view.weights.encoder[0][0].shape[1] == dataset.n_features,
        timeout=WAIT,
    )  # fmt: skip
    return dataset


def learn(window, qtbot) -> None:  # type: ignore[no-untyped-def]
    session = window.session
    before = session.trained_steps()
    session.run_steps(5)
    qtbot.waitUntil(lambda: session.trained_steps() == before + 5, timeout=WAIT)


def kaggle_csv(path: Path, pixels: np.ndarray, labels: np.ndarray) -> None:
    """A header, then the label and the pixels of a sample per line, as Kaggle has MNIST."""
    head = ",".join(["label", *(f"pixel{i}" for i in range(pixels.shape[1]))])
    with path.open("w") as file:
        file.write(head + "\n")
        np.savetxt(file, np.column_stack([labels, pixels]).astype(int), fmt="%d", delimiter=",")


def image_folder(path: Path, pixels: np.ndarray, labels: np.ndarray, shape: tuple[int, int]) -> None:
    """path/LABEL/NUMBER.png"""
    from PIL import Image

    for label in np.unique(labels):
        (path / str(label)).mkdir(parents=True)
    for number, (row, label) in enumerate(zip(pixels, labels, strict=True)):
        Image.fromarray(row.reshape(shape)).save(path / str(label) / f"{number:05}.png")


def mixed_table(path: Path, rows: int = 400) -> None:
    """20 columns: an id, 17 numbers (some missing), a text with three values, a text with many."""
    random = np.random.default_rng(3)
    kind = random.integers(0, 3, rows)
    values = random.normal(size=(rows, 17)) + kind[:, None] * np.linspace(-2, 2, 17)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", *(f"m{i}" for i in range(17)), "site, name", "species"])
        for i in range(rows):
            cells = [f"{value:.4f}" for value in values[i]]
            for j in np.flatnonzero(random.random(17) < 0.05):
                cells[j] = ("", "NA", "?")[int(j) % 3]
            out.writerow([i + 1, *cells, f"site {i}, north", ("ash", "beech", "oak")[kind[i]]])


@pytest.fixture(scope="module")
def digits():  # type: ignore[no-untyped-def]
    dataset = load_digits()
    half = dataset.train
    pixels = (
        half.features if half.features.dtype == np.uint8 else np.rint(half.features * 255).astype(np.uint8)
    )
    return pixels, half.labels


def test_a_table_of_pixels_as_kaggle_has_them_is_dropped_and_learned(
    open_window, qtbot, tmp_path, digits
) -> None:
    pixels, labels = digits[0][:300], digits[1][:300]
    kaggle_csv(tmp_path / "train.csv", pixels, labels)
    window = open_window()
    preview = drop_and_preview(window, qtbot, tmp_path / "train.csv")
    assert preview.pictures is not None and len(preview.pictures.pictures) == 12
    dataset = load_it(window, qtbot, preview)
    assert dataset.image_shape == (8, 8) and dataset.class_names == tuple("0123456789")
    train, test = split(300, 0.2)
    np.testing.assert_array_equal(dataset.train.features, pixels[train])
    np.testing.assert_array_equal(dataset.test.labels, labels[test])
    learn(window, qtbot)


def test_a_folder_of_images_is_dropped_and_its_sub_folders_become_classes(
    open_window, qtbot, tmp_path, digits
) -> None:
    pixels, labels = digits[0][:300], digits[1][:300]
    image_folder(tmp_path / "digits", pixels, labels, (8, 8))
    (tmp_path / "digits" / "3" / "notes.txt").write_text("not an image")
    (tmp_path / "digits" / "3" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n1234")
    window = open_window()
    preview = drop_and_preview(window, qtbot, tmp_path / "digits")
    assert preview.skipped is not None and preview.skipped.count() == 2
    dataset = load_it(window, qtbot, preview)
    assert len(dataset.train) + len(dataset.test) == 300 and dataset.class_names == tuple("0123456789")
    both = np.concatenate([dataset.train.features, dataset.test.features])
    assert sorted(map(bytes, both)) == sorted(map(bytes, pixels))
    learn(window, qtbot)


def test_a_table_with_missing_values_and_text_is_dropped_learned_and_explored(
    open_window, qtbot, tmp_path
) -> None:
    mixed_table(tmp_path / "plants.csv")
    window = open_window()
    preview = drop_and_preview(window, qtbot, tmp_path / "plants.csv")
    said = preview.plan.text()
    assert "site, name (text)" in said and "id (a running number)" in said and "missing values" in said
    assert preview.table is not None and preview.table.columnCount() == 20
    dataset = load_it(window, qtbot, preview)
    assert dataset.image_shape is None and dataset.n_features == 17
    assert dataset.class_names == ("ash", "beech", "oak")
    assert dataset.in_unit_range and np.isfinite(dataset.train.features).all()
    learn(window, qtbot)
    with qtbot.waitSignal(window.session.view.decoded, timeout=WAIT) as caught:
        window.session.view.move_cursor(0.1, 0.1)
    assert caught.args[0].pixels.shape == (17,)
    for name in ("explore", "use", "learn"):
        window.show_workspace(name)
        QApplication.processEvents()
    learn(window, qtbot)


def test_nothing_is_loaded_when_the_preview_is_left(open_window, qtbot, tmp_path) -> None:
    mixed_table(tmp_path / "plants.csv", 30)
    window = open_window()
    preview = drop_and_preview(window, qtbot, tmp_path / "plants.csv")
    QTest.keyClick(preview, Qt.Key.Key_Escape)
    assert wires_of(window).preview is None and window.session.dataset.name == "digits8"


def test_what_cannot_be_read_is_said_in_one_sentence_and_the_run_stays(open_window, qtbot, tmp_path) -> None:
    page = tmp_path / "mnist.csv"
    page.write_text("<!DOCTYPE html><html><body>404</body></html>")
    window = open_window()
    with qtbot.waitSignal(wires_of(window).own.failed, timeout=WAIT) as caught:
        assert drop(window, page)
    assert caught.args[0] == "mnist.csv is a web page, not data."
    assert window.notices.current() is not None and window.session.dataset.name == "digits8"


def test_labels_and_scaling_are_chosen_by_keyboard(open_window, qtbot, tmp_path) -> None:
    mixed_table(tmp_path / "plants.csv", 60)
    window = open_window()
    preview = drop_and_preview(window, qtbot, tmp_path / "plants.csv")
    preview.labels.setFocus()
    QTest.keyClick(preview.labels, Qt.Key.Key_End)  # "none" stands last
    preview.scaling.setFocus()
    QTest.keyClick(preview.scaling, Qt.Key.Key_Down)
    assert "standardised" in preview.plan.text()
    dataset = load_it(window, qtbot, preview)
    assert dataset.class_names == () and dataset.train.labels is None
    np.testing.assert_allclose(dataset.train.features.mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(dataset.train.features.std(axis=0), 1.0, atol=1e-4)
    assert window.session.config.network.output_activation == "none"
    learn(window, qtbot)


def test_a_run_of_own_data_opens_again_and_asks_when_the_data_has_moved(open_window, qtbot, tmp_path) -> None:
    mixed_table(tmp_path / "plants.csv", 60)
    window = open_window()
    session = window.session
    load_it(window, qtbot, drop_and_preview(window, qtbot, tmp_path / "plants.csv"))
    learn(window, qtbot)
    run = tmp_path / "run.fcae"
    with qtbot.waitSignal(session.saved, timeout=WAIT):
        session.save(run)
    with qtbot.waitSignal(session.opened, timeout=WAIT):
        assert drop(window, run)
    (tmp_path / "plants.csv").rename(tmp_path / "moved.csv")
    with qtbot.waitSignal(session.noticed, timeout=WAIT) as caught:
        session.open(run)
    notice = caught.args[0]
    assert "run.fcae" in notice.text and "plants.csv was not found" in notice.text
    assert "find_data" in dict(notice.actions)
    with qtbot.waitSignal(session.opened, timeout=WAIT):
        session.open_with(tmp_path / "moved.csv")
    assert is_own(session.dataset.name) and "moved.csv" in session.dataset.name
    qtbot.waitUntil(lambda: session.trained_steps() == 5, timeout=WAIT)
    learn(window, qtbot)


def test_a_run_whose_table_gained_a_column_gives_way_to_a_fresh_start(open_window, qtbot, tmp_path) -> None:
    mixed_table(tmp_path / "plants.csv", 60)
    window = open_window(data=Origin(tmp_path / "plants.csv", Choices()).name)
    learn(window, qtbot)
    run = tmp_path / "run.fcae"
    with qtbot.waitSignal(window.session.saved, timeout=WAIT):
        window.session.save(run)
    rows = (tmp_path / "plants.csv").read_text().splitlines()
    (tmp_path / "plants.csv").write_text("\n".join(f"{row},{i % 7}" for i, row in enumerate(rows)))
    other = open_window(file=run)  # returns when there is a map
    assert other.session.dataset.name == "digits8" and other.session.file is None
    learn(other, qtbot)


def test_a_start_that_cannot_be_made_gives_way_to_one_that_can(open_window, qtbot) -> None:
    window = open_window(preset="of another version")  # returns when there is a map
    assert (window.session.dataset.name, window.session.config.preset) == ("strokes", "map")


def test_what_was_skipped_in_a_file_is_not_told_of_the_data_chosen_after_it(
    open_window, qtbot, tmp_path, monkeypatch
) -> None:
    mixed_table(tmp_path / "plants.csv", 60)
    with (tmp_path / "plants.csv").open("a") as file:
        file.write("1,2,3\n")
    begun, may_end, taken = threading.Event(), threading.Event(), Reading.loaded

    def slowly(reading: Reading):  # type: ignore[no-untyped-def]
        begun.set()
        may_end.wait()
        return taken(reading)

    monkeypatch.setattr(Reading, "loaded", slowly)
    window = open_window()
    session, told = window.session, []
    session.noticed.connect(lambda notice: told.append(notice.text))
    session.choose_data(Origin(tmp_path / "plants.csv", Choices()).name)
    qtbot.waitUntil(begun.is_set, timeout=WAIT)
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data("plants")
    may_end.set()
    qtbot.waitUntil(lambda: not session.writing, timeout=WAIT)
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data("digits8")
    assert not any("skipped" in text for text in told), told
    with qtbot.waitSignal(session.dataset_changed, timeout=WAIT):
        session.choose_data(Origin(tmp_path / "plants.csv", Choices()).name)
    assert any("plants.csv" in text and "1 skipped" in text for text in told)


def test_recent_data_and_the_chooser_bring_it_back(open_window, qtbot, tmp_path) -> None:
    mixed_table(tmp_path / "plants.csv", 60)
    window = open_window()
    dataset = load_it(window, qtbot, drop_and_preview(window, qtbot, tmp_path / "plants.csv"))
    assert window.run_bar.data.currentData() == dataset.name
    with qtbot.waitSignal(window.session.dataset_changed, timeout=WAIT):
        window.session.choose_data("digits8")
    recent = wires_of(window).recent.actions()[0]
    assert recent.text() == "plants.csv"
    with qtbot.waitSignal(window.session.dataset_changed, timeout=WAIT) as caught:
        recent.trigger()
    assert caught.args[0].fingerprint == dataset.fingerprint


def test_the_window_closes_cleanly_while_data_is_looked_into(open_window, qtbot, tmp_path) -> None:
    mixed_table(tmp_path / "plants.csv", 60)
    window = open_window()
    assert drop(window, tmp_path / "plants.csv")
    assert wires_of(window).own.busy


def test_images_and_their_labels_dropped_together_are_one_data_set(
    open_window, qtbot, tmp_path, digits
) -> None:
    pixels, labels = digits[0][:60].reshape(60, 8, 8), digits[1][:60].astype(np.uint8)
    images, names = tmp_path / "my-images-idx3-ubyte", tmp_path / "my-labels-idx1-ubyte"
    images.write_bytes(idx_bytes(pixels))
    names.write_bytes(idx_bytes(labels))
    window = open_window()
    dataset = load_it(window, qtbot, drop_and_preview(window, qtbot, names, images))
    np.testing.assert_array_equal(dataset.test.labels, labels[split(60, 0.2)[1]])


def test_a_single_image_dropped_on_the_window_goes_to_the_canvas(
    open_window, qtbot, tmp_path, digits
) -> None:
    from PIL import Image

    Image.fromarray(digits[0][0].reshape(8, 8) * 16).save(tmp_path / "one.png")
    window = open_window()
    assert drop(window, tmp_path / "one.png")
    assert not wires_of(window).own.busy
    assert window.docks["canvas"].isVisible()
    assert not window.docks["canvas"].widget().field.drawing.empty


def test_what_lies_elsewhere_is_refused_while_it_still_hovers(open_window) -> None:
    window = open_window()
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/train.csv")])
    assert window.drops.kind(data) is None
    assert not window.drops.take(data)


@pytest.mark.slow
def test_long_form_all_of_mnist_as_csv_and_5000_images_in_ten_folders(
    open_window, qtbot, tmp_path, mnist_dir
) -> None:
    """As Kaggle has it: 60,000 rows; and 5,000 PNGs. The window goes on drawing while they are read."""
    mnist = catalog.load("mnist", mnist_dir)
    kaggle_csv(tmp_path / "train.csv", mnist.train.features, mnist.train.labels)
    image_folder(tmp_path / "digits", mnist.test.features[:5000], mnist.test.labels[:5000], (28, 28))
    window = open_window()
    frames = []
    window.session.frame_passed.connect(lambda: frames.append(1))
    preview = drop_and_preview(window, qtbot, tmp_path / "train.csv")
    frames.clear()
    dataset = load_it(window, qtbot, preview)
    assert len(frames) > 10, "the window stood still while the table was read"
    train, test = split(60_000, 0.2)
    np.testing.assert_array_equal(dataset.train.features, mnist.train.features[train])
    np.testing.assert_array_equal(dataset.test.labels, mnist.train.labels[test])
    learn(window, qtbot)
    dataset = load_it(window, qtbot, drop_and_preview(window, qtbot, tmp_path / "digits"))
    assert (len(dataset.train), len(dataset.test)) == (4000, 1000)
    assert dataset.image_shape == (28, 28)
    both = np.concatenate([dataset.train.features, dataset.test.features])
    assert sorted(map(bytes, both)) == sorted(map(bytes, mnist.test.features[:5000]))
    learn(window, qtbot)
