"""A real web server on the loopback that can be slow, stall, lie and break off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """Serves `files` (path -> content). behaviour: whole, gated, truncated, 404, page, redirect.

    gated: sends half of every file's body and the rest once `gate` is set.
    """

    def __init__(self, files: dict[str, bytes], behaviour: str) -> None:
        self.files, self.behaviour = files, behaviour
        self.gate = threading.Event()
        self.requests: list[str] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.requests.append(self.path)
                with suppress(OSError):  # the other side has gone, as some tests want
                    owner.answer(self)

            def log_message(self, *_args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = False
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}/"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        content = self.files.get(request.path)
        if self.behaviour == "404" or content is None:
            request.send_error(404)
            return
        if self.behaviour == "redirect":
            request.send_response(302)
            request.send_header("Location", f"http://localhost:{self.http.server_address[1]}{request.path}")
            request.end_headers()
            return
        if self.behaviour == "page":
            content = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        half = len(content) // 2
        request.wfile.write(content[:half])
        if self.behaviour == "truncated":
            return
        if self.behaviour == "gated":
            request.wfile.flush()
            self.gate.wait()
        request.wfile.write(content[half:])


@contextmanager
def serving(files: dict[str, bytes], behaviour: str = "whole") -> Iterator[Server]:
    server = Server(files, behaviour)
    thread = threading.Thread(target=server.http.serve_forever, args=(0.02,), name="test-server")
    thread.start()
    try:
        yield server
    finally:
        server.gate.set()
        server.http.shutdown()
        server.http.server_close()
        thread.join()
