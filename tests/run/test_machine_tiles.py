"""Tiles of a product in the instructions of each machine, whichever this one is."""

from __future__ import annotations

import re
import struct

import pytest

from chainrule.errors import OptionError
from chainrule.plan.machine import KINDS, Machine, Registers, aarch64, machine
from chainrule.render.builder import POINTER, Function, Module, Type, Value, index
from chainrule.render.floating_state import floating_state
from chainrule.run.machine_code import assembly, object_code

TABLE = Value("%table", POINTER)
FLOAT = Type("float")


def tile(target: Machine, vectors: int) -> str:
    """`run`: the inner loop of a product, over 64 steps, for a tile `vectors` wide."""
    lanes, rows = target.lanes(4), target.rows(vectors)
    module, wide = Module(), Type("float", lanes)
    f = Function(module, "run", [TABLE])
    zero = Value("zeroinitializer", wide)
    with f.loop(index(0), index(64), carried=[zero] * (rows * vectors)) as loop:
        row = f.address(TABLE, "float", f.times(loop.index, vectors * lanes))
        b = [f.load(f.address(row, "float", index(v * lanes)), wide) for v in range(vectors)]
        for r in range(rows):
            at = f.address(TABLE, "float", loop.index, index(9000 + 64 * r))
            a = f.splat(f.load(at, FLOAT), lanes)
            for v in range(vectors):
                place = r * vectors + v
                loop.next[place] = f.intrinsic("fmuladd", a, b[v], loop.carried[place])
    for place, total in enumerate(loop.carried):
        f.store(total, f.address(TABLE, "float", index(20000 + place * lanes)))
    f.finish()
    return str(module)


LINUX = "x86_64-unknown-linux-gnu"
LEVELS = {"AVX-512": "x86-64-v4", "AVX2": "x86-64-v3", "SSE": "x86-64"}


def target(kind: Registers) -> Machine:
    """A processor that has these registers; it need not be this one."""
    if kind.architecture == "aarch64":
        return aarch64()
    return machine(kind.architecture, LEVELS[kind.name], dict.fromkeys(kind.needed, True), LINUX)


@pytest.mark.parametrize("vectors", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_sums_of_a_tile_stay_in_their_registers(kind: Registers, vectors: int) -> None:
    made = target(kind)
    if vectors > made.widest:
        with pytest.raises(OptionError, match="vectors wide"):
            made.rows(vectors)
        return
    written = assembly(tile(made, vectors), made)
    fused = len(re.findall(r"vfmadd|fmla", written))
    assert fused == (made.rows(vectors) * vectors if made.fused else 0)
    assert not re.search(r"mm\d+, -?\d*\(%rsp\)|q\d+, .*\[sp|mov\s+v", written)


def test_code_for_aarch64_is_made_and_assembled() -> None:
    target = aarch64()
    module = Module()
    f = Function(module, "run", [TABLE])
    with floating_state(f, target.architecture):
        f.do(f"call void @product({TABLE})")
    f.finish()
    text = "\n".join([str(module), tile(target, 4).replace("@run", "@product")])
    written = assembly(text, target)
    assert re.search(r"fmla\s+v\d+\.4s", written)
    assert re.search(r"msr\s+FPCR", written)
    code = object_code(text, target)
    # The header of an ELF file: magic, 64 bits, little endian, version 1; type, machine, version.
    assert code[:7] == b"\x7fELF\x02\x01\x01"
    kind, processor, version = struct.unpack_from("<HHI", code, 16)
    assert (kind, processor, version) == (1, 183, 1)  # relocatable, AArch64
    assert b"\0run\0" in code
