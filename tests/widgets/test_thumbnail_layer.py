"""Points as pictures: without overlap, the same ones while panning, nothing while the map is crowded."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from fcae_gui import theme
from fcae_gui.widgets.thumbnail_layer import ThumbnailLayer, spaced
from fcae_gui.widgets.view_box import ViewBox

SHAPE = (8, 8)


class Map:
    """A view on points with samples, painted into an image."""

    def __init__(self, n: int, size: int = 600, seed: int = 1) -> None:
        random = np.random.default_rng(seed)
        self.x, self.y = random.normal(size=(2, n)).astype(np.float32)
        self.order = random.permutation(n)
        self.among: np.ndarray | None = None
        self.features = random.integers(0, 256, (n, 64)).astype(np.uint8)
        self.labels = np.arange(n) % 10
        self.layer = ThumbnailLayer(lambda: (self.x, self.y, self.order, self.among))
        self.layer.set_samples(self.features, SHAPE, self.labels)
        self.box = ViewBox()
        self.box.resize(size, size)
        self.box.follow((-3.0, -3.0, 3.0, 3.0))
        self.image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)

    def paint(self) -> None:
        self.image.fill(0)
        painter = QPainter(self.image)
        self.layer.paint(painter, self.box, 1.0)
        painter.end()

    def zoom(self, factor: float) -> None:
        self.box.zoom_by(factor, 300, 300)

    def pixels(self) -> np.ndarray:
        raw = np.frombuffer(bytes(self.image.constBits()), np.uint32)
        return raw.reshape(self.image.height(), self.image.width())


@pytest.fixture(autouse=True)
def _light(qapp) -> None:  # type: ignore[no-untyped-def]
    theme.apply(qapp, "light")


def test_nothing_is_painted_while_the_map_is_crowded() -> None:
    shown = Map(10_000)
    shown.paint()
    assert shown.layer.rows == [] and not shown.pixels().any()


def test_no_two_pictures_overlap_and_many_fit_when_there_is_room() -> None:
    shown = Map(10_000)
    shown.zoom(10)
    shown.paint()
    places = shown.layer.places() / shown.layer.side
    assert len(places) > 60
    apart = np.abs(places[:, None] - places[None]).max(axis=2)
    np.fill_diagonal(apart, 9)
    assert apart.min() >= 1.0
    covered = np.count_nonzero(shown.pixels()) / shown.pixels().size
    assert covered > 0.2


def test_the_pictures_stay_the_same_while_panning() -> None:
    shown = Map(10_000)
    shown.zoom(10)
    shown.paint()
    before = dict(zip(shown.layer.rows, shown.layer.places().tolist(), strict=True))
    shown.box.pan(37, -23)
    shown.paint()
    after = set(shown.layer.rows)
    left, bottom, right, top = shown.box.visible()
    side = shown.layer.side
    still_seen = {
        row
        for row, (x, y) in before.items()
        if left + side < x < right - side and bottom + side < y < top - side
    }
    assert len(still_seen) > 40 and len(still_seen - after) <= 0.03 * len(still_seen)


def test_a_picture_is_its_sample_in_a_frame_of_its_class() -> None:
    shown = Map(40)
    shown.x[:], shown.y[:] = 50.0, 50.0
    shown.x[7], shown.y[7] = 0.2, 0.1
    shown.zoom(2)
    shown.layer.set_samples(shown.features, SHAPE, shown.labels)
    shown.among = np.array([7])
    shown.paint()
    row = int(shown.order[7])
    assert shown.layer.rows == [row]
    at_x, at_y = shown.box.to_screen(0.2, 0.1)
    area = shown.pixels()
    painted = np.argwhere(area)
    (top, left), (bottom, right) = painted.min(axis=0), painted.max(axis=0) + 1
    assert abs((left + right) / 2 - at_x) <= 1 and abs((top + bottom) / 2 - at_y) <= 1
    frame = theme.class_colour(int(shown.labels[row])).rgb()
    assert area[top, left] == frame and area[bottom - 1, right - 1] == frame
    inside = area[top + 2 : bottom - 2, left + 2 : right - 2] & 255
    times = inside.shape[0] // 8
    np.testing.assert_array_equal(
        inside[times // 2 :: times, times // 2 :: times], shown.features[row].reshape(8, 8)
    )


def test_what_lies_under_the_mouse_is_the_picture_not_only_its_middle() -> None:
    shown = Map(10_000)
    shown.zoom(12)
    shown.paint()
    (x, y), row = shown.layer.places()[0], shown.layer.rows[0]
    away = 0.45 * shown.layer.side
    assert shown.layer.pick(x + away, y - away) == row
    assert shown.layer.pick(1e3, 1e3) == -1


def test_classes_that_are_not_shown_have_no_pictures() -> None:
    shown = Map(10_000)
    shown.zoom(10)
    shown.among = np.flatnonzero(shown.labels[shown.order] == 3)
    shown.paint()
    assert shown.layer.rows and all(shown.labels[row] == 3 for row in shown.layer.rows)


def test_a_table_and_samples_that_do_not_belong_to_the_points_have_no_pictures() -> None:
    shown = Map(2000)
    shown.zoom(12)
    shown.layer.set_samples(shown.features, None)
    shown.paint()
    assert shown.layer.rows == []
    shown.layer.set_samples(shown.features[:77], SHAPE)
    shown.paint()
    assert shown.layer.rows == []


def test_the_earlier_of_two_that_are_too_near_stays() -> None:
    random = np.random.default_rng(3)
    x, y = random.uniform(0, 30, (2, 3000))
    stay = spaced(x, y, 1.0)
    assert 0 in stay
    near = (np.abs(x[:, None] - x[stay]) < 1) & (np.abs(y[:, None] - y[stay]) < 1)
    np.fill_diagonal(near[stay], False)
    for index in stay:  # checked one by one, as the rule is written
        others = stay[stay < index]
        assert not ((np.abs(x[others] - x[index]) < 1) & (np.abs(y[others] - y[index]) < 1)).any()
    assert len(stay) > 300


def test_a_frame_of_a_glide_costs_little() -> None:
    shown = Map(10_000)
    shown.zoom(10)
    shown.paint()
    spent, least = [], []
    for _ in range(30):
        shown.x = shown.x + np.float32(0.0005)
        shown.image.fill(0)
        painter = QPainter(shown.image)
        begin = time.thread_time()
        shown.layer.paint(painter, shown.box, 1.0)
        spent.append(time.thread_time() - begin)
        painter.end()
        begin = time.thread_time()
        sum(i * i for i in range(40_000))  # about as long
        least.append(time.thread_time() - begin)
    assert np.median(spent) < max(0.006, 4 * np.median(least))  # this only tells a slip from the plan
