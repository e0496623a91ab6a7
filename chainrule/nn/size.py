"""A layer's sizes, checked where the layer is made."""

from __future__ import annotations

import operator
from typing import Any

from chainrule.errors import OptionError


def checked_size(layer: str, name: str, size: Any) -> int:
    """Return `size` as an integer; raise `OptionError` unless it is one and positive.

    >>> checked_size("Linear", "inputs", 4)
    4
    """
    try:
        number = operator.index(size)
    except TypeError:
        number = 0
    if number < 1 or isinstance(size, bool):
        raise OptionError(f"{layer}: {name} must be a positive integer, got {size!r}")
    return number
