"""The child process that opens own data: `python -m fcae_gui.data.own FOLDER`, told by FOLDER/request.json.

A process of its own because a decoder that dies takes only itself away. It says how far it is as lines of
JSON on standard output and leaves its answer in the folder.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from fcae_gui.data import cache
from fcae_gui.data.own import door
from fcae_gui.data.own.reading import DATASET, FOUND, KIND, REQUEST, TOLD
from fcae_gui.data.own.values import Origin
from fcae_gui.files import BadFile, write_container

_SAY_EVERY_S = 0.1


def main(folder: Path) -> int:
    """Do what the request says; 0 when the answer is in the folder, 1 after a failure that was said."""
    _end_with_parent()
    stream = os.fdopen(os.dup(1), "wb", buffering=0)
    said_at = 0.0

    def send(**fields: Any) -> None:
        stream.write(json.dumps(fields).encode("ascii") + b"\n")

    def say(**fields: Any) -> None:
        nonlocal said_at
        if "stage" in fields or time.monotonic() - said_at > _SAY_EVERY_S:
            said_at = time.monotonic()
            send(**fields)

    try:
        request = json.loads((folder / REQUEST).read_text("utf-8"))
        if request["what"] == "inspect":
            found = door.inspect(Path(request["path"]), say)
            meta = {"found": found.as_json()}
            write_container(folder / FOUND, kind=KIND, tensors={"samples": found.samples}, meta=meta)
        else:
            loaded = door.load_name(request["name"], say)
            told = {"skipped": loaded.skipped, "n_skipped": loaded.n_skipped, "notes": loaded.notes}
            (folder / TOLD).write_text(json.dumps(told), "utf-8")
            say(stage=f"Handing over {Origin.parse(request['name']).title}")
            cache.save(folder / DATASET, loaded.dataset)
    except BadFile as error:
        send(failed=str(error))
        return 1
    except OSError as error:
        send(failed=f"The data could not be handed over: {error.strerror or error}.")
        return 1
    send(ready=True)
    return 0


def _end_with_parent() -> None:
    """End when the parent ends in whatever way, which closes our standard input."""

    def watch() -> None:
        while True:
            try:
                if not os.read(0, 4096):
                    break
            except OSError:
                break
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
