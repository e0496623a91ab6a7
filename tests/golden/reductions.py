"""What the reference calls its reductions and scans, and how they are called here."""

from __future__ import annotations

from typing import Any

import chainrule as cr
from tests.golden.reference import Call, numbers_too


def reduction(call: Call) -> Call:
    """Axes are called dim, and a kept axis keepdim."""

    @numbers_too
    def reduced(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
        return call(x, axis=dim, keepdims=keepdim)

    return reduced


def extreme(value: Call, place: Call) -> Call:
    """With an axis, the place comes along."""

    @numbers_too
    def found(x: Any, dim: int | None = None, keepdim: bool = False) -> Any:
        if dim is None:
            return value(x)
        # Where several are largest the reference gives the whole gradient to the one it names.
        where = place(x, axis=dim, keepdims=True)
        largest = cr.take_along_axis(x, where, axis=dim)
        return tuple(y if keepdim else cr.squeeze(y, dim) for y in (largest, where))

    return found


def spread(call: Call) -> Call:
    """Variance and deviation are unbiased unless said otherwise."""

    def measured(
        x: Any,
        dim: Any = None,
        unbiased: bool = True,
        keepdim: bool = False,
        correction: Any = None,
    ) -> Any:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        taken = float(unbiased) if correction is None else correction
        return call(x, axis=dim, correction=taken, keepdims=keepdim)

    return measured


def cumulative(call: Call) -> Call:
    @numbers_too
    def scanned(x: Any, dim: int, dtype: Any = None) -> Any:
        return call(x, axis=dim, dtype=dtype)

    return scanned


@numbers_too
def median(x: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower of the two middle elements; with an axis, its place comes along."""
    if dim is None:
        flat = cr.sort(cr.reshape(x, (-1,)))
        return flat[(flat.size - 1) // 2]
    middle = (x.shape[dim] - 1) // 2
    order = cr.argsort(x, axis=dim)
    where = cr.take(order, [middle], axis=dim)
    values = cr.take_along_axis(x, where, axis=dim)
    return tuple(y if keepdim else cr.squeeze(y, dim) for y in (values, where))


@numbers_too
def logsumexp(x: Any, dim: Any, keepdim: bool = False) -> Any:
    return cr.logsumexp(x, axis=dim, keepdims=keepdim)


@numbers_too
def product(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    return cr.prod(x, axis=dim, keepdims=keepdim)


def distribution(call: Call) -> Call:
    """A softmax over dim, in another type where one is named."""

    @numbers_too
    def over(x: Any, dim: int, dtype: Any = None) -> Any:
        return call(x if dtype is None else cr.astype(x, dtype), axis=dim)

    return over


CALLS: dict[str, Call] = {
    "amax": reduction(cr.max),
    "amin": reduction(cr.min),
    "cumprod": cumulative(cr.cumulative_prod),
    "cumsum": cumulative(cr.cumulative_sum),
    "log_softmax": distribution(cr.log_softmax),
    "log_softmax@with_dtype": distribution(cr.log_softmax),
    "logsumexp": logsumexp,
    "max@reduction_no_dim": extreme(cr.max, cr.argmax),
    "max@reduction_with_dim": extreme(cr.max, cr.argmax),
    "mean": reduction(cr.mean),
    "median": median,
    "min@reduction_no_dim": extreme(cr.min, cr.argmin),
    "min@reduction_with_dim": extreme(cr.min, cr.argmin),
    "nn.functional.softmin": distribution(cr.nn.softmin),
    "nn.functional.softmin@with_dtype": distribution(cr.nn.softmin),
    "prod": product,
    "softmax": distribution(cr.softmax),
    "softmax@with_dtype": distribution(cr.softmax),
    "std": spread(cr.std),
    "std@unbiased": spread(cr.std),
    "sum": reduction(cr.sum),
    "var": spread(cr.var),
    "var@unbiased": spread(cr.var),
}
