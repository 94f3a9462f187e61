"""One file per tool: it builds the tool's panel and connects it to its part of the session; no logic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fcae_gui.wires import (
    canvas,
    card,
    clusters,
    code,
    code_worth,
    directions,
    drop_decoder,
    export,
    few_labels,
    filters,
    glossary,
    landscape,
    lens,
    lesson,
    maps,
    neurons,
    own_data,
    path,
    pca,
    pins,
    recorded,
    scoreboard,
    selection,
    view_steps,
)

# Each takes the MainWindow and returns an object that the window keeps. Order is the order of the tabs.
ALL: tuple[Callable[[Any], object], ...] = (
    landscape.connect,
    selection.connect,
    pins.connect,
    path.connect,
    directions.connect,
    canvas.connect,
    card.connect,
    code.connect,
    code_worth.connect,
    neurons.connect,
    filters.connect,
    lens.connect,
    pca.connect,
    recorded.connect,
    drop_decoder.connect,
    scoreboard.connect,
    few_labels.connect,
    clusters.connect,
    maps.connect,
    export.connect,
    view_steps.connect,
    own_data.connect,
    lesson.connect,
    glossary.connect,
)
