"""What is assumed of a processor: the kinds of registers, and tiles that fit them."""

from __future__ import annotations

import pytest

from chainrule.errors import OptionError
from chainrule.plan.machine import KINDS, Machine, Registers, aarch64, machine

AVX2 = dict.fromkeys(["avx", "avx2", "fma", "sse2"], True)
AVX512 = AVX2 | dict.fromkeys(["avx512f", "avx512bw", "avx512dq", "avx512vl"], True)


def made(kind: Registers) -> Machine:
    return machine(kind.architecture, "any", dict.fromkeys(kind.needed, True), "any")


@pytest.mark.parametrize(
    ("architecture", "features", "width", "name", "vector_bytes", "registers"),
    [
        ("x86_64", AVX512, None, "AVX-512", 64, 32),
        ("x86_64", AVX512, 512, "AVX-512", 64, 32),
        ("x86_64", AVX512, 256, "AVX2", 32, 16),
        ("x86_64", AVX512, 128, "SSE", 16, 16),
        ("x86_64", AVX2, None, "AVX2", 32, 16),
        ("x86_64", AVX512 | {"avx512vl": False}, None, "AVX2", 32, 16),
        ("x86_64", AVX2 | {"fma": False}, None, "SSE", 16, 16),
        ("x86_64", {}, None, "SSE", 16, 16),
        ("aarch64", {"neon": True}, None, "NEON", 16, 32),
        ("aarch64", {}, 128, "NEON", 16, 32),
        ("riscv64", {}, None, "128 bits", 16, 16),
    ],
)
def test_the_widest_registers_are_found_or_those_asked_for(
    architecture: str,
    features: dict[str, bool],
    width: int | None,
    name: str,
    vector_bytes: int,
    registers: int,
) -> None:
    found = machine(architecture, "any", features, "any", width)
    assert (found.name, found.architecture) == (name, architecture)
    assert (found.vector_bytes, found.registers) == (vector_bytes, registers)
    assert found.lanes(4) == vector_bytes // 4
    assert found.lanes(8) == vector_bytes // 8


@pytest.mark.parametrize(
    ("architecture", "features", "width", "known"),
    [
        ("x86_64", AVX2, 512, "256, 128 bits"),
        ("x86_64", AVX512, 1024, "512, 256, 128 bits"),
        ("x86_64", AVX512, 0, "512, 256, 128 bits"),
        ("aarch64", {}, 256, "128 bits"),
        ("riscv64", {}, 512, "128 bits"),
    ],
)
def test_a_width_that_is_not_there_is_refused(
    architecture: str, features: dict[str, bool], width: int, known: str
) -> None:
    with pytest.raises(OptionError, match=f"is one of {known} on any, got {width}"):
        machine(architecture, "any", features, "any", width)


def test_features_are_spelt_as_llvm_reads_them_and_what_is_left_out_comes_last() -> None:
    features = {"sse2": True, "avx": True, "amx": False}
    found = machine("x86_64", "old", features, "x86_64-linux")
    assert found.features == "-amx,+avx,+sse2,-avx"
    assert (found.cpu, found.triple) == ("old", "x86_64-linux")
    assert machine("aarch64", "any", {"neon": True}, "any").features == "+neon"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_tile_fits_the_registers_and_one_more_row_does_not(kind: Registers) -> None:
    found = made(kind)
    for vectors in range(1, found.widest + 1):
        rows = found.rows(vectors)
        beside = vectors + (1 if found.fused else 2)
        assert 1 <= rows * vectors <= found.accumulators
        assert rows * vectors + beside <= found.registers
        more = (rows + 1) * vectors
        assert more > found.accumulators or more + beside > found.registers


def test_the_tiles_are_those_of_the_table() -> None:
    rows = {
        kind.name: [made(kind).rows(v) for v in range(1, made(kind).widest + 1)] for kind in KINDS
    }
    assert rows == {
        "AVX-512": [28, 14, 9, 6],
        "AVX2": [12, 6],
        "SSE": [12, 6, 3, 2],
        "NEON": [24, 12, 8, 6],
    }


@pytest.mark.parametrize("vectors", [0, 3])
def test_a_tile_of_a_width_that_is_not_there_is_refused(vectors: int) -> None:
    found = machine("x86_64", "any", AVX2, "any")
    with pytest.raises(OptionError, match=f"1 to 2 vectors wide, got {vectors}"):
        found.rows(vectors)


def test_code_for_another_machine() -> None:
    assert aarch64().triple.startswith("aarch64-")
    assert aarch64().name == "NEON"
