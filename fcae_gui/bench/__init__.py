"""The figures this program promises, each measured beside what it is compared with: `fcae bench`."""

from __future__ import annotations

# Figure -> module of this package that measures it. A module runs once, in a process of its own.
REGISTRY: dict[str, str] = {
    "engine": "engine",
    "engine_peak": "engine",
    "gui": "gui",
    "beat_p99": "beat",
    "beat_max": "beat",
    "decode": "decode",
    "map": "map",
    "start": "start",
    "first_map": "start",
    "memory": "memory",
    "strokes": "strokes",
    "explore_landscape_map": "explore",
    "explore_landscape_deep": "explore",
    "explore_pen": "explore",
    "explore_solve": "explore",
    "explore_hover": "explore",
    "explore_lasso": "explore",
    "explore_pan_70k": "explore",
    "explore_pan_1m": "explore",
}
