"""Tensors as nodes of a graph, and the primitives that join them.

    Node      = Tensor | Bundle
    Tensor    = (primitive, inputs: Node*, spec, value?, tracked, source)
    Bundle    = (primitive, inputs: Node*, specs, values?, tracked, source), taken apart by `Item`
    Spec      = (shape, dtype)
    Primitive = shape rule, evaluation, derivative, batching rule, cost

There is one code path: calling a primitive makes a node and, when every input's value is known,
computes its value at once. While a function is recorded its arguments have no value, so neither
have their descendants: recording is the same code with unknown numbers.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from chainrule.array.dtype import DType, is_floating
from chainrule.array.shape import Shape, size_of
from chainrule.build.operators import FUNCTIONS, Operators
from chainrule.build.source import Source, caller
from chainrule.errors import ChainruleError, ShapeError, ValueUnknownError

Array = NDArray[Any]


class Spec(NamedTuple):
    """What is known of an array before its numbers are: shape and data type."""

    shape: Shape
    dtype: DType

    def __str__(self) -> str:
        return f"{self.dtype.name}[{', '.join(map(str, self.shape))}]"


class Cost(NamedTuple):
    """What one evaluation takes: floating-point operations, and bytes read and written."""

    flops: int
    bytes: int


Cotangents = Sequence["Tensor | None"]

REGISTRY: dict[str, type[Primitive]] = {}


class Primitive:
    """One operation; a subclass states all that is known of it, its docstring the formula.

    Subclasses are frozen data classes: their fields are the attributes (axes, shapes), so two equal
    primitives are the same function. Their methods stand in the order in which they do here.
    """

    def __init_subclass__(cls, abstract: bool = False) -> None:
        if not abstract:
            REGISTRY[cls.__name__] = cls

    def __call__(self, *inputs: Node) -> Tensor:
        """Return the primitive applied to `inputs`, computed at once where all are known."""
        source = caller()
        spec = _infer(self, inputs, source)
        tracked = is_floating(spec.dtype) and any(node.tracked for node in inputs)
        value = _evaluate(self, inputs)
        return Tensor(spec, self, _kept(inputs, value, tracked), value, tracked, source)

    @abstractmethod
    def infer(self, *inputs: Any) -> Any:
        """Return the result's spec from the inputs' specs; raise where they do not fit."""

    @abstractmethod
    def evaluate(self, *values: Any) -> Any:
        """Return the result's value by NumPy."""

    def vjp(self, g: Any, y: Any, /, *inputs: Any) -> Cotangents:
        """Return the cotangent of each input for the cotangent `g` of the result `y`.

        It builds graph with the library's own operations. `None` stands for no dependence. Where an
        input was broadcast the result may have the broadcast shape: the reverse pass sums it down.
        """
        raise NotImplementedError(f"{type(self).__name__} has no derivative")

    @abstractmethod
    def batch(self, batched: Sequence[bool], /, *inputs: Any) -> Any:
        """Return the result for inputs of which the `batched` ones have one more axis in front."""

    def cost(self, *inputs: Spec) -> Cost:
        """Return what one evaluation takes; by default one operation an element of the result."""
        result = self.infer(*inputs)
        return Cost(size_of(result.shape), bytes_of(*inputs, result))


def bytes_of(*specs: Spec) -> int:
    """Return how many bytes arrays of these specs take together."""
    return sum(size_of(spec.shape) * spec.dtype.itemsize for spec in specs)


class Node:
    """A place in the graph: a primitive applied to inputs, with its value once known."""

    __slots__ = ("__weakref__", "inputs", "primitive", "source", "tracked", "value")

    def __init__(
        self,
        primitive: Primitive,
        inputs: tuple[Node, ...],
        value: Any,
        tracked: bool,
        source: Source,
    ) -> None:
        self.primitive = primitive
        self.inputs = inputs
        self.value = value
        self.tracked = tracked
        self.source = source


class Bundle(Node):
    """The several results of one primitive; each is taken out by an `Item`."""

    __slots__ = ("specs",)

    def __init__(self, specs: tuple[Spec, ...], *node: Any) -> None:
        super().__init__(*node)
        self.specs = specs


class Tensor(Operators, Node):
    """An array as a node of the graph; it never changes.

    Made by `cr.asarray` and the array functions, not by calling the class. `numpy.asarray(tensor)`
    gives its value as an array that cannot be written to.
    """

    __slots__ = ("spec",)

    spec: Spec

    def __init__(self, spec: Spec, *node: Any) -> None:
        super().__init__(*node)
        self.spec = spec

    @property
    def device(self) -> str:
        """Where the elements are: always `"cpu"`."""
        return "cpu"

    def to_device(self, device: str, /, *, stream: None = None) -> Tensor:
        """Return the tensor itself, for the one device there is."""
        if (device, stream) != ("cpu", None):
            raise ChainruleError(f"the only device is 'cpu' without streams, got {device!r}")
        return self

    def known(self) -> Array:
        """Return the value as a read-only array; raise `ValueUnknownError` while recording."""
        if self.value is None:
            raise ValueUnknownError(
                f"the value of the {self.spec} tensor made at {self.source} is not known while its "
                "function is recorded (compile, vmap, checkpoint); use cr.where, or decide outside"
            )
        return cast(Array, self.value)

    def backward(self) -> Any:
        """Return `{parameter: gradient}` of this scalar; see `chainrule.derive.reverse`."""
        return FUNCTIONS["backward"](self)

    def item(self) -> Any:
        """Return the only element as a Python number."""
        if self.size != 1:
            raise ShapeError(f"item() needs exactly one element, the tensor has shape {self.shape}")
        return self.known().item()

    def tolist(self) -> Any:
        """Return the elements as nested lists."""
        return self.known().tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.known(), dtype=dtype, copy=copy)

    def __dlpack__(
        self,
        *,
        stream: None = None,
        max_version: tuple[int, int] | None = None,
        dl_device: Any = None,
        copy: bool | None = None,
    ) -> Any:
        # What cannot be told that it must not write gets a copy.
        trusted = max_version is not None and max_version >= (1, 0)
        given = self.known() if trusted or copy is False else self.known().copy()
        return given.__dlpack__(
            stream=stream, max_version=max_version, dl_device=dl_device, copy=copy
        )

    def __dlpack_device__(self) -> Any:
        return self.known().__dlpack_device__()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        return self.known().__index__()

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a tensor without axes has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[index] for index in range(len(self)))

    def __repr__(self) -> str:
        if self.value is None:
            return f"Tensor({self.spec}, recorded at {self.source})"
        text = np.array2string(self.value, separator=", ", prefix="Tensor(", threshold=100)
        return f"Tensor({text}, {self.dtype.name})"


def _infer(primitive: Primitive, inputs: tuple[Node, ...], source: Source) -> Any:
    try:
        return primitive.infer(*(spec_of(node) for node in inputs))
    except ChainruleError as error:
        raise type(error)(f"{error} (at {source})") from None


def spec_of(node: Node) -> Any:
    """Return the spec of a tensor, the specs of a bundle."""
    return node.specs if isinstance(node, Bundle) else cast(Tensor, node).spec


def _evaluate(primitive: Primitive, inputs: tuple[Node, ...]) -> Any:
    if any(node.value is None for node in inputs):
        return None
    with np.errstate(all="ignore"):
        return frozen(primitive.evaluate(*(node.value for node in inputs)))


def frozen(value: Any) -> Any:
    """Return `value` as arrays that cannot be written to."""
    if isinstance(value, tuple):
        return tuple(map(frozen, value))
    array = np.asarray(value)
    array.flags.writeable = False
    return array


def _kept(inputs: tuple[Node, ...], value: Any, tracked: bool) -> tuple[Node, ...]:
    """A node keeps its inputs only where needed, so that a long plain loop does not grow."""
    return inputs if tracked or value is None else ()


class Several(Primitive, abstract=True):
    """A primitive with several results: called, it returns a tuple of tensors."""

    def __call__(self, *inputs: Node) -> tuple[Tensor, ...]:  # type: ignore[override]
        """Return the results of the primitive applied to `inputs`."""
        source = caller()
        specs = _infer(self, inputs, source)
        tracked = any(node.tracked for node in inputs)
        value = _evaluate(self, inputs)
        bundle = Bundle(specs, self, _kept(inputs, value, tracked), value, tracked, source)
        return tuple(Item(index)(bundle) for index in range(len(specs)))


@dataclass(frozen=True)
class Item(Primitive):
    """y = x_i, one result of a bundle."""

    index: int

    def infer(self, inputs: tuple[Spec, ...]) -> Spec:
        return inputs[self.index]

    def evaluate(self, values: tuple[Array, ...]) -> Array:
        return values[self.index]

    def vjp(self, g: Tensor, y: Tensor, bundle: Bundle) -> Cotangents:
        return (g,)

    def batch(self, batched: Sequence[bool], *inputs: Any) -> Any:
        raise NotImplementedError("a bundle is batched whole")
