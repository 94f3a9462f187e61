"""What a command shows of a job: how far it is on stderr, what it has found on stdout, its end at Ctrl-C."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

from fcae_gui.cli import EXIT_FAILED, UserError
from fcae_gui.cli.signals import StopRequest
from fcae_gui.jobs.registry import Arrays, Run, Values, in_words

BAR_FORMAT = "{desc} {percentage:3.0f}%|{bar}| [{elapsed}<{remaining}]"


class Teller:
    """Hears jobs (jobs.registry.Tell) in this process, with a bar while it is entered.

    title: said before what a job is doing; interrupted: what Ctrl-C is answered with
    """

    def __init__(self, stop: StopRequest, *, title: str = "", interrupted: str = "interrupted") -> None:
        self.title = title
        self._stop = stop
        self._interrupted = interrupted
        tqdm.monitor_interval = 0  # no thread of its own
        self._bar = tqdm(total=1.0, file=sys.stderr, bar_format=BAR_FORMAT, disable=None, leave=False)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def ask(self, job: Run, arrays: Arrays, params: Values) -> Values:
        """The values that a job ends with. Raises UserError with one sentence, whatever went wrong in it."""
        try:
            values, _ = job(arrays, params, self) or ({}, {})
        except (UserError, BrokenPipeError):
            raise
        except Exception as error:
            raise UserError(in_words(error), EXIT_FAILED) from error
        return values

    def progress(self, fraction: float | None, text: str = "") -> None:
        """See jobs.registry.Tell."""
        if self._stop:
            raise UserError(self._interrupted, self._stop.exit_status)
        self._bar.set_description_str(f"{self.title}: {text}" if self.title else text, refresh=False)
        self._bar.n = fraction or 0.0
        self._bar.refresh()

    def partial(self, values: Values, arrays: Arrays | None = None) -> None:
        """See jobs.registry.Tell. Nobody looks at it."""

    def say(self, line: str) -> None:
        """Print a line as soon as it is known."""
        self._bar.clear()
        print(line, flush=True)
