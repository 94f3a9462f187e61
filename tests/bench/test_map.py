"""The map's benchmark measures what it says."""

from __future__ import annotations

from fcae_gui.bench import REGISTRY, map  # noqa: A004 - the benchmark's own name


def test_the_figure_is_registered_and_reported_once(qapp, monkeypatch):
    monkeypatch.setattr(map, "POINTS", 2000)
    monkeypatch.setattr(map, "PAIRS", 1)
    told = []
    map.run(lambda *figure, **more: told.append(figure))
    assert len(told) == 1
    name, value, unit, target, holds = told[0]
    assert (name, unit, target) == ("map", "times", ">= 5")
    assert REGISTRY[name] == "map"
    assert value > 0
    assert holds == (value >= 5)
