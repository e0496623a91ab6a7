"""What a convolution is told for each spatial axis: numbers, and how far it is padded."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from chainrule.errors import OptionError

Sizes = int | Sequence[int]
Padding = Sizes | str
Pairs = tuple[tuple[int, int], ...]


def for_each_axis(layer: str, name: str, value: Any, rank: int, least: int = 1) -> tuple[int, ...]:
    """Return `value`, one number or one for each of `rank` axes, as a tuple.

    Errors: `OptionError` where it is neither, or a number is below `least`.

    >>> for_each_axis("Conv2d", "stride", 2, 2)
    (2, 2)
    """
    listed = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else None
    given = (value,) * rank if listed is None else listed * (rank if len(listed) == 1 else 1)
    try:
        numbers = tuple(operator.index(number) for number in given)
    except TypeError:
        numbers = ()
    if len(numbers) != rank or min(numbers) < least or any(isinstance(x, bool) for x in given):
        raise OptionError(
            f"{layer}: {name} is an integer of at least {least}, or a tuple of {rank} such, one "
            f"for each spatial axis, got {value!r}"
        )
    return numbers


def pairs_of(
    layer: str, padding: Any, taps: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> Pairs:
    """Return how many places there are before and behind each axis.

    With `"same"` the result is as long as the image, an odd place coming last; `"valid"` is none.

    Errors: `OptionError` for another word, and for `"same"` with a stride.

    >>> pairs_of("Conv1d", "same", (4,), (1,), (1,))
    ((1, 2),)
    """
    if padding == "valid":
        return ((0, 0),) * len(taps)
    if padding == "same":
        if any(stride != 1 for stride in strides):
            raise OptionError(
                f"{layer}: padding 'same' goes with a stride of 1, got {tuple(strides)}; give the "
                "padding in numbers"
            )
        totals = [dilation * (n - 1) for dilation, n in zip(dilations, taps, strict=True)]
        return tuple((total // 2, total - total // 2) for total in totals)
    if isinstance(padding, str):
        raise OptionError(f"{layer}: padding is a number, 'same' or 'valid', got {padding!r}")
    numbers = for_each_axis(layer, "padding", padding, len(taps), least=0)
    return tuple((number, number) for number in numbers)
