"""How many threads programs may use: set by the user, the environment, or the processors."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from chainrule.errors import OptionError
from chainrule.run.pace import Pace

VARIABLE = "CHAINRULE_THREADS"
MOST_BY_DEFAULT = 64


@dataclass
class Setting:
    """The most threads, 0 until somebody asks; and whether programs use exactly so many."""

    count: int = 0
    exact: bool = False


_setting = Setting()


def set_threads(count: int | None, *, exact: bool = False) -> None:
    """Let native programs use up to `count` threads; `None` goes back to the default.

    The default is the environment variable `CHAINRULE_THREADS`, else the number of processors that
    this process may use, at most 64. A program uses fewer threads where it finds that to be faster:
    for little work, or beside a busy neighbor. With `exact=True` it always uses `count`. Results
    have the same bits whatever the number.

    Errors: `OptionError` where `count` is no whole number from 1 up.

    >>> set_threads(2)
    >>> get_threads()
    2
    >>> set_threads(None)
    """
    if count is not None and not is_count(count):
        raise OptionError(f"set_threads takes a whole number from 1 up, or None, got {count!r}")
    _setting.count = _default() if count is None else int(count)
    _setting.exact = exact and count is not None


def get_threads() -> int:
    """Return the most threads that native programs use; see `set_threads`.

    Errors: `OptionError` where `CHAINRULE_THREADS` is asked and no whole number from 1 up.
    """
    if not _setting.count:
        _setting.count = _default()
    return _setting.count


def threads_for(pace: Pace) -> int:
    """Return the number of threads for the next step of a program with this pace."""
    limit = get_threads()
    return limit if _setting.exact else pace.choose(limit)


def is_count(value: object) -> TypeGuard[int]:
    """Tell whether `value` is a whole number from 1 up."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= 1


def _default() -> int:
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return min(_processors(), MOST_BY_DEFAULT)
    if not text.isdecimal() or int(text) < 1:
        raise OptionError(
            f"the environment variable {VARIABLE} is {text!r}, not a number from 1 up"
        )
    return int(text)


def _processors() -> int:
    """The processors that this process may use; macOS knows only how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
