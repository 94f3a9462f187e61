"""What can be wrong with a data set, as one plain sentence for the user."""

from __future__ import annotations

from fcae_gui.files import BadFile


def could_not_download(title: str, why: str) -> str:
    """What happened and what to do, for a user; `why` is half a sentence."""
    return (
        f"{title} could not be downloaded: {why}. Try again later, name a folder that has it "
        "with --data-dir, or choose Strokes, which needs no download."
    )


class DataProblem(BadFile):
    """Anything that keeps a data set from being used; the text is one sentence for the user."""


class BadData(DataProblem):
    """A data file that is there but cannot be used; the sentence names the file."""


class MissingData(DataProblem):
    """A known data set that is not on this machine yet: it must be downloaded or rendered first."""


class UnknownData(DataProblem):
    """A name that no data set has; the sentence lists the names."""
