"""Measured times as text, the same in every table and sentence."""

from __future__ import annotations

MINUTE_S, HOUR_S = 60.0, 3600.0


def duration(seconds: float) -> str:
    """42 µs, 4.2 ms, 0.68 s, 12.3 s, 3 min 20 s, 2 h 5 min: two or three digits, as exact as one measures."""
    if seconds < 0.000995:
        return f"{1e6 * seconds:.0f} µs"
    if seconds < 0.0995:
        return f"{1000 * seconds:.2g} ms"
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < MINUTE_S - 0.05:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < HOUR_S:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"
