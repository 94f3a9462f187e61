"""What a hand feels while it explores: each part measures its figures in the real window, while it trains."""

from __future__ import annotations

import importlib
import sys
import traceback

from fcae_gui.bench.reporting import Report
from fcae_gui.bench.shared import load_mnist

# Module of this package with run(report) -> the figures it reports. Each part opens windows of its own.
PARTS: dict[str, tuple[str, ...]] = {
    "explore_landscape": ("explore_landscape_map", "explore_landscape_deep"),
    "explore_canvas": ("explore_pen", "explore_solve"),
    "explore_points": ("explore_hover", "explore_lasso", "explore_pan_70k", "explore_pan_1m"),
}
FIGURES: tuple[str, ...] = tuple(figure for figures in PARTS.values() for figure in figures)


def run(report: Report) -> None:
    """All parts, one after the other; a part that fails leaves its figures unmeasured, with the reason."""
    load_mnist()
    for part, figures in PARTS.items():
        told: set[str] = set()

        def report_part(name: str, *values: object, _told: set[str] = told, reason: str = "") -> None:
            _told.add(name)
            report(name, *values, reason=reason)  # type: ignore[arg-type]

        reason = "the benchmark ended without a result"
        try:
            importlib.import_module(f"fcae_gui.bench.{part}").run(report_part)
        except Exception as error:  # noqa: BLE001 - one broken part must not stop the others
            traceback.print_exc(file=sys.stderr)
            line = (str(error).strip().splitlines() or [""])[0]
            reason = f"{type(error).__name__}: {line}"[:200]
        for name in figures:
            if name not in told:
                report(name, None, "", "", None, reason=reason)
