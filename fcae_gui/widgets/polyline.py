"""A numpy array as a QPolygonF without a Python object per point: drawing a curve is then one call."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import shiboken6
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF


def polygon(xs: np.ndarray, ys: np.ndarray) -> QPolygonF:
    """Points (n,), (n,) as a polygon; points with a NaN are left out."""
    good = np.isfinite(xs) & np.isfinite(ys)
    if not good.all():
        xs, ys = xs[good], ys[good]
    made = QPolygonF()
    if len(xs) <= 8:  # cheaper than mapping the memory
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            made.append(QPointF(x, y))
        return made
    made.resize(len(xs))
    data: Any = made.data()  # the stubs see a point where there is an address
    memory: Any = cast(Any, shiboken6.VoidPtr)(data, len(xs) * 16, True)
    points = np.frombuffer(memory, np.float64).reshape(-1, 2)
    points[:, 0] = xs
    points[:, 1] = ys
    return made
