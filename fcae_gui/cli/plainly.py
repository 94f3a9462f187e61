"""What the engine raises, as one sentence for a terminal; torch is imported only when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fcae_gui.cli import EXIT_FAILED, UserError


@contextmanager
def engine_errors() -> Iterator[None]:
    """Raises UserError for a run that cannot be, diverges, or does not fit into the memory."""
    try:
        yield
    except UserError:
        raise
    except ValueError as error:
        raise UserError(str(error)) from None
    except ArithmeticError as error:
        from fcae_gui.engine.loop import DIVERGED, DIVERGED_ADVICE
        from fcae_gui.engine.shadow import DivergedError

        if not isinstance(error, DivergedError):
            raise
        raise UserError(f"{DIVERGED} {DIVERGED_ADVICE}", EXIT_FAILED) from None
    except (RuntimeError, MemoryError) as error:  # torch raises RuntimeError for everything
        from fcae_gui.engine.errors import classify

        _, message, advice = classify(error)
        raise UserError(f"{message} {advice}", EXIT_FAILED) from None
