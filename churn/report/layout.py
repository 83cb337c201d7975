"""Where the nodes of a picture go: a force layout, computed when the report is written, the same for the same graph.

What belongs here: numbers in, numbers out. What doesn't: what the nodes mean (`structure`), and how they are drawn.

1. Nodes start on a spiral, by their order.
2. Springs along edges pull, every pair of nodes pushes, all are drawn to the middle (Fruchterman and Reingold 1991),
   in rounds that move less and less.
3. The whole is turned until it is widest across, and fitted into the frame.
4. Nodes that overlap are moved apart.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Reals = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

WORK = 120_000_000
"""Pairs of nodes that may be looked at in all: half a second. Large graphs get fewer rounds."""
MOST_ROUNDS, LEAST_ROUNDS, ROUNDS_APART = 240, 30, 40
_GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))
_compiled = njit(cache=True, nogil=True, error_model="numpy")


def places(radii: Reals, edges: Numbers, strength: Reals, frame: tuple[float, float], margin: float) -> Reals:
    """Coordinates (node, 2) within a frame of width by height, at least `margin` and the radius from its border.

    `radii` are those of the nodes, in the frame's units; `edges` (edge, 2) are pairs of node numbers,
    `strength` how much each pulls, 1 being usual.
    """
    count = len(radii)
    if count == 0:
        return np.zeros((0, 2))
    turn, far = np.arange(count) * _GOLDEN_ANGLE, np.sqrt(np.arange(count) + 0.5)
    at = np.ascontiguousarray(np.stack([far * np.cos(turn), far * np.sin(turn)], axis=1))
    degree = np.bincount(edges.ravel(), minlength=count).astype(np.float64)
    mass = 1.0 + np.sqrt(degree) + radii / max(1.0, float(np.median(radii)))
    rounds = int(np.clip(WORK // max(1, count * count // 2), LEAST_ROUNDS, MOST_ROUNDS))
    _settle(at, (edges, strength), mass, rounds)
    _fit(at, frame, margin + radii)
    for _ in range(ROUNDS_APART):
        if not _part(at, radii + 0.75):
            break
        np.clip(at, (margin + radii)[:, None], np.array(frame) - (margin + radii)[:, None], out=at)
    return at


@_compiled
def _settle(at: Reals, springs: tuple[Numbers, Reals], mass: Reals, rounds: int) -> None:
    edges, strength = springs
    count = len(at)
    reach = np.sqrt(count) * 1.5
    move = np.zeros((count, 2))
    for turn in range(rounds):
        move[:] = 0.0
        for i in range(count):
            for j in range(i + 1, count):
                x, y = at[i, 0] - at[j, 0], at[i, 1] - at[j, 1]
                push = 0.6 * mass[i] * mass[j] / (x * x + y * y + 0.01)
                move[i, 0] += x * push / mass[i]
                move[i, 1] += y * push / mass[i]
                move[j, 0] -= x * push / mass[j]
                move[j, 1] -= y * push / mass[j]
        for e in range(len(edges)):
            i, j = edges[e, 0], edges[e, 1]
            x, y = at[i, 0] - at[j, 0], at[i, 1] - at[j, 1]
            far = np.sqrt(x * x + y * y) + 1e-9
            pull = 6.0 * strength[e] * np.log1p(far) / far
            move[i, 0] -= x * pull / mass[i]
            move[i, 1] -= y * pull / mass[i]
            move[j, 0] += x * pull / mass[j]
            move[j, 1] += y * pull / mass[j]
        most = 0.1 * reach * (1.0 - turn / rounds) + 0.01
        for i in range(count):
            x, y = move[i, 0] - 0.06 * at[i, 0] * mass[i], move[i, 1] - 0.06 * at[i, 1] * mass[i]
            far = np.sqrt(x * x + y * y) + 1e-9
            share = min(most, far) / far
            at[i, 0] += x * share
            at[i, 1] += y * share


def _fit(at: Reals, frame: tuple[float, float], border: Reals) -> None:
    """Turn the longest way across, then stretch to the frame: by at most twice as much in one direction."""
    at -= at.mean(axis=0)
    if len(at) > 1:
        _, axes = np.linalg.eigh(at.T @ at)
        across = axes[:, 1] * (1.0 if axes[np.abs(axes[:, 1]).argmax(), 1] > 0 else -1.0)
        at[:] = np.stack([at @ across, at @ np.array([-across[1], across[0]])], axis=1)
    low, high = at.min(axis=0), at.max(axis=0)
    room = np.array(frame) - 2 * border.max()
    scale = room / np.maximum(high - low, 1e-6)
    scale = np.minimum(scale, 2.0 * scale.min())
    at[:] = (at - (low + high) / 2) * scale + np.array(frame) / 2


@_compiled
def _part(at: Reals, radii: Reals) -> bool:
    """Move overlapping nodes half the overlap each; whether there were any."""
    found = False
    for i in range(len(at)):
        for j in range(i + 1, len(at)):
            need = radii[i] + radii[j]
            x, y = at[i, 0] - at[j, 0], at[i, 1] - at[j, 1]
            if abs(x) >= need or abs(y) >= need:
                continue
            far = np.sqrt(x * x + y * y)
            if far >= need:
                continue
            if far < 1e-6:
                x, y, far = 1e-3 * (1 + i % 7), 1e-3 * (1 + j % 5), 1e-2
            step = 0.5 * (need - far) / far
            at[i, 0] += x * step
            at[i, 1] += y * step
            at[j, 0] -= x * step
            at[j, 1] -= y * step
            found = True
    return found
