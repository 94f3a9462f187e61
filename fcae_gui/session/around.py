"""Who lives near a code: the labels of its nearest codes on the map, in words and pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fcae_gui.analysis.handwriting import votes
from fcae_gui.session.view import View
from fcae_gui.session.watching import Shown, label_name

NEIGHBOURS = 10
MANY_CODES = 400_000  # numbers: beyond, a search takes longer than a move of the hand may


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Neighbours of a code, nearest first.

    verdict: such as "4" with share 0.9 of the neighbours, "" without labels; images: (k, d) as stored
    """

    verdict: str = ""
    share: float = 0.0
    images: np.ndarray
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """How the vote went, in one line."""
        if not self.verdict:
            return ""
        return f"{round(self.share * len(self.images))} of {len(self.images)} nearest"


class Around:
    """Searches the codes that the map shows; knows the samples behind them."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._shown: Shown | None = None
        self._class_names: tuple[str, ...] = ()

    def set_shown(self, shown: Shown, class_names: tuple[str, ...]) -> None:
        """The samples behind the map from now on."""
        self._shown, self._class_names = shown, class_names

    def near(self, z: np.ndarray) -> Near | None:
        """Neighbours of the code z (code,), None before there are codes that fit."""
        codes, shown = self._view.codes, self._shown
        if codes is None or shown is None or len(codes) != len(shown.map_features):
            return None
        if codes.ndim != 2 or codes.shape[1] != len(z):
            return None
        stride = -(-codes.size // MANY_CODES)  # every so many samples when all of them would be too many
        labels = None if shown.map_labels is None else shown.map_labels[::stride]
        rows, shares = votes(z, codes[::stride], labels, NEIGHBOURS)
        rows = rows * stride
        names: tuple[str, ...] = ()
        if shown.map_labels is not None:
            names = tuple(label_name(int(label), self._class_names) for label in shown.map_labels[rows])
        return Near(
            verdict=label_name(shares[0][0], self._class_names) if shares else "",
            share=shares[0][1] if shares else 0.0,
            images=shown.map_features[rows],
            names=names,
        )
