"""Ways through a code: evenly spaced, straight or along the data, and the samples they may start from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

Array = np.ndarray

MOST_STOPS = 2_000  # codes a way may go through: some 50 ms of search
SMOOTHINGS = 6  # of a way along the data: codes scatter around the way that a class takes
FINE = 8  # points per frame while a way is smoothed


def along(points: Array, at: Array) -> Array:
    """Places at the shares `at` in [0, 1] of the length of a polyline: (k, d), (n,) -> (n, d) float32."""
    points = np.asarray(points, np.float64)
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)  # (k - 1,)
    passed = np.concatenate([[0.0], np.cumsum(lengths)])  # (k,)
    keep = np.concatenate([[True], lengths > 0.0])
    points, passed = points[keep], passed[keep]
    wanted = np.clip(np.asarray(at, np.float64), 0.0, 1.0) * passed[-1]
    made = [np.interp(wanted, passed, points[:, axis]) for axis in range(points.shape[1])]
    return np.stack(made, axis=1).astype(np.float32)  # (n, d)


def even(points: Array, n: int) -> Array:
    """`n` places with the same distance from one to the next along a polyline: (k, d) -> (n, d) float32."""
    return along(points, np.linspace(0.0, 1.0, n))


def shortest(codes: Array, start: Array, end: Array) -> Array:
    """The way from `start` to `end` whose steps have the least sum of squares, each step to any of `codes`.

    Squared steps make one long step dear and many short ones cheap, so the way keeps to where codes are
    dense, and there always is one (a graph of nearest neighbours may fall apart). (n, d), (d,), (d,) ->
    (k, d) float32 with both ends. Dijkstra on the complete graph; its rows are computed when needed.
    """
    nodes = np.concatenate([start[None, :], codes, end[None, :]]).astype(np.float64)  # (n + 2, d)
    last = len(nodes) - 1
    costs = np.full(len(nodes), np.inf)  # of what is not settled yet
    best = np.full(len(nodes), np.inf)
    before = np.zeros(len(nodes), np.int64)
    open_nodes = np.ones(len(nodes), bool)
    costs[0] = best[0] = 0.0
    while True:
        here = int(costs.argmin())
        if not costs[here] < np.inf:  # an end that is not a number is reached by no way
            return nodes[[0, last]].astype(np.float32)
        if here == last:
            break
        open_nodes[here] = False
        costs[here] = np.inf
        gap = nodes - nodes[here]
        through = best[here] + np.einsum("ij,ij->i", gap, gap)  # (n + 2,)
        better = open_nodes & (through < best)
        best[better] = costs[better] = through[better]
        before[better] = here
    way = [last]
    while way[-1] != 0:
        way.append(int(before[way[-1]]))
    return nodes[way[::-1]].astype(np.float32)


def along_data(codes: Array, stops: Array, n: int) -> Array:
    """`n` evenly spaced places on a smooth way through the codes from each stop to the next.

    (m, d) codes, of which an even choice of MOST_STOPS is used; (k, d) stops with k >= 2 -> (n, d) float32
    """
    finite = codes[np.isfinite(codes).all(axis=1)]
    chosen = finite[:: max(1, -(-len(finite) // MOST_STOPS))]
    legs = []
    for first, second in pairwise(stops):
        leg = even(shortest(chosen, first, second), max(3, FINE * n // (len(stops) - 1)))
        for _ in range(SMOOTHINGS * FINE):  # the stops themselves stay
            leg[1:-1] = 0.25 * leg[:-2] + 0.5 * leg[1:-1] + 0.25 * leg[2:]
        legs.append(leg)
    return even(np.concatenate(legs), n)


def most_typical(codes: Array, members: Array) -> int:
    """That of the rows `members` (k,) of `codes` (n, d) that is nearest to their median; -1 for none."""
    own = codes[members]
    finite = np.isfinite(own).all(axis=1)
    if not finite.any():
        return -1
    members, own = members[finite], own[finite].astype(np.float64)
    away = np.square(own - np.median(own, axis=0)).sum(axis=1)
    return int(members[int(away.argmin())])


def cross_fade(first: Array, second: Array, n: int) -> Array:
    """`n` blends of two samples value by value, these first and last: (d,), (d,) -> (n, d) float32."""
    share = np.linspace(0.0, 1.0, n, dtype=np.float32)[:, None]
    return (1.0 - share) * first.astype(np.float32) + share * second.astype(np.float32)
