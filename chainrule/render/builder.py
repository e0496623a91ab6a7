"""LLVM IR as text, written through a small typed builder with `with` blocks.

    Type  = (element, lanes)         element is double, float, i1, i8, i16, i32, i64 or ptr
    Value = (text, type)             an SSA name or a constant

Text is far faster to make than object trees, and the module is verified before it is compiled.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple


class Type(NamedTuple):
    """An element type and how many of it stand side by side; one lane is a scalar."""

    element: str
    lanes: int = 1

    def __str__(self) -> str:
        return self.element if self.lanes == 1 else f"<{self.lanes} x {self.element}>"

    @property
    def mangled(self) -> str:
        """The type as the names of LLVM's intrinsics spell it."""
        short = {"float": "f32", "double": "f64"}.get(self.element, self.element)
        return short if self.lanes == 1 else f"v{self.lanes}{short}"

    @property
    def is_floating(self) -> bool:
        """Whether the elements are floating numbers."""
        return self.element in ("float", "double")

    def of(self, element: str) -> Type:
        """The type with as many lanes of another element."""
        return Type(element, self.lanes)


class Value(NamedTuple):
    """An SSA name or a constant, with its type."""

    text: str
    type: Type

    def __str__(self) -> str:
        return f"{self.type} {self.text}"


POINTER = Type("ptr")
INDEX = Type("i64")
BYTES = {"ptr": 8, "float": 4, "double": 8, "i64": 8, "i32": 4, "i16": 2, "i8": 1, "i1": 1}


def index(number: int) -> Value:
    """Return an index as a constant."""
    return Value(str(number), INDEX)


def literal(number: float, type_: Type) -> Value:
    """Return a constant, the same in every lane."""
    if type_.is_floating:
        given = struct.pack("<f", number) if type_.element == "float" else b""
        rounded = struct.unpack("<f", given)[0] if given else number
        text = f"0x{struct.unpack('<Q', struct.pack('<d', rounded))[0]:016X}"
    else:
        text = str(int(number))
    if type_.lanes > 1:
        text = f"splat ({type_.element} {text})"
    return Value(text, type_)


@dataclass
class Module:
    """Functions and the declarations they need; `inner` names those that kernels call."""

    functions: list[str] = field(default_factory=list)
    inner: set[str] = field(default_factory=set)
    declarations: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join([*self.declarations.values(), *self.functions]) + "\n"


@dataclass
class Loop:
    """A loop being written: its index, the values it carries, and what they become."""

    index: Value
    carried: list[Value]
    next: list[Value]


class Function:
    """One function being written, instruction by instruction."""

    def __init__(
        self, module: Module, name: str, parameters: Sequence[Value], result: Type | None = None
    ) -> None:
        self.module = module
        listed = ", ".join(f"{p.type} {p.text}" for p in parameters)
        kind = "void" if result is None else f"internal {result}"
        self._lines = [f"define {kind} @{name}({listed}) nounwind {{", "entry:"]
        self._block = "entry"
        self._count = 0

    def finish(self, result: Value | None = None) -> None:
        """End the function with its result and enter it into the module."""
        self._lines += ["  ret void" if result is None else f"  ret {result}", "}"]
        self.module.functions.append("\n".join(self._lines))

    def emit(self, text: str, type_: Type) -> Value:
        """Write an instruction with a result and return it."""
        self._count += 1
        name = f"%v{self._count}"
        self._lines.append(f"  {name} = {text}")
        return Value(name, type_)

    def do(self, text: str) -> None:
        """Write an instruction without a result."""
        self._lines.append(f"  {text}")

    def leave_if(self, condition: Value) -> None:
        """Write a return where the condition holds."""
        out, on = self._label("out"), self._label("on")
        self.do(f"br i1 {condition.text}, label %{out}, label %{on}")
        self._begin(out)
        self.do("ret void")
        self._begin(on)

    def call(self, name: str, type_: Type, *arguments: Value) -> Value:
        """Write the call of an intrinsic or of an imported function."""
        listed = ", ".join(map(str, arguments))
        types = ", ".join(str(a.type) for a in arguments)
        self.declare(name, f"{type_} @{name}({types})")
        if type_.element == "void":
            self.do(f"call void @{name}({listed})")
            return Value("", type_)
        return self.emit(f"call {type_} @{name}({listed})", type_)

    def inner(self, name: str, write: Callable[[Function, Value], Value], x: Value) -> Value:
        """Write the call of a function that `write` writes, once for the module and the type."""
        whole = f"{name}.{x.type.mangled}"
        if whole not in self.module.inner:
            self.module.inner.add(whole)
            operand = Value("%x", x.type)
            inside = Function(self.module, whole, [operand], x.type)
            inside.finish(write(inside, operand))
        return self.emit(f"call {x.type} @{whole}({x})", x.type)

    def intrinsic(self, name: str, *arguments: Value, type_: Type | None = None) -> Value:
        """Write the call of `llvm.NAME`, overloaded on the first argument's type."""
        first = arguments[0].type
        return self.call(f"llvm.{name}.{first.mangled}", type_ or first, *arguments)

    def binary(self, operation: str, a: Value, b: Value) -> Value:
        """Write `a operation b`."""
        return self.emit(f"{operation} {a.type} {a.text}, {b.text}", a.type)

    def compare(self, condition: str, a: Value, b: Value) -> Value:
        """Write a comparison; `condition` is LLVM's, such as `fcmp olt` or `icmp slt`."""
        return self.emit(f"{condition} {a.type} {a.text}, {b.text}", a.type.of("i1"))

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        """Write `a` where the condition holds, else `b`."""
        return self.emit(f"select {condition}, {a}, {b}", a.type)

    def cast(self, operation: str, x: Value, element: str) -> Value:
        """Write a conversion of the elements of `x`."""
        to = x.type.of(element)
        return self.emit(f"{operation} {x} to {to}", to)

    def address(self, base: Value, element: str, *offsets: Value) -> Value:
        """Return the address `base` + offsets, counted in elements."""
        place = base
        for offset in offsets:
            if offset.text != "0":
                place = self.emit(f"getelementptr {element}, ptr {place.text}, {offset}", POINTER)
        return place

    def load(self, address: Value, type_: Type) -> Value:
        """Load a value; memory is only expected to be aligned to elements."""
        align = BYTES[type_.element]
        return self.emit(f"load {type_}, ptr {address.text}, align {align}", type_)

    def store(self, value: Value, address: Value) -> None:
        """Store a value."""
        align = BYTES[value.type.element]
        self.do(f"store {value}, ptr {address.text}, align {align}")

    def declare(self, name: str, signature: str) -> None:
        """Declare an intrinsic or an imported function, once."""
        self.module.declarations.setdefault(name, f"declare {signature}")

    def table(self, numbers: Sequence[int]) -> Value:
        """Return the address of `numbers` as i64, which the module holds once."""
        held = self.module.declarations
        listed = f"[{len(numbers)} x i64] [{', '.join(f'i64 {n}' for n in numbers)}]"
        held.setdefault(listed, f"@table{len(held)} = private constant {listed}")
        return Value(held[listed].split(" ", 1)[0], POINTER)

    def splat(self, x: Value, lanes: int) -> Value:
        """Return the scalar `x` in every lane."""
        if lanes == 1:
            return x
        wide = Type(x.type.element, lanes)
        if not x.text.startswith("%"):
            return Value(f"splat ({x})", wide)
        one = self.emit(f"insertelement {wide} poison, {x}, i32 0", wide)
        zeros = f"<{lanes} x i32> zeroinitializer"
        return self.emit(f"shufflevector {one}, {wide} poison, {zeros}", wide)

    def plus(self, a: Value, b: Value) -> Value:
        """Return the sum of two indices; constants are added here and now."""
        if a.text == "0":
            return b
        if b.text == "0":
            return a
        return self.binary("add", a, b)

    def least(self, a: Value, b: int) -> Value:
        """Return the smaller of an index and a constant."""
        if a.text.isdecimal():
            return index(min(int(a.text), b))
        return self.intrinsic("umin", a, index(b))

    def most(self, a: Value, b: int) -> Value:
        """Return the larger of an index and a constant."""
        if a.text.isdecimal():
            return index(max(int(a.text), b))
        return self.intrinsic("umax", a, index(b))

    def times(self, a: Value, factor: int) -> Value:
        """Return an index times a constant."""
        if factor == 0 or a.text == "0":
            return index(0)
        return a if factor == 1 else self.binary("mul", a, index(factor))

    def _label(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}"

    def _begin(self, label: str) -> None:
        self._lines.append(f"{label}:")
        self._block = label

    @contextmanager
    def loop(
        self, start: Value, stop: Value, step: int = 1, carried: Sequence[Value] = ()
    ) -> Iterator[Loop]:
        """Write a loop over start, start + step, … below stop, which may run zero times.

        Inside, set `loop.next` to what the carried values become; behind, `loop.carried` are their
        last values.
        """
        head, body, done = self._label("head"), self._label("body"), self._label("done")
        before = self._block
        self.do(f"br label %{head}")
        self._begin(head)
        place = len(self._lines)
        at = self._fresh(INDEX)
        values = [self._fresh(value.type) for value in carried]
        inside = self.compare("icmp ult", at, stop)
        self.do(f"br i1 {inside.text}, label %{body}, label %{done}")
        self._begin(body)
        loop = Loop(at, values, list(values))
        yield loop
        following = self.binary("add", at, index(step))
        phis = [(at, start, following), *zip(values, carried, loop.next, strict=True)]
        ways = [(phi, f"[{a.text}, %{before}], [{b.text}, %{self._block}]") for phi, a, b in phis]
        self._lines[place:place] = [f"  {phi.text} = phi {phi.type} {both}" for phi, both in ways]
        self.do(f"br label %{head}")
        self._begin(done)

    def _fresh(self, type_: Type) -> Value:
        self._count += 1
        return Value(f"%v{self._count}", type_)
