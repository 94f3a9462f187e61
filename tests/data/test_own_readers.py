"""Own data comes out as it went in: every kind of file against what it was made from."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fcae_gui.data import cache, catalog
from fcae_gui.data.dataset import Dataset
from fcae_gui.data.own import door
from fcae_gui.data.own.assemble import Loaded, split
from fcae_gui.data.own.plan import plan
from fcae_gui.data.own.reading import DATASET, FOUND, Reading
from fcae_gui.data.own.values import SCALES, Choices, Origin
from fcae_gui.files import BadFile
from tests.data.hostile import FILES, GOOD_NPY, IMAGES, idx_bytes, npz_bytes

LABELS = (np.arange(20) % 3).astype(np.uint8)


def load(path: Path, **chosen: object) -> Dataset:
    from dataclasses import replace

    return door.load(path, replace(door.inspect(path).choices, **chosen)).dataset  # type: ignore[arg-type]


def in_file_order(dataset: Dataset) -> np.ndarray:
    """The features of both halves, put back into the order of the file."""
    train, test = split(len(dataset.train) + len(dataset.test), 0.2)
    whole = np.empty((len(train) + len(test), dataset.n_features), dataset.train.features.dtype)
    whole[train], whole[test] = dataset.train.features, dataset.test.features
    return whole


@pytest.mark.parametrize("packed", [False, True])
def test_idx_images_find_their_labels_and_their_test_half(tmp_path: Path, packed: bool) -> None:
    end, pack = (".gz", gzip.compress) if packed else ("", bytes)
    for half, part in (("train", slice(0, 14)), ("t10k", slice(14, 20))):
        (tmp_path / f"{half}-images-idx3-ubyte{end}").write_bytes(pack(idx_bytes(IMAGES[part])))
        (tmp_path / f"{half}-labels-idx1-ubyte{end}").write_bytes(pack(idx_bytes(LABELS[part])))
    for named in ("images-idx3", "labels-idx1"):  # whichever of the two somebody points at
        dataset = load(tmp_path / f"train-{named}-ubyte{end}")
        np.testing.assert_array_equal(dataset.train.features, IMAGES[:14].reshape(14, -1))
        np.testing.assert_array_equal(dataset.test.features, IMAGES[14:].reshape(6, -1))
        np.testing.assert_array_equal(dataset.test.labels, LABELS[14:])
        assert dataset.image_shape == (28, 28)
        assert dataset.class_names == ("0", "1", "2")


def test_npz_halves_and_labels_are_known_by_their_names(tmp_path: Path) -> None:
    names = np.array(["cat", "dog"])[LABELS % 2]
    np.savez_compressed(
        tmp_path / "a.npz", x_train=IMAGES[:15], y_train=names[:15], x_test=IMAGES[15:], y_test=names[15:]
    )
    dataset = load(tmp_path / "a.npz")
    np.testing.assert_array_equal(dataset.train.features, IMAGES[:15].reshape(15, -1))
    np.testing.assert_array_equal(np.array(dataset.class_names)[dataset.test.labels], names[15:])


def test_arrays_in_any_order_of_memory_and_bytes_are_the_same_numbers(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(40, 6))
    np.save(tmp_path / "c.npy", values)
    np.save(tmp_path / "f.npy", np.asfortranarray(values))
    np.save(tmp_path / "b.npy", values.astype(">f8"))
    first = load(tmp_path / "c.npy")
    for name in ("f.npy", "b.npy"):
        np.testing.assert_array_equal(load(tmp_path / name).train.features, first.train.features)
    low, high = values[split(40, 0.2)[0]].min(axis=0), values[split(40, 0.2)[0]].max(axis=0)
    scaled = np.clip((values.astype(np.float32) - low) / (high - low), 0, 1)
    np.testing.assert_allclose(in_file_order(first), scaled, atol=1e-6)
    np.testing.assert_allclose(first.feature_ranges, np.column_stack([low, high]), rtol=1e-6)


def test_colour_becomes_the_grey_that_pillow_makes(tmp_path: Path) -> None:
    from PIL import Image

    colour = np.random.default_rng(0).integers(0, 255, (10, 9, 8, 3), dtype=np.uint8)
    grey = np.stack([np.asarray(Image.fromarray(one).convert("L")) for one in colour])
    np.savez(tmp_path / "last.npz", images=colour)
    np.savez(tmp_path / "first.npz", images=colour.transpose(0, 3, 1, 2))
    for name in ("last.npz", "first.npz"):
        dataset = load(tmp_path / name)
        assert dataset.image_shape == (9, 8)
        assert np.abs(in_file_order(dataset).astype(int) - grey.reshape(10, -1)).max() <= 1


@pytest.mark.parametrize(
    ("brightest", "kind"), [(1, "uint8"), (16, "uint8"), (16, "float64"), (255, "uint8"), (255, "float32")]
)
def test_pixels_of_any_number_of_levels_are_shown_and_learned_from_black_to_white(
    tmp_path: Path, brightest: int, kind: str
) -> None:
    levels = np.random.default_rng(0).integers(0, brightest, (40, 8, 8), endpoint=True)
    levels[:, 0, :2] = 0, brightest
    np.save(tmp_path / "digits.npy", levels.astype(kind))
    np.savetxt(tmp_path / "digits.csv", levels.reshape(40, -1), "%d", ",")
    for name in ("digits.npy", "digits.csv"):
        found = door.inspect(tmp_path / name)
        assert (found.samples.min(), found.samples.max()) == (0, 255)
        dataset = load(tmp_path / name, scale="pixels", height=8, width=8)
        expected = levels[split(40, 0.2)[0]].reshape(-1, 64) / brightest
        np.testing.assert_allclose(dataset.train.as_float(), expected, atol=0.5 / 255 + 1e-6)


TABLE = [
    ["1.5", "20", "Köln"],
    ["2.5", "", "Ulm"],
    ["-3", "7", "Ulm"],
    ["0.25", "9", "Köln"],
    ["4", "11", "Ulm"],
] * 4


@pytest.mark.parametrize(
    ("separator", "comma", "header", "encoding", "packed", "end"),
    [
        (",", False, True, "utf-8", False, "\n"),
        (";", True, True, "cp1252", False, "\r\n"),
        ("\t", False, False, "utf-16", False, "\n"),
        ("|", False, True, "utf-8-sig", True, "\r"),
    ],
)
def test_tables_in_the_dialects_of_the_world_are_the_same_table(
    tmp_path: Path, separator: str, comma: bool, header: bool, encoding: str, packed: bool, end: str
) -> None:
    rows = [[cell.replace(".", ",") if comma else cell for cell in row] for row in TABLE]
    if header:
        rows = [["height", "weight", "town"], *rows]
    raw = end.join(separator.join(row) for row in rows).encode(encoding)
    path = tmp_path / "table.csv"
    path.write_bytes(gzip.compress(raw) if packed else raw)
    found = door.inspect(path)
    assert (found.count, found.missing, found.n_features) == (20, 4, 2)
    assert found.choices.label == ("town" if header else "column 3")
    assert found.classes == (("Köln", 8), ("Ulm", 12))
    dataset = door.load(path, found.choices).dataset
    assert dataset.feature_names == (("height", "weight") if header else ("column 1", "column 2"))
    values = np.array([[float(a), float(b) if b else np.nan] for a, b, _town in TABLE])
    train = split(20, 0.2)[0]
    values = np.where(np.isnan(values), np.nanmedian(values[train], axis=0), values)
    low, high = values[train].min(axis=0), values[train].max(axis=0)
    np.testing.assert_allclose(
        in_file_order(dataset), np.clip((values - low) / (high - low), 0, 1), atol=1e-6
    )


def test_a_measured_column_called_y_is_learned_and_a_class_called_y_is_not(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = [(a, b, "uv"[i % 2], i % 3) for i, (a, b) in enumerate(random.normal(size=(60, 2)))]
    (tmp_path / "plane.csv").write_text("x,y,g\n" + "".join(f"{a},{b},{g}\n" for a, b, g, _k in rows))
    (tmp_path / "classes.csv").write_text("x,z,y\n" + "".join(f"{a},{b},{k}\n" for a, b, _g, k in rows))
    plane, classes = load(tmp_path / "plane.csv"), load(tmp_path / "classes.csv")
    assert (plane.feature_names, plane.class_names) == (("x", "y"), ("u", "v"))
    assert (classes.feature_names, classes.class_names) == (("x", "z"), ("0", "1", "2"))


def test_standardised_columns_have_mean_0_and_variance_1_in_the_training_half(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.random.default_rng(1).normal(5, 3, size=(200, 4)))
    train = load(tmp_path / "a.npy", scale="standard").train.features
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-5)


def test_measured_labels_become_a_factor_to_colour_by(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    np.savez(tmp_path / "a.npz", x=random.normal(size=(300, 5)), y=random.normal(size=300))
    dataset = load(tmp_path / "a.npz")
    assert dataset.class_names == ()
    assert dataset.train.factors["y"].shape == (240,)


def test_images_are_cut_in_the_middle_resized_and_put_on_white(tmp_path: Path) -> None:
    from PIL import Image

    for number in range(5):
        picture = np.zeros((40, 80), np.uint8)
        picture[:, 20:60] = 200  # the middle square
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    dataset = load(tmp_path, height=10, width=10)
    assert (dataset.train.features == 200).all()
    glass = tmp_path / "glass"
    glass.mkdir()
    for number in range(5):
        Image.new("RGBA", (12, 12), (0, 0, 0, 0)).save(glass / f"{number}.png")
    assert (load(glass).train.features == 255).all()


def test_a_folder_with_train_and_test_keeps_its_own_halves(tmp_path: Path) -> None:
    from PIL import Image

    for half, count in (("training", 8), ("testing", 3)):
        for label in ("a", "b"):
            (tmp_path / half / label).mkdir(parents=True)
            for number in range(count):
                Image.fromarray(IMAGES[number]).save(tmp_path / half / label / f"{number}.png")
    dataset = load(tmp_path)
    assert (len(dataset.train), len(dataset.test)) == (16, 6)
    assert dataset.class_names == ("a", "b")
    assert dataset.test.labels is not None
    assert dataset.test.labels.tolist() == [0, 0, 0, 1, 1, 1]


def test_another_process_hands_over_the_same_data(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=IMAGES, y=LABELS)
    look = Reading(path=tmp_path / "a.npz")
    assert look.wait(60).state == "done"
    found = look.found()
    here = door.load(tmp_path / "a.npz", found.choices).dataset
    reading = Reading(name=Origin(Path(found.path), found.choices).name)
    assert reading.wait(60).state == "done"
    there: Loaded = reading.loaded()
    np.testing.assert_array_equal(there.dataset.train.features, here.train.features)
    assert there.dataset.fingerprint == here.fingerprint
    assert plan(found, found.choices) == plan(door.inspect(tmp_path / "a.npz"), found.choices)
    assert not list(cache.path_of("any").parent.glob(".preparing-own-*")), "a folder was left behind"


def test_an_answer_that_cannot_be_read_is_not_kept(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", IMAGES)
    looking = Reading(path=tmp_path / "a.npy")
    loading = Reading(name=Origin(tmp_path / "a.npy", Choices()).name)
    for reading, file, answer in ((looking, FOUND, looking.found), (loading, DATASET, loading.loaded)):
        assert reading.wait(60).state == "done"
        (reading._work / file).write_bytes(b"half of it")
        with pytest.raises(BadFile):
            answer()
        assert not reading._work.exists()


def test_a_reading_can_be_cancelled_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n" + "1,2\n" * 1000)
    reading = Reading(path=tmp_path / "a.csv")
    reading.cancel()
    assert reading.poll().state == "cancelled"
    assert not list(cache.path_of("any").parent.glob(".preparing-own-*"))


def test_the_catalog_loads_own_data_by_its_name_and_a_moved_file_is_the_same_data(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=IMAGES, y=LABELS)
    name, _folder = catalog.name_or_folder(str(tmp_path / "a.npz"))
    assert catalog.resolve(name) == name
    before = catalog.load(name)
    (tmp_path / "a.npz").rename(tmp_path / "b.npz")
    with pytest.raises(BadFile, match=r"a\.npz was not found"):
        catalog.load(name)
    after = catalog.load(catalog.moved(name, tmp_path / "b.npz"))
    assert after.fingerprint == before.fingerprint
    assert after.name != before.name


texts = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1, max_size=40
)


@given(
    name=texts.filter(lambda text: text.strip("/.") != ""), label=st.just("") | texts,
    scale=st.sampled_from(SCALES), side=st.integers(0, 128), share=st.integers(1, 90),
)  # fmt: skip
def test_a_name_says_where_own_data_lies_and_what_was_chosen(
    name: str, label: str, scale: str, side: int, share: int
) -> None:
    choices = Choices(label=label, scale=scale, height=side, width=side, share=share / 100)  # type: ignore[arg-type]
    origin = Origin(Path("/data") / name.lstrip("/"), choices)
    assert Origin.parse(origin.name) == origin


# --- any bytes at all ---------------------------------------------------------------------------------------

SEEDS = {
    "idx3-ubyte": idx_bytes(IMAGES[:4, :5, :5]),
    "npy": GOOD_NPY[:2000],
    "npz": npz_bytes(x=GOOD_NPY, y=GOOD_NPY),
    "csv": b'a,b,"c"\n' + b"".join(b"%d,%d.5,x%d\n" % (i, i * i, i % 3) for i in range(12)),
}
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def try_it(path: Path, content: bytes) -> None:
    """Looks into it and loads it: any outcome is fine but another exception, or numbers that are none."""
    path.write_bytes(content)
    try:
        dataset = door.load(path, door.inspect(path).choices).dataset
    except BadFile as error:
        assert str(error).endswith(".")
        assert "\n" not in str(error)
    else:
        assert np.isfinite(dataset.train.features).all()
        assert np.isfinite(dataset.test.features).all()


@pytest.mark.parametrize("kind", SEEDS)
@FUZZ
@given(data=st.data())
def test_a_file_changed_in_any_places_is_read_or_refused(
    kind: str, tmp_path: Path, data: st.DataObject
) -> None:
    content = bytearray(SEEDS[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=6))
        content[at : at + data.draw(st.integers(0, 6))] = piece
        if not content:
            break
    try_it(tmp_path / f"f.{kind}", bytes(content))


@FUZZ
@given(text=st.text(st.sampled_from('0123456789.,;\t|"\n\r -+eEabNA#\x00\ufeff'), max_size=400))
def test_any_text_is_read_or_refused_as_a_table(tmp_path: Path, text: str) -> None:
    try_it(tmp_path / "f.csv", text.encode())


@FUZZ
@given(
    content=st.binary(max_size=300),
    start=st.sampled_from([b"", b"\0\0\x08\x03", b"PK\x03\x04", b"\x93NUMPY", b"\x1f\x8b"]),
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, start: bytes) -> None:
    try_it(tmp_path / "f.bin", start + content)


@pytest.mark.slow
@settings(FUZZ, max_examples=5000)
@given(data=st.data())
def test_long_form_of_changed_files(tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(SEEDS)))
    content = bytearray(SEEDS[kind])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        content[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    try_it(tmp_path / f"f.{kind}", bytes(content))


def test_the_names_of_the_hostile_files_are_those_of_every_parser() -> None:
    assert {name.rpartition(".")[2] for name in FILES} >= {"csv", "gz", "npy", "npz"}
