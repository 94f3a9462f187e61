"""The child process that brings a data set onto this machine: `python -m fcae_gui.data.fetch NAME`.

A process of its own because torchvision's downloader cannot be cancelled, and because torchvision may not
even load. It says what it does as lines of JSON on standard output; what is ready is one cache file, moved
into place whole.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from fcae_gui import paths
from fcae_gui.data import cache, catalog, download, idx, scratch, torchvision_folder
from fcae_gui.data.dataset import Dataset
from fcae_gui.data.errors import BadData, could_not_download
from fcae_gui.data.official import PUBLISHED, File, Published

# An address laid out as torchvision's folders (MIRROR/MNIST/train-images-idx3-ubyte.gz), for institutions
# with a copy of their own. It replaces the known servers and may be plain http: the checksums decide.
MIRROR_VARIABLE = "FCAE_MIRROR"

Say = Callable[..., None]


def main(argv: list[str] | None = None) -> int:
    """Fetch one data set; 0 when it is in the cache, 1 after a failure that has been said."""
    parser = argparse.ArgumentParser(prog="python -m fcae_gui.data.fetch", description=__doc__)
    parser.add_argument(
        "name",
        choices=[name for name, s in catalog.SOURCES.items() if s.needs_download or name == catalog.STROKES],
    )
    parser.add_argument("--cache", type=Path, help="cache folder to write into")
    parser.add_argument("--data-dir", help="torchvision folder that may already have the data")
    parser.add_argument("--work", type=Path, help="temporary folder, made and watched by the parent process")
    args = parser.parse_args(argv)
    say = _speaker()
    if args.work is not None:
        _end_with_parent(args.work)
    root = args.cache or paths.cache_dir()
    work = args.work or scratch.make(args.name, root)
    try:
        fetch(args.name, root, work, say, data_dir=args.data_dir)
    except BadData as error:
        say(failed=str(error))
        return 1
    except OSError as error:
        title = catalog.SOURCES[args.name].title
        say(failed=f"{title} could not be prepared: {download.reason(error, '', work)}.")
        return 1
    finally:
        scratch.remove(work)
    return 0


def fetch(name: str, root: Path, work: Path, say: Say, *, data_dir: str | None = None) -> None:
    """Bring one data set into the cache below `root`, with `work` for everything unfinished.

    Raises BadData with one sentence for the user, OSError from the disk.
    """
    target = cache.path_of(name, root)
    if name == catalog.STROKES:
        from fcae_gui.data import strokes

        say(stage="Drawing Strokes")
        size = 28 * 28  # bytes of a digit
        dataset = strokes.full(lambda done, total: say(done=done * size, total=total * size))
        _store(catalog.identified(dataset), target, work, recipe=catalog.strokes_recipe())
    elif _usable(name, target, data_dir):
        pass
    else:
        _fetch_published(PUBLISHED[name], root, work, say)
    say(ready=str(target))


def _usable(name: str, target: Path, data_dir: str | None) -> bool:
    """True when nothing has to be done. A broken cache file is no reason to stop: it is replaced."""
    if data_dir and torchvision_folder.locate(name, [Path(data_dir)]):
        return True
    with contextlib.suppress(BadData):
        cache.load(target)
        return True
    return False


def _fetch_published(published: Published, root: Path, work: Path, say: Say) -> None:
    """Download, check and store one published data set, and its sisters from the same archive."""
    downloads = work / scratch.DOWNLOADS
    downloads.mkdir()
    say(stage=f"Preparing to download {published.title}")
    mirror = os.environ.get(MIRROR_VARIABLE, "").strip()
    if mirror:
        mirror = mirror.rstrip("/") + "/"
        addresses: tuple[str, ...] = (f"{mirror}{published.folder}/",)
    else:
        addresses = published.mirrors
    sizes: dict[str, int] = {}

    def announced(file_name: str, size: int) -> None:
        sizes[file_name] = size
        say(file=file_name, size=size)

    verified: set[File] = set()
    try:
        download.torchvision_downloader()  # seconds on a slow disk, which do not count as a stall
        say(stage=f"Downloading {published.title}", begin=True)
        with download.careful_network(mirror, announced):
            for file in published.downloads:
                say(file=file.packed, size=sizes.get(file.packed, file.size))
                _, same = download.download(file, addresses, downloads, sizes, check=not mirror)
                if same:
                    verified.add(file)
    except download.DownloadError as error:
        raise BadData(could_not_download(published.title, str(error))) from None

    say(stage=f"Checking {published.title}")
    _check_and_store(published, downloads, verified, cache.path_of(published.name, root), work)
    for sister in PUBLISHED.values():  # EMNIST's other half came along: nobody should fetch 562 MB twice
        if sister.archive and sister.archive == published.archive and sister is not published:
            with contextlib.suppress(BadData, OSError):
                _check_and_store(sister, downloads, verified, cache.path_of(sister.name, root), work)


def _check_and_store(
    published: Published, downloads: Path, verified: set[File], target: Path, work: Path
) -> None:
    """Parse what has arrived and write it to the cache. Raises BadData naming the file that is not right."""
    dataset = torchvision_folder.build(published, _contents(published, downloads), "the download")
    for half, split in zip(published.halves, (dataset.train, dataset.test), strict=True):
        for file in (half.images, half.labels):
            source = published.archive or file
            if len(split) == half.count and source not in verified and not file.content:
                # As many samples as published, but not the published file, and no other way to tell.
                raise BadData(
                    f"{published.title} was not taken over: {source.packed} is not the published file, "
                    f"so it may be damaged. Put the original file on the server that {MIRROR_VARIABLE} names."
                )
    _store(dataset, target, work)


def _contents(published: Published, downloads: Path) -> dict[str, bytes]:
    """What was downloaded, still packed, under the names that the files have unpacked."""
    files = {file for half in published.halves for file in (half.images, half.labels)}
    if published.archive is None:
        return {file.name: (downloads / file.packed).read_bytes() for file in files}
    path = downloads / published.archive.packed
    try:
        with zipfile.ZipFile(path) as archive:
            members = {Path(info.filename).name: info for info in archive.infolist()}
            contents = {}
            for file in files:
                with archive.open(members[file.packed]) as member:
                    contents[file.name] = member.read(idx.MAX_BYTES)
            return contents
    except KeyError as error:
        raise BadData(f"{path.name} lacks {error.args[0]}.") from None
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError):
        raise BadData(f"{path.name} is damaged: it cannot be unpacked.") from None


def _store(dataset: Dataset, target: Path, work: Path, *, recipe: str = "") -> None:
    """Write the cache file in the temporary folder, open it as anybody will, then move it into place."""
    finished = work / target.name
    cache.save(finished, dataset, recipe=recipe)
    cache.load(finished)
    target.parent.mkdir(parents=True, exist_ok=True)
    finished.replace(target)


def _speaker() -> Say:
    """A function that sends one JSON line to the parent; what else prints goes nowhere.

    Under a Windows GUI script sys.stdout may be None, so the file descriptor is used.
    """
    stream: BinaryIO | None = None
    with contextlib.suppress(OSError):
        stream = os.fdopen(os.dup(1), "wb", buffering=0)
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    if sys.stderr is None:
        sys.stderr = sys.stdout

    def say(**fields: Any) -> None:
        if stream is not None:
            with contextlib.suppress(OSError):  # the parent is gone; the watcher of stdin ends this process
                stream.write(json.dumps(fields).encode("ascii") + b"\n")

    return say


def _end_with_parent(work: Path) -> None:
    """Leave nothing behind when the parent ends in whatever way, which closes our standard input."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        scratch.remove(work)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
