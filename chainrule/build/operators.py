"""Python's operators on arrays: `x + y` is the array function `add`, `x[i]` is `getitem`, …

The array functions stand further down the data's way than the arrays they take, so they enter
themselves here by name (`@operator`), and the methods look them up when called; the modules that
enter them are loaded the first time that one is missing.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape, size_of
from chainrule.errors import ChainruleError, OptionError

Function = TypeVar("Function", bound=Callable[..., Any])

HOMES = (
    "chainrule.build.functions.arithmetic",
    "chainrule.build.functions.at",
    "chainrule.build.functions.comparison",
    "chainrule.build.functions.indexing",
    "chainrule.build.functions.linear_algebra",
    "chainrule.build.functions.manipulation",
    "chainrule.build.functions.reduction",
    "chainrule.derive.reverse",
)

# The editions of the Array API standard that the namespace follows: each holds those before it.
VERSIONS = ("2021.12", "2022.12", "2023.12", "2024.12")


class Functions(dict[str, Callable[..., Any]]):
    """Functions by name; a missing one is entered by its home."""

    def __missing__(self, name: str) -> Callable[..., Any]:
        for home in HOMES:
            importlib.import_module(home)
        return dict.__getitem__(self, name)


FUNCTIONS = Functions()


def operator(function: Function) -> Function:
    """Enter `function` under its name, so that the methods of `Operators` find it."""
    FUNCTIONS[function.__name__] = function
    return function


class Operators:
    """What tensors and variables have in common: shape and type, and what they can do.

    Each operator and method is one array function.
    """

    __slots__ = ()

    spec: Any
    """Shape and data type."""

    __array_priority__ = 1000.0
    __array_ufunc__ = None

    @property
    def shape(self) -> Shape:
        """The lengths of the axes."""
        shape: Shape = self.spec.shape
        return shape

    @property
    def dtype(self) -> DType:
        """The data type of the elements."""
        dtype: DType = self.spec.dtype
        return dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return size_of(self.shape)

    def __array_namespace__(self, /, *, api_version: str | None = None) -> Any:
        if api_version not in (None, *VERSIONS):
            raise OptionError(f"the Array API is here in {', '.join(VERSIONS)}, not {api_version}")
        return importlib.import_module("chainrule")

    def __add__(self, other: Any) -> Any:
        return FUNCTIONS["add"](self, other)

    def __radd__(self, other: Any) -> Any:
        return FUNCTIONS["add"](other, self)

    def __sub__(self, other: Any) -> Any:
        return FUNCTIONS["subtract"](self, other)

    def __rsub__(self, other: Any) -> Any:
        return FUNCTIONS["subtract"](other, self)

    def __mul__(self, other: Any) -> Any:
        return FUNCTIONS["multiply"](self, other)

    def __rmul__(self, other: Any) -> Any:
        return FUNCTIONS["multiply"](other, self)

    def __truediv__(self, other: Any) -> Any:
        return FUNCTIONS["divide"](self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return FUNCTIONS["divide"](other, self)

    def __floordiv__(self, other: Any) -> Any:
        return FUNCTIONS["floor_divide"](self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return FUNCTIONS["floor_divide"](other, self)

    def __mod__(self, other: Any) -> Any:
        return FUNCTIONS["remainder"](self, other)

    def __rmod__(self, other: Any) -> Any:
        return FUNCTIONS["remainder"](other, self)

    def __pow__(self, other: Any) -> Any:
        return FUNCTIONS["pow"](self, other)

    def __rpow__(self, other: Any) -> Any:
        return FUNCTIONS["pow"](other, self)

    def __matmul__(self, other: Any) -> Any:
        return FUNCTIONS["matmul"](self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return FUNCTIONS["matmul"](other, self)

    def __and__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_and"](self, other)

    def __rand__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_and"](other, self)

    def __or__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_or"](self, other)

    def __ror__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_or"](other, self)

    def __xor__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_xor"](self, other)

    def __rxor__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_xor"](other, self)

    def __lshift__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_left_shift"](self, other)

    def __rlshift__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_left_shift"](other, self)

    def __rshift__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_right_shift"](self, other)

    def __rrshift__(self, other: Any) -> Any:
        return FUNCTIONS["bitwise_right_shift"](other, self)

    def __lt__(self, other: Any) -> Any:
        return FUNCTIONS["less"](self, other)

    def __le__(self, other: Any) -> Any:
        return FUNCTIONS["less_equal"](self, other)

    def __gt__(self, other: Any) -> Any:
        return FUNCTIONS["greater"](self, other)

    def __ge__(self, other: Any) -> Any:
        return FUNCTIONS["greater_equal"](self, other)

    def __eq__(self, other: object) -> Any:
        return FUNCTIONS["equal"](self, other)

    def __ne__(self, other: object) -> Any:
        return FUNCTIONS["not_equal"](self, other)

    __hash__ = object.__hash__

    def __neg__(self) -> Any:
        return FUNCTIONS["negative"](self)

    def __pos__(self) -> Any:
        return FUNCTIONS["positive"](self)

    def __abs__(self) -> Any:
        return FUNCTIONS["abs"](self)

    def __invert__(self) -> Any:
        return FUNCTIONS["bitwise_invert"](self)

    def __getitem__(self, key: Any) -> Any:
        return FUNCTIONS["getitem"](self, key)

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise ChainruleError(
            "a tensor never changes: write y = x.at[key].set(value), which leaves x as it is "
            "(or .add, .multiply, .min, .max)"
        )

    @property
    def at(self) -> Any:
        """The way to copies with some elements changed: `x.at[key].set(value)`, see `cr.At`."""
        return FUNCTIONS["at"](self)

    @property
    def T(self) -> Any:
        """The matrix transposed; only for two axes."""
        return FUNCTIONS["matrix_transpose"](self)

    @property
    def mT(self) -> Any:
        """The last two axes transposed."""
        return FUNCTIONS["matrix_transpose"](self)

    def reshape(self, *shape: Any) -> Any:
        """The same elements in another shape; see `cr.reshape`."""
        return FUNCTIONS["reshape"](self, shape[0] if len(shape) == 1 else shape)

    def astype(self, dtype: Any) -> Any:
        """The same values in another data type; see `cr.astype`."""
        return FUNCTIONS["astype"](self, dtype)

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """The sum over `axis`; see `cr.sum`."""
        return FUNCTIONS["sum"](self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """The mean over `axis`; see `cr.mean`."""
        return FUNCTIONS["mean"](self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """The largest element over `axis`; see `cr.max`."""
        return FUNCTIONS["max"](self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """The smallest element over `axis`; see `cr.min`."""
        return FUNCTIONS["min"](self, axis=axis, keepdims=keepdims)

    def argmax(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """The place of the largest element over `axis`; see `cr.argmax`."""
        return FUNCTIONS["argmax"](self, axis=axis, keepdims=keepdims)
