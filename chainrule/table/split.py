"""Dividing the rows of a table at random into those to learn from and those held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chainrule.errors import OptionError, ShapeError

Rows = NDArray[np.int64]


def split_rows(
    count: int, fraction: float, seed: int = 0, strata: ArrayLike | None = None
) -> tuple[Rows, Rows]:
    """Return (kept, held out): the shuffled row numbers 0 to count - 1, `fraction` of them held out.

    With `strata` (count,), one label a row, each label gives its own share to the held-out rows
    (rounded, and at most all but one of its rows, so that every label stays among the kept).
    The same arguments give the same rows. Both parts hold at least one row.

    Raises OptionError for a fraction outside 0 to 1, a seed below 0 or fewer than two rows, and
    ShapeError where `strata` does not hold one label a row.

    >>> kept, held_out = split_rows(10, 0.2, seed=0)
    >>> len(kept), len(held_out)
    (8, 2)
    """
    check_split(count, fraction, seed)
    labels = np.zeros(count, np.int64) if strata is None else np.asarray(strata)
    if labels.shape != (count,):
        raise ShapeError(f"split_rows: strata has shape {labels.shape}, {count} rows need ({count},)")
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
    """Return the positions in `labels` (rows,) of the first rows of each label, its share of them.

    Shares are rounded so that their sum is the rounded share of all rows (largest remainders).
    """
    _, label_of_row, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    shares = fair_shares(sizes, fraction)
    grouped = np.argsort(label_of_row, kind="stable")
    starts = np.cumsum(sizes) - sizes
    rank = np.arange(len(labels)) - np.repeat(starts, sizes)
    return grouped[rank < np.repeat(shares, sizes)]


def fair_shares(sizes: Rows, fraction: float) -> Rows:
    """Return how many rows of each group to hold out: whole numbers near `fraction * sizes`."""
    total = min(max(round(float(fraction * sizes.sum())), 1), int(sizes.sum()) - 1)
    shares = np.minimum(np.floor(fraction * sizes).astype(np.int64), sizes - 1)
    remainders = np.where(shares < sizes - 1, fraction * sizes - shares, -1.0)
    for group in np.argsort(-remainders, kind="stable")[: total - int(shares.sum())]:
        shares[group] += remainders[group] >= 0
    if shares.sum() == 0:
        shares[np.argmax(sizes)] = 1
    return shares
