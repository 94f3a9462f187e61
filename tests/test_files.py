"""Files are written whole or not at all, and nothing in a file is believed before it was checked."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
import safetensors.numpy
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fcae_gui import files
from fcae_gui.files import BadFile, atomic_write, peek_container, read_container, write_container

posix = pytest.mark.skipif(os.name != "posix", reason="modes, links and limits as POSIX has them")

META = {"step": 7, "note": "größe", "nested": {"list": [1, 2.5, None, True]}}


def some_tensors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "a": rng.normal(size=(3, 5)).astype(np.float32),
        "pixels": rng.integers(0, 256, (4, 3), dtype=np.uint8),
        "wide": rng.normal(size=7),
        "labels": np.arange(6, dtype=np.int64),
        "scalar": np.array(3, np.int32),
        "empty": np.zeros((0, 3), np.float64),
    }


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.fcae"
    write_container(path, kind="run", tensors=some_tensors(), meta=META)
    return path


def refused(path: Path, kind: str = "run") -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(BadFile) as caught:
        read_container(path, kind=kind)
    message = str(caught.value)
    assert len(message) < 200
    assert "\n" not in message
    assert message.endswith(".")
    assert not any(word in message for word in ("Error", "Traceback", "safetensors", "offset", "dtype"))
    return message


def split(path: Path) -> tuple[dict[str, Any], bytes]:
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    return json.loads(raw[8 : 8 + length]), raw[8 + length :]


def forge(path: Path, header: dict[str, Any] | str | bytes, data: bytes, *, sign: bool = True) -> Path:
    """Write any header before any data; with `sign` its checksums are right, as a hostile author would do."""
    if isinstance(header, dict):
        metadata = header.get("__metadata__")
        if sign and isinstance(metadata, dict) and "header_sha256" in metadata:
            metadata["sha256"] = hashlib.sha256(data).hexdigest()
            table = {key: value for key, value in header.items() if key != "__metadata__"}
            said = {key: value for key, value in metadata.items() if key != "header_sha256"}
            text = json.dumps([said, table], sort_keys=True, separators=(",", ":"))
            metadata["header_sha256"] = hashlib.sha256(text.encode()).hexdigest()
        header = json.dumps(header)
    raw = header.encode() if isinstance(header, str) else header
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + data)
    return path


# --- writing ----------------------------------------------------------------------------------------------


def test_what_was_written_is_read_back_exactly(good: Path) -> None:
    tensors, meta = read_container(good, kind="run")
    assert meta == META == peek_container(good, kind="run")
    expected = some_tensors()
    assert tensors.keys() == expected.keys()
    for name, value in expected.items():
        assert tensors[name].dtype == value.dtype
        assert tensors[name].shape == value.shape
        assert tensors[name].tobytes() == value.tobytes()
        assert tensors[name].flags.writeable
        assert tensors[name].flags.aligned


def test_the_safetensors_library_reads_our_files(good: Path) -> None:
    theirs = safetensors.numpy.load_file(good)
    for name, value in some_tensors().items():
        np.testing.assert_array_equal(theirs[name], value)


def test_an_array_that_is_a_strided_view_is_written_by_value(tmp_path: Path) -> None:
    path = tmp_path / "view.fcae"
    value = np.arange(20, dtype=np.float32).reshape(4, 5).T[::2]
    write_container(path, kind="run", tensors={"v": value}, meta={})
    np.testing.assert_array_equal(read_container(path, kind="run")[0]["v"], value)


def test_what_the_format_cannot_hold_is_refused_before_the_file_is_touched(good: Path) -> None:
    before = good.read_bytes()
    for tensors, meta in (
        ({"o": np.array([object()])}, {}),
        ({"c": np.zeros(2, np.complex64)}, {}),
        ({}, {"loss": float("nan")}),
    ):
        with pytest.raises(ValueError):
            write_container(good, kind="run", tensors=tensors, meta=meta)
    assert good.read_bytes() == before
    assert [p.name for p in good.parent.iterdir()] == [good.name]


def test_a_write_that_fails_halfway_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(file: Any) -> None:
        file.write(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        atomic_write(path, fail)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    atomic_write(path, b"new")
    assert path.read_bytes() == b"new"


@posix
def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "run.fcae"
    write_container(path, kind="run", tensors={"a": np.zeros(10)}, meta={"age": "old"})
    code = (
        "import resource, signal, sys, numpy as np\n"
        "from fcae_gui.files import write_container\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"  # then write() fails with EFBIG, as with ENOSPC
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n"
        "    write_container(sys.argv[1], kind='run', tensors={'a': np.ones(100_000)}, meta={'age': 'new'})\n"
        "except OSError:\n"
        "    sys.exit(7)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, path], check=False, timeout=120).returncode == 7
    assert read_container(path, kind="run")[1] == {"age": "old"}
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_links_are_followed_modes_kept_and_write_protection_respected(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    atomic_write(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640
    real.chmod(0o400)
    if not os.access(real, os.W_OK):  # root may write everywhere
        with pytest.raises(PermissionError, match="real is write-protected"):
            atomic_write(real, b"newer")
        assert real.read_bytes() == b"new"


def test_leftovers_of_killed_writers_are_cleared_but_not_those_of_running_ones(tmp_path: Path) -> None:
    path = tmp_path / "file"
    seen: list[Path] = []
    atomic_write(path, lambda file: seen.append(Path(file.name)) if isinstance(file.name, str) else None)
    prefix = f".fcae-{hashlib.sha256(b'file').hexdigest()[:12]}-"
    old, young = tmp_path / f"{prefix}0.tmp", tmp_path / f"{prefix}1.tmp"
    other = tmp_path / ".fcae-of-another-file-0.tmp"
    for left in (old, young, other):
        left.write_bytes(b"half")
    for left in (old, other):
        os.utime(left, (1, 1))
    atomic_write(path, b"new")
    assert sorted(tmp_path.iterdir()) == sorted([path, young, other])


# --- what is refused --------------------------------------------------------------------------------------


def test_a_file_of_another_program_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "theirs.fcae"
    safetensors.numpy.save_file({"w": np.zeros(3, np.float32)}, path, metadata={"format": "pt"})
    assert refused(path) == "theirs.fcae was written by another program, not by fcae_gui."
    safetensors.numpy.save_file({"w": np.zeros(3, np.float32)}, path)
    assert "another program" in refused(path)


def test_a_newer_version_is_named_as_such_whatever_else_changed(good: Path) -> None:
    header, data = split(good)
    header["__metadata__"]["version"] = "2"
    header["__metadata__"]["new_field"] = "of version 2"
    header["a"]["more"] = 1
    forge(good, header, data)
    assert (
        refused(good) == "good.fcae was written by a newer version of fcae_gui; update fcae_gui to open it."
    )


def test_another_kind_of_our_files_is_named(good: Path) -> None:
    assert refused(good, kind="dataset") == "good.fcae holds a saved run, not a data set."


def test_files_that_are_not_there_not_files_or_empty_are_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.fcae") == "none.fcae was not found."
    assert "is not a file" in refused(tmp_path)
    empty = tmp_path / "empty.fcae"
    empty.touch()
    assert refused(empty) == "empty.fcae is empty."
    assert "the name is not valid" in refused(Path("nul\0.fcae"))


@posix
def test_a_pipe_is_refused_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.fcae")
    assert "is not a file" in refused(tmp_path / "pipe.fcae")


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n....", b"PK\x03\x04" + b"\0" * 60, b"hello", b"{}" * 30]
)
def test_a_file_of_any_other_format_is_not_one_of_ours(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "picture.fcae"
    path.write_bytes(start)
    assert refused(path) == "picture.fcae is not a file of fcae_gui."


def test_long_and_odd_names_are_shortened_in_messages(tmp_path: Path) -> None:
    path = tmp_path / ("long\n" * 40 + ".fcae")
    path.touch()
    assert refused(path).endswith("long?long?.fcae is empty.")


def test_every_truncation_is_refused(good: Path) -> None:
    whole = good.read_bytes()
    for length in range(len(whole)):
        good.write_bytes(whole[:length])
        refused(good)
    good.write_bytes(whole[:-1])
    assert "is cut short: 1 of" in refused(good)
    good.write_bytes(whole + b"x")
    assert "goes on for 1 bytes" in refused(good)


def test_no_changed_byte_goes_unnoticed(good: Path) -> None:
    """Every byte of the file is replaced in turn; whatever is still read must be what was written."""
    whole = good.read_bytes()
    expected = some_tensors()
    rng = np.random.default_rng(1)
    for position in range(len(whole)):
        changed = bytearray(whole)
        changed[position] ^= int(rng.integers(1, 256))
        good.write_bytes(changed)
        try:
            tensors, meta = read_container(good, kind="run")
        except BadFile:
            continue
        assert meta == META
        assert all(tensors[name].tobytes() == value.tobytes() for name, value in expected.items())


def test_altered_data_and_an_altered_description_are_found_by_checksum(good: Path) -> None:
    header, data = split(good)
    forge(good, header, data[:-1] + bytes([data[-1] ^ 1]), sign=False)
    assert refused(good) == "good.fcae is damaged: its content does not match its checksum."
    header["__metadata__"]["meta"] = header["__metadata__"]["meta"].replace("7", "8")
    forge(good, header, data, sign=False)
    assert refused(good) == "good.fcae is damaged: its header does not match its checksum."
    with pytest.raises(BadFile):
        peek_container(good, kind="run")


def lie(name: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header[name].update(fields)


def tell(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header["__metadata__"].update(fields)


@pytest.mark.parametrize(
    "change",
    [
        lie("a", data_offsets=[0, 60]),  # overlaps its neighbour
        lie("a", data_offsets=[2**62, 2**62 + 60]),
        lie("a", data_offsets=[-60, 0]),
        lie("a", data_offsets=[60, 0]),
        lie("a", data_offsets=[0.0, 60.0]),
        lie("a", data_offsets=[0]),
        lie("a", data_offsets=None),
        lie("a", shape=[3, 5, 1, 1, 1, 1, 1, 1, 1]),
        lie("a", shape=[2**40, 2**40]),
        lie("a", shape=[-3, -5]),
        lie("a", shape=[True, 15]),
        lie("a", shape="15"),
        lie("empty", shape=[0, 2**33, 2**33, 2**33]),  # no bytes, and yet too big for NumPy
        lie("a", dtype="F16"),
        lie("a", dtype=["F32"]),
        lie("a", dtype="object"),
        lie("a", extra=1),
        lambda header: header.update(a=[]),
        lambda header: header.pop("a"),  # its bytes belong to nothing
        tell(version="0x1"),
        tell(version="9" * 5000),
        tell(version=1),
        tell(kind="pickle"),
        tell(kind=None),
        tell(format=None),
        tell(meta="[1]"),
        tell(meta="{"),
        tell(meta='{"a": 1, "a": 2}'),
        tell(meta='{"a": NaN}'),
        tell(meta='{"a": 1e999}'),
        tell(meta='{"a": ' + "9" * 5000 + "}"),
        tell(meta='{"a": ' + "[" * 100_000),
        tell(meta='"\ud800"'),
        lambda header: header.update(__metadata__=None),
        lambda header: header.update(__metadata__=["format", "fcae_gui"]),
    ],
)
def test_headers_that_lie_are_refused_even_with_right_checksums(
    good: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    header, data = split(good)
    change(header)
    refused(forge(good, header, data))


@pytest.mark.parametrize(
    "header",
    [
        "{",
        "{}",
        '{"__metadata__": {}}',
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": ' + "9" * 5000 + "}",
        '{"a": ' + "[" * 100_000,
        '{"a": ' + "[" * 900 + "]" * 900 + "}",
        '{"a": ' + '{"b":' * 100_000,
        b'{"a": "\xff\xfe"}',
        b"{" + b" " * 1000,
        b"{\0\0\0}",
    ],
)
def test_headers_that_are_not_plain_json_are_refused(tmp_path: Path, header: str | bytes) -> None:
    refused(forge(tmp_path / "bad.fcae", header, b""))


def test_a_header_length_is_capped_before_anything_is_allocated(tmp_path: Path) -> None:
    path = tmp_path / "huge.fcae"
    for length in (files.MAX_HEADER_BYTES + 1, 2**40, 2**64 - 1):
        path.write_bytes(struct.pack("<Q", length) + b"{}")
        assert refused(path) == "huge.fcae is not a file of fcae_gui."


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
entries = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F64", "F32", "U8", "BF16", ""]) | values,
        "shape": st.lists(st.integers(-1, 2**65), max_size=9) | values,
        "data_offsets": st.lists(st.integers(-1, 70), min_size=2, max_size=2) | values,
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.dictionaries(st.text(max_size=4), entries | values, max_size=4), data=st.binary(max_size=64))
@example(table={"x": {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]}}, data=bytes(64))
def test_any_signed_header_is_read_rightly_or_refused(
    tmp_path: Path, table: dict[str, Any], data: bytes
) -> None:
    metadata = {"format": "fcae_gui", "version": "1", "kind": "run", "meta": "{}", "header_sha256": ""}
    path = forge(tmp_path / "f.fcae", {**table, "__metadata__": metadata}, data)
    try:
        tensors, _ = read_container(path, kind="run")
    except BadFile as error:
        assert len(str(error)) < 200
        return
    assert sum(value.nbytes for value in tensors.values()) == len(data)
    try:
        theirs = safetensors.numpy.load(path.read_bytes())
    except safetensors.SafetensorError:
        return  # stricter than we are about odd alignments
    assert {name: value.tobytes() for name, value in theirs.items()} == {
        name: value.tobytes() for name, value in tensors.items()
    }


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=300))
def test_no_bytes_whatsoever_get_past_the_reader_or_break_it(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "noise.fcae"
    path.write_bytes(raw)
    refused(path)
