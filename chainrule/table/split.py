"""Dividing the rows of a table at random into those to learn from and those held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chainrule.errors import OptionError, ShapeError

Rows = NDArray[np.int64]


def split_rows(
    count: int, fraction: float, seed: int = 0, strata: ArrayLike | None = None
) -> tuple[Rows, Rows]:
    """Return (kept, held out): the rows 0 to count − 1, shuffled, and `fraction` of them held out.

    With `strata` (count,), one label a row, every label gives its own share to the held-out rows
    and keeps at least one row, if any has two. Both parts hold at least one row. The same arguments
    give the same rows.

    Raises OptionError for a fraction outside 0 to 1, a seed below 0 or fewer than two rows, and
    ShapeError where `strata` does not hold one label a row.

    >>> kept, held_out = split_rows(10, 0.2, seed=0)
    >>> len(kept), len(held_out)
    (8, 2)
    """
    check_split(count, fraction, seed)
    labels = np.zeros(count, np.int64) if strata is None else np.asarray(strata)
    if labels.shape != (count,):
        raise ShapeError(
            f"split_rows: strata has shape {labels.shape}, {count} rows need ({count},)"
        )
    shuffled = np.random.default_rng(seed).permutation(count)
    kept = np.ones(count, bool)
    kept[held_out_positions(labels[shuffled], fraction)] = False
    return shuffled[kept], shuffled[~kept]


def check_split(count: int, fraction: float, seed: int) -> None:
    """Raise OptionError unless `split_rows` can take these arguments."""
    if not 0 < fraction < 1:
        raise OptionError(f"the share of rows held out must lie between 0 and 1, not {fraction}")
    if seed < 0:
        raise OptionError(f"the seed of the split must be 0 or more, not {seed}")
    if count < 2:
        raise OptionError(f"{count} row(s) cannot be divided into two parts; give at least 2")


def held_out_positions(labels: NDArray[np.generic], fraction: float) -> Rows:
    """Return the positions in `labels` (rows,) of the first rows of each label, its share."""
    _, group, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    by_group = np.argsort(group, kind="stable")
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen: Rows = by_group[rank < np.repeat(fair_shares(sizes, fraction), sizes)]
    return chosen


def fair_shares(sizes: Rows, fraction: float) -> Rows:
    """Return how many rows of each group to hold out: whole numbers near `fraction * sizes`.

    They add up to the rounded share of all rows, as far as every group keeps a row: each is rounded
    down, and the groups that lose most by that give one more.

    >>> fair_shares(np.array([6, 3, 1]), 0.2)
    array([1, 1, 0])
    """
    exact = fraction * sizes
    shares: Rows = np.minimum(np.floor(exact).astype(np.int64), sizes - 1)
    more = max(round(float(exact.sum())), 1) - int(shares.sum())
    can_give = np.flatnonzero(shares < sizes - 1)
    shares[can_give[np.argsort(shares[can_give] - exact[can_give], kind="stable")[:more]]] += 1
    if not shares.any():
        shares[0] = 1
    return shares
