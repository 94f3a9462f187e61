"""What the window costs: training speed with it visible, against the same engine without one."""

from __future__ import annotations

import sys
import threading
import time

from fcae_gui.bench.reporting import Report
from fcae_gui.bench.shared import interleaved, load_mnist

FIGURES = ("gui",)
TARGET = 0.85
PAIRS = 5
SECONDS = 5.0  # per half of a pair: some 150 repaints


def run(report: Report) -> None:
    """Reports `gui`: steps per second of preset `map` on MNIST, 10,000 points shown, window / no window.

    Both halves run in this process, at the same thread count, in turn; while the engine runs alone the
    window's own run is paused and its frame timer stands still.
    """
    dataset = load_mnist()
    from fcae_gui.bench.window import live_window, run_for
    from fcae_gui.engine.events import Play, Stop
    from fcae_gui.engine.loop import Inbox, serve
    from fcae_gui.engine.trainer import Trainer

    with live_window(data="mnist") as window:
        session = window.session
        config = session.config
        assert config is not None

        def with_window() -> float:
            session.play()
            run_for(0.5)
            began, first = time.perf_counter(), session.trained_steps()
            run_for(SECONDS)
            rate = (session.trained_steps() - first) / (time.perf_counter() - began)
            session.pause()
            run_for(0.3)
            return rate

        trainer = Trainer(config, dataset)

        def without() -> float:
            # The frame timer stands still too: nothing of the window runs beside the engine.
            session.hold_frames(True)
            alone_inbox = Inbox()
            thread = threading.Thread(target=_drain, args=(serve(trainer, alone_inbox),), daemon=True)
            alone_inbox.put(Play())
            thread.start()
            time.sleep(0.5)
            began, first = time.perf_counter(), trainer.step_count
            time.sleep(SECONDS)
            rate = (trainer.step_count - first) / (time.perf_counter() - began)
            alone_inbox.put(Stop())
            thread.join()
            session.hold_frames(False)
            return rate

        ratio, pairs = interleaved(with_window, without, pairs=PAIRS)
    for shown, alone in pairs:
        print(f"gui: {shown:,.0f} steps/s with the window, {alone:,.0f} without", file=sys.stderr)
    report("gui", ratio, "ratio", f">= {TARGET}", ratio >= TARGET)


def _drain(events: object) -> None:
    for _event in events:  # type: ignore[attr-defined]
        pass
