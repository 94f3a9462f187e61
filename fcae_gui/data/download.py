"""Downloads one published file through torchvision: https only, with a time limit, and says why it failed.

Only ever imported by the child process (fetch.py): torchvision brings torch along and may fail to load.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from fcae_gui.data.official import File

SOCKET_TIMEOUT_S = 20.0  # below the parent's patience, so that a dead server is left for the next one in time
_NO_NETWORK = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}


class DownloadError(Exception):
    """Why a file could not be had: half a sentence for the user, without a full stop."""


class PlainHttpRefusedError(OSError):
    """An address without encryption was about to be used."""


class _Watch(urllib.request.BaseHandler):
    """Refuses plain http, to which torchvision falls back by itself, and notes the sizes servers announce."""

    handler_order = 50  # before the handlers that open connections (500) and the proxy's (100)

    def __init__(self, allowed: str, announced: Callable[[str, int], None]) -> None:
        self._allowed = allowed  # an address that the user named, which may be plain http
        self._announced = announced

    def http_open(self, request: urllib.request.Request) -> None:
        if not (self._allowed and request.full_url.startswith(self._allowed)):
            raise urllib.error.URLError(PlainHttpRefusedError(request.full_url))

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        length = response.headers.get("Content-Length", "")
        if response.status == 200 and length.isdigit():
            self._announced(urllib.parse.urlsplit(request.full_url).path.rsplit("/", 1)[-1], int(length))
        return response

    https_response = http_response


@contextlib.contextmanager
def careful_network(allowed: str, announced: Callable[[str, int], None]) -> Iterator[None]:
    """Within it, everything that urllib opens is https (or below `allowed`), watched, and times out."""
    timeout, opener = socket.getdefaulttimeout(), urllib.request._opener  # type: ignore[attr-defined]
    socket.setdefaulttimeout(SOCKET_TIMEOUT_S)
    urllib.request.install_opener(urllib.request.build_opener(_Watch(allowed, announced)))
    try:
        yield
    finally:
        socket.setdefaulttimeout(timeout)
        urllib.request.install_opener(opener)


def torchvision_downloader() -> Callable[..., None]:
    """torchvision's own download function. Raises DownloadError when torchvision does not load."""
    try:
        from torchvision.datasets.utils import download_url
    except Exception as error:  # noqa: BLE001 - RuntimeError when its build does not match torch's
        first = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        raise DownloadError(
            f"torchvision does not work here ({first}); reinstall it together with torch: "
            "pip install --upgrade torch torchvision"
        ) from None
    return download_url


def download(
    file: File, addresses: Sequence[str], folder: Path, sizes: dict[str, int], *, check: bool
) -> tuple[Path, bool]:
    """Get a file from the first address that has it: (path, True when it is the published one, bit by bit).

    With `check` anything but the published file counts as a failure. `sizes` holds what the servers have
    announced, by file name. Raises DownloadError with the reason of the first address.
    """
    download_url = torchvision_downloader()
    path = folder / file.packed
    reasons = []
    for address in addresses:
        path.unlink(missing_ok=True)
        try:
            download_url(address + file.packed, str(folder), filename=file.packed, md5=None)
            return path, _accept(path, file, address, sizes.get(file.packed, 0), check)
        except DownloadError as error:
            reasons.append(str(error))
        except (OSError, RuntimeError, http.client.HTTPException, ValueError) as error:
            reasons.append(reason(error, address, folder))
    path.unlink(missing_ok=True)
    raise DownloadError(reasons[0] if reasons else "no server is known")


def is_published(path: Path, file: File) -> bool:
    """True when a file has the checksums of the published one."""
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(2**20):
            md5.update(chunk)
            sha256.update(chunk)
    return md5.hexdigest() == file.md5 and file.sha256 in ("", sha256.hexdigest())


def _accept(path: Path, file: File, address: str, announced: int, check: bool) -> bool:
    """True for the published file; raises DownloadError for half a file or, with `check`, for another."""
    size = path.stat().st_size
    if size < announced:
        raise DownloadError(f"{file.packed} arrived incomplete ({size:,} of {announced:,} bytes)")
    if is_published(path, file):
        return True
    with path.open("rb") as opened:
        start = opened.read(512)
    if start.lstrip()[:1] == b"<":
        raise DownloadError(
            "a web page arrived instead of the data; does this network ask you to sign in first?"
        )
    if check:
        raise DownloadError(f"{file.packed} from {_host(address)} is not the published file or was damaged")
    return False


def reason(error: BaseException, address: str, folder: Path) -> str:
    """What went wrong, for a user: half a sentence."""
    cause, host = _cause(error), _host(address)
    if isinstance(cause, PlainHttpRefusedError):
        return f"{host} leads to an address without encryption, which is not used"
    if isinstance(cause, urllib.error.HTTPError):
        return f"{host} answered {cause.code} ({cause.reason or 'no reason'})"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the identity of {host} could not be verified (a proxy in between, or a wrong clock?)"
    if isinstance(cause, socket.gaierror) or getattr(cause, "errno", None) in _NO_NETWORK:
        return "no network connection"
    if isinstance(cause, TimeoutError):
        return f"{host} does not answer"
    if isinstance(cause, ConnectionRefusedError):
        return f"{host} refuses the connection"
    if isinstance(cause, (ConnectionError, http.client.HTTPException, ssl.SSLError)):
        return f"the connection to {host} was cut"
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full ({folder.parent})"
    if isinstance(cause, PermissionError):
        return f"{folder.parent} cannot be written"
    return (" ".join(str(cause).split()) or type(cause).__name__)[:160]


def _cause(error: BaseException) -> BaseException:
    """The first error: the refusal of torchvision's fallback to plain http hides what made it fall back."""
    while _refused(error) and error.__context__ is not None and not _refused(error.__context__):
        hidden = error.__context__
        if isinstance(hidden, PlainHttpRefusedError):
            break
        error = hidden
    if isinstance(error, urllib.error.URLError) and not isinstance(error, urllib.error.HTTPError):
        return error.reason if isinstance(error.reason, BaseException) else error
    return error


def _refused(error: BaseException) -> bool:
    return isinstance(error, urllib.error.URLError) and isinstance(error.reason, PlainHttpRefusedError)


def _host(address: str) -> str:
    return urllib.parse.urlsplit(address).netloc or address
