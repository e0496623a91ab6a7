"""Bodies of kernels on lanes of elements: loads, computations, stores, reductions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chainrule.array.dtype import DType, bool_, greatest, is_floating, least
from chainrule.build.primitives.broadcast import Sum
from chainrule.build.primitives.elementwise import Astype
from chainrule.build.primitives.reduction import Prod, ReduceMax, ReduceMin
from chainrule.build.tensor import Primitive
from chainrule.fuse.group import NotNativeError
from chainrule.plan.kernel import Buffer, Compute, Load, Reduce, Statement, Store, View
from chainrule.plan.machine import Machine
from chainrule.render.builder import INDEX, POINTER, Function, Type, Value, index, literal
from chainrule.render.conversion import converted, memory_of
from chainrule.render.elementwise import emit, extreme
from chainrule.render.memory import masked_load, masked_store

TABLE = Value("%table", POINTER)
PLACES = Value("%places", POINTER)


class Units(NamedTuple):
    """The units that one call of a kernel does: from `first` up to `last`."""

    first: Value
    last: Value

    def places(self, f: Function, step: int, length: int) -> tuple[Value, Value]:
        """Return the places that they cover, `step` each, of `length` in all."""
        stop = f.times(self.last, step)
        return f.times(self.first, step), f.intrinsic("umin", stop, index(length))


@dataclass(frozen=True)
class Place:
    """Where a body stands: for each view its offset in elements, and the stride along the lanes."""

    offsets: Mapping[View, Value]
    strides: Mapping[View, int]
    lanes: int
    active: int


def lanes_for(body: Sequence[Statement], machine: Machine) -> int:
    """Return how many elements of the widest type in `body` fill a vector register."""
    widest = max(
        [4]
        + [s.view.buffer.dtype.itemsize for s in body if isinstance(s, Load | Store | Reduce)]
        + [s.dtype.itemsize for s in body if isinstance(s, Compute)]
    )
    return machine.lanes(widest)


class Body:
    """The statements of a kernel, written at one place after another."""

    def __init__(
        self, f: Function, bases: Mapping[Buffer, Value], statements: Sequence[Statement]
    ) -> None:
        self.f, self.bases, self.statements = f, bases, statements

    @property
    def views(self) -> list[View]:
        """All views that the body reads or writes at each place."""
        return [s.view for s in self.statements if isinstance(s, Load | Store)]

    @property
    def reductions(self) -> list[Reduce]:
        """The reductions of the body."""
        return [s for s in self.statements if isinstance(s, Reduce)]

    def write(
        self, place: Place, sums: Sequence[Value] = (), given: tuple[Value, DType] | None = None
    ) -> list[Value]:
        """Write the body at `place`; return the running reductions `sums` with it included."""
        values = {} if given is None else {0: given}
        following: list[Value] = []
        for statement in self.statements:
            match statement:
                case Load(target, view):
                    values[target] = (self.load(view, place), view.buffer.dtype)
                case Compute(target, primitive, operands, dtype):
                    inputs = [values[operand] for operand in operands]
                    values[target] = (self.compute(primitive, inputs, dtype), dtype)
                case Store(view, operand):
                    self.store(values[operand][0], view, place)
                case Reduce(_, primitive, operand):
                    value, dtype = values[operand]
                    running = sums[len(following)]
                    following.append(combine(self.f, primitive, dtype, running, value))
        return following

    def compute(
        self, primitive: Primitive, inputs: Sequence[tuple[Value, DType]], dtype: DType
    ) -> Value:
        """Write one computation; the result has `dtype`."""
        operands = [value for value, _ in inputs]
        if isinstance(primitive, Astype):
            return converted(self.f, inputs[0][1], operands[0], dtype)
        return emit(self.f, primitive, inputs[-1][1], operands)

    def address(self, view: View, place: Place, lane: int = 0) -> Value:
        """Return the address of the element of `view` under one of the lanes."""
        dtype = view.buffer.dtype
        offset = self.f.plus(place.offsets[view], index(lane * place.strides[view]))
        return self.f.address(self.bases[view.buffer], memory_of(dtype), offset)

    def load(self, view: View, place: Place) -> Value:
        """Load the elements of `view` under the lanes."""
        element, stride = memory_of(view.buffer.dtype), place.strides[view]
        if place.lanes == 1 or stride == 0:
            one = self.f.load(self.address(view, place), Type(element))
            loaded = self.f.splat(one, place.lanes)
        elif stride == 1 and place.active == place.lanes:
            loaded = self.f.load(self.address(view, place), Type(element, place.lanes))
        elif stride == 1:
            type_ = Type(element, place.lanes)
            loaded = masked_load(self.f, self.address(view, place), type_, place.active)
        else:
            loaded = self._lane_by_lane(view, place, element)
        if view.buffer.dtype == bool_:
            return self.f.compare("icmp ne", loaded, literal(0, loaded.type))
        return loaded

    def _lane_by_lane(self, view: View, place: Place, element: str) -> Value:
        loaded = literal(0, Type(element, place.lanes))
        for lane in range(place.active):
            one = self.f.load(self.address(view, place, lane), Type(element))
            loaded = self.f.emit(f"insertelement {loaded}, {one}, i32 {lane}", loaded.type)
        return loaded

    def store(self, value: Value, view: View, place: Place) -> None:
        """Store the lanes of `value` into `view`."""
        if view.buffer.dtype == bool_:
            value = self.f.cast("zext", value, "i8")
        if place.lanes == 1 or (place.strides[view] == 1 and place.active == place.lanes):
            self.f.store(value, self.address(view, place))
            return
        if place.strides[view] == 1:
            masked_store(self.f, value, self.address(view, place), place.active)
            return
        for lane in range(place.active):
            one = self.f.emit(f"extractelement {value}, i32 {lane}", Type(value.type.element))
            self.f.store(one, self.address(view, place, lane))


def combine(f: Function, primitive: Primitive, dtype: DType, a: Value, b: Value) -> Value:
    """Return two partial results of a reduction as one."""
    match primitive:
        case Sum() | Prod() if dtype == bool_:
            return f.binary("or" if isinstance(primitive, Sum) else "and", a, b)
        case Sum():
            return f.binary("fadd" if is_floating(dtype) else "add", a, b)
        case Prod():
            return f.binary("fmul" if is_floating(dtype) else "mul", a, b)
        case ReduceMax() if dtype == bool_:
            return f.binary("or", a, b)
        case ReduceMin() if dtype == bool_:
            return f.binary("and", a, b)
        case ReduceMax() | ReduceMin():
            condition = "gt" if isinstance(primitive, ReduceMax) else "lt"
            return extreme(f, condition, dtype.kind == "i", a, b)
    raise NotNativeError(f"{type(primitive).__name__} has no native kernel yet")


def start_of(primitive: Primitive, dtype: DType) -> float:
    """Return what a reduction starts from."""
    if isinstance(primitive, Sum | Prod):
        return 0 if isinstance(primitive, Sum) else 1
    return least(dtype) if isinstance(primitive, ReduceMax) else greatest(dtype)


def across(f: Function, primitive: Primitive, dtype: DType, x: Value) -> Value:
    """Return the lanes of `x` reduced to one, halves onto halves."""
    while x.type.lanes > 1:
        half = x.type.lanes // 2
        parts = [_half(f, x, start, half) for start in (0, half)]
        x = combine(f, primitive, dtype, *parts)
    return x


def _half(f: Function, x: Value, start: int, count: int) -> Value:
    if count == 1:
        return f.emit(f"extractelement {x}, i32 {start}", Type(x.type.element))
    mask = ", ".join(f"i32 {lane}" for lane in range(start, start + count))
    part = Type(x.type.element, count)
    return f.emit(f"shufflevector {x}, {x.type} poison, <{count} x i32> <{mask}>", part)


def base_pointers(f: Function, buffers: Sequence[Buffer]) -> dict[Buffer, Value]:
    """Load the addresses of `buffers` from the program's table, where the routine is told."""
    return {buffer: _base(f, buffer) for buffer in buffers}


def _base(f: Function, buffer: Buffer) -> Value:
    place = f.load(f.address(PLACES, "i64", index(buffer.index)), INDEX)
    return f.load(f.address(TABLE, "ptr", place), POINTER)
