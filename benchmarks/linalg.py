"""Linear algebra beside NumPy's LAPACK, on one thread: `python -m benchmarks.linalg`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import numpy as np

import chainrule as cr
from chainrule import linalg

SIZES = (64, 256)
ROUNDS = 7

# What is measured: ours, NumPy's, and whether the matrix is definite.
CALLS: dict[str, tuple[Callable[..., Any], Callable[..., Any], bool]] = {
    "cholesky": (linalg.cholesky, np.linalg.cholesky, True),
    "det": (linalg.det, np.linalg.det, False),
    "solve, n right sides": (
        lambda a: linalg.solve(a, a.mT),
        lambda a: np.linalg.solve(a, a.T),
        False,
    ),
    "qr": (linalg.qr, np.linalg.qr, False),
    "eigh": (linalg.eigh, np.linalg.eigh, True),
    "svd": (linalg.svd, np.linalg.svd, False),
}


def milliseconds(function: Callable[..., Any], a: np.ndarray) -> float:
    """The least of some rounds."""
    function(a)
    times = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        function(a)
        times.append(perf_counter() - begun)
    return 1e3 * min(times)


def rows() -> Iterator[str]:
    """The table, row by row."""
    yield "| float64 | n | chainrule, ms | NumPy, ms |"
    yield "|---|---|---|---|"
    for name, (ours, theirs, definite) in CALLS.items():
        for n in SIZES:
            a = np.random.default_rng(0).standard_normal((n, n))
            a = a @ a.T + n * np.eye(n) if definite else a
            native = milliseconds(cr.compile(ours, device="native"), a)
            yield f"| {name} | {n} | {native:.2f} | {milliseconds(theirs, a):.2f} |"


if __name__ == "__main__":
    cr.set_threads(1)
    sys.stdout.writelines(f"{row}\n" for row in rows())
