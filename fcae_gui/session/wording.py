"""How numbers and states are said, in one place for the window, the tests and the screen reader."""

from __future__ import annotations

from fcae_gui.session.values import Numbers

STATE_TEXTS = {
    "empty": "No data yet",
    "loading": "Loading data ...",
    "paused": "Paused",
    "running": "Training",
    "finished": "Finished: play on with Space",
    "diverged": "Diverged: stopped at the last good step",
    "failed": "Stopped by an error",
}


def rate(images_per_s: float) -> str:
    """Images per second in three figures: 41.3k img/s."""
    if images_per_s <= 0:
        return "- img/s"
    if images_per_s >= 1e6:
        return f"{images_per_s / 1e6:.2f}M img/s"
    if images_per_s >= 1e5:
        return f"{images_per_s / 1e3:.0f}k img/s"
    if images_per_s >= 1e3:
        return f"{images_per_s / 1e3:.1f}k img/s"
    return f"{images_per_s:.0f} img/s"


def duration(seconds: float | None) -> str:
    """Time left: 8 s, 1:05 min, 2:10 h."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s left"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min left"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h left"


def epoch(numbers: Numbers) -> str:
    """epoch 3.2 of 10."""
    target = f" of {numbers.target_epochs}" if numbers.target_epochs else ""
    return f"epoch {numbers.epoch:.2f}{target}"


def significant(value: float | None) -> str:
    """Three significant figures, "-" for nothing."""
    return "-" if value is None else f"{value:.3g}"


def device(numbers: Numbers) -> str:
    """cpu, 1 thread; cuda."""
    threads = ""
    if numbers.device_kind == "cpu" and numbers.threads:
        threads = f", {numbers.threads} thread" + ("s" if numbers.threads > 1 else "")
    return f"{numbers.device_kind}{threads}"


def data_bytes(done: int, total: int | None) -> str:
    """12.3 of 52.1 MB."""
    if total:
        return f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"
    return f"{done / 1e6:.1f} MB" if done else ""
