"""From anything to tensors: `asarray`, `astype`, and the promotion of operands to one type."""

from __future__ import annotations

from functools import reduce
from typing import Any, cast

import numpy as np

from chainrule.array.conversion import converted
from chainrule.array.dtype import (
    DType,
    Scalar,
    as_dtype,
    default_of,
    is_floating,
    promote,
    promote_scalar,
)
from chainrule.build.leaf import Weak, constant
from chainrule.build.primitives.elementwise import Astype
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import DTypeError, OptionError, ShapeError

ArrayLike = Any


def asarray(
    obj: ArrayLike, /, *, dtype: Any = None, device: str | None = None, copy: bool | None = None
) -> Tensor:
    """Return `obj` (a number, nested lists, a NumPy array, anything with DLPack) as a tensor.

    Python floats become float32 and integers int64; an array keeps its type. The values are copied
    unless `copy=False`, which asks for a view and promises that nobody writes to it.

    Errors: `DTypeError` for a type that chainrule lacks, `ShapeError` for ragged lists,
    `OptionError` for another type together with `copy=False`.

    >>> asarray([1.0, 2.0])
    Tensor([1., 2.], float32)
    """
    if device not in (None, "cpu"):
        raise DTypeError(f"the only device is 'cpu', got {device!r}")
    wanted = None if dtype is None else as_dtype(dtype)
    held = _held(obj)
    if held is not None and wanted is None:
        return as_type(held, default_of(_sample(held))) if _is_weak(held) else held
    if held is not None and wanted is not None:
        return as_type(held, wanted)
    if _is_number(obj):
        return constant(_number(obj, default_of(obj) if wanted is None else wanted))
    array = _array(obj)
    own = _type_of(obj, array)
    return constant(_owned(obj, array, own if wanted is None else wanted, copy))


def as_type(x: Tensor, dtype: DType) -> Tensor:
    """Return `x` converted to `dtype`; `x` itself where it has that type."""
    return x if x.dtype == dtype else Astype(dtype)(x)


def operands(*inputs: ArrayLike) -> tuple[Tensor, ...]:
    """Return the inputs as tensors of one data type; a Python number takes the others' type.

    Errors: `DTypeError` where the types have no common one.
    """
    arrays = [x if _is_number(x) or _is_weak(x) else asarray(x) for x in inputs]
    dtypes = [x.dtype for x in arrays if isinstance(x, Tensor) and not _is_weak(x)]
    numbers = [_sample(x) for x in arrays if not isinstance(x, Tensor) or _is_weak(x)]
    start = reduce(promote, dtypes) if dtypes else reduce(promote, map(default_of, numbers))
    dtype = reduce(promote_scalar, numbers, start)
    return tuple(
        as_type(x, dtype) if isinstance(x, Tensor) else constant(_number(x, dtype)) for x in arrays
    )


def floating(*inputs: ArrayLike) -> tuple[Tensor, ...]:
    """Return `operands(*inputs)`, integers as float32: for functions of real numbers."""
    found = operands(*inputs)
    return (
        found
        if is_floating(found[0].dtype)
        else tuple(as_type(x, np.dtype(np.float32)) for x in found)
    )


def holds_arrays(obj: ArrayLike) -> bool:
    """Tell whether `obj` is, or has in its lists, an array: something with a type of its own."""
    if isinstance(obj, list | tuple):
        return any(map(holds_arrays, obj))
    return hasattr(obj, "__array__") or hasattr(obj, "__dlpack__")


def _is_number(x: Any) -> bool:
    return isinstance(x, bool | int | float) and not isinstance(x, np.generic)


def _is_weak(x: Any) -> bool:
    """Tell whether `x` stands for a Python number in a function that is being recorded."""
    return isinstance(x, Tensor) and isinstance(x.primitive, Weak)


def _sample(x: Any) -> Scalar:
    """Return a Python number of the kind that `x` is or stands for."""
    if not isinstance(x, Tensor):
        return cast(Scalar, x)
    return 0.0 if is_floating(x.dtype) else 0


def _number(x: Any, dtype: DType) -> Array:
    try:
        return converted(np.asarray(x), dtype) if isinstance(x, float) else np.asarray(x, dtype)
    except OverflowError:
        raise DTypeError(f"{x} does not fit into {dtype}; convert the array with astype") from None


def _held(obj: Any) -> Tensor | None:
    """The tensor that `obj` is, or that a variable holds now."""
    if isinstance(obj, Tensor):
        return obj
    hold = getattr(obj, "__tensor__", None)
    return None if hold is None else hold()


def _array(obj: Any) -> Array:
    if isinstance(obj, list | tuple):
        return _from_lists(obj)
    if hasattr(obj, "__dlpack__") and not isinstance(obj, np.ndarray | np.generic):
        return np.from_dlpack(obj)
    return np.asarray(obj)


def _from_lists(obj: Any) -> Array:
    try:
        return np.asarray(_plain(obj))
    except (ValueError, OverflowError) as error:
        raise ShapeError(f"cannot make one array of these nested lists: {error}") from None


def _type_of(obj: Any, array: Array) -> DType:
    """The type that `obj` has as a tensor: lists of plain Python floats become float32."""
    weak = isinstance(obj, list | tuple) and array.dtype.kind == "f" and not holds_arrays(obj)
    return np.dtype(np.float32) if weak else as_dtype(array.dtype)


def _owned(obj: Any, array: Array, dtype: DType, copy: bool | None) -> Array:
    """`array` in the type `dtype`, a copy of what `obj` holds unless a view was asked for."""
    own = isinstance(obj, list | tuple)
    if copy is False and not own:
        return _view(array, dtype)
    return array if own and array.dtype == dtype else converted(array, dtype)


def _view(array: Array, dtype: DType) -> Array:
    if array.dtype != dtype:
        raise OptionError(f"a view cannot turn {array.dtype} into {dtype}; leave out copy=False")
    return array.view()


def _plain(obj: Any) -> Any:
    """Nested lists with every tensor in them as a NumPy array."""
    if isinstance(obj, list | tuple):
        return [_plain(item) for item in obj]
    held = _held(obj)
    if held is None:
        return obj
    if held.tracked:
        raise DTypeError("a list of tensors with gradients: join them with cr.stack instead")
    return held.known()
