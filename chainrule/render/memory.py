"""Ways to memory beyond plain loads and stores: parts of vectors, whole stretches, and ahead."""

from __future__ import annotations

from chainrule.render.builder import BYTES, Function, Type, Value, index


def _first_lanes(active: int, lanes: int) -> Value:
    """The mask of the first `active` of `lanes` lanes."""
    listed = ", ".join(f"i1 {lane < active}".lower() for lane in range(lanes))
    return Value(f"<{listed}>", Type("i1", lanes))


def masked_load(f: Function, address: Value, type_: Type, active: int) -> Value:
    """Load the first `active` lanes; the others are 0 and their memory is not touched."""
    name, align = f"llvm.masked.load.{type_.mangled}.p0", BYTES[type_.element]
    mask = _first_lanes(active, type_.lanes)
    given = f"ptr align {align} {address.text}, {mask}, {type_} zeroinitializer"
    f.declare(name, f"{type_} @{name}(ptr, {mask.type}, {type_})")
    return f.emit(f"call {type_} @{name}({given})", type_)


def masked_store(f: Function, value: Value, address: Value, active: int) -> None:
    """Store the first `active` lanes and leave the memory of the others alone.

    LLVM 22 makes of one lane of a narrowed vector a store of the wide element, over its neighbors;
    so one lane is a plain store.
    """
    if active == 1:
        first = f.emit(f"extractelement {value}, i32 0", Type(value.type.element))
        f.store(first, address)
        return
    name, align = f"llvm.masked.store.{value.type.mangled}.p0", BYTES[value.type.element]
    mask = _first_lanes(active, value.type.lanes)
    f.declare(name, f"void @{name}({value.type}, ptr, {mask.type})")
    f.do(f"call void @{name}({value}, ptr align {align} {address.text}, {mask})")


def copy(f: Function, target: Value, source: Value, size: int) -> None:
    """Copy `size` bytes between places that do not overlap."""
    f.declare("llvm.memcpy.p0.p0.i64", "void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")
    listed = f"{target}, {source}, {index(size)}, i1 false"
    f.do(f"call void @llvm.memcpy.p0.p0.i64({listed})")


def prefetch(f: Function, address: Value) -> None:
    """Ask for a line of memory that will be read and written soon."""
    f.declare("llvm.prefetch.p0", "void @llvm.prefetch.p0(ptr, i32, i32, i32)")
    ways = "i32 1, i32 3, i32 1"  # to write, to keep near, data
    f.do(f"call void @llvm.prefetch.p0(ptr {address.text}, {ways})")
