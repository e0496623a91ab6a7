"""A masked store writes its lanes and nothing beside them, also behind a conversion to less."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from chainrule.array.dtype import float32, float64, int8, int16, int32, int64
from chainrule.render.builder import BYTES, POINTER, Function, Module, Type, Value
from chainrule.render.conversion import converted, element_of
from chainrule.render.memory import masked_store
from chainrule.run.machine_code import MachineCode, host

NARROWED = [
    (int16, int8),
    (int32, int8),
    (int32, int16),
    (int64, int8),
    (int64, int32),
    (float64, float32),
    (int32, int32),
]
LANES = 8


@pytest.mark.parametrize("width", [None, 128])
@pytest.mark.parametrize("active", [1, 2, 7])
@pytest.mark.parametrize(("wide", "narrow"), NARROWED, ids=str)
def test_a_masked_store_writes_nothing_beside_its_lanes(
    wide: np.dtype[np.generic], narrow: np.dtype[np.generic], active: int, width: int | None
) -> None:
    source, target = Value("%source", POINTER), Value("%target", POINTER)
    module = Module()
    f = Function(module, "store", [source, target])
    given = f.load(source, Type(element_of(wide), LANES))
    masked_store(f, converted(f, wide, given, narrow), target, active)
    f.finish()
    store = MachineCode(str(module), host(width)).function(
        "store", (ctypes.c_void_p, ctypes.c_void_p)
    )
    numbers, room = np.arange(1, LANES + 1).astype(wide), np.full(LANES * 8, 99, narrow)
    store(numbers.ctypes.data, room.ctypes.data)
    assert BYTES[element_of(narrow)] == narrow.itemsize
    np.testing.assert_array_equal(room[:active], numbers[:active].astype(narrow))
    np.testing.assert_array_equal(room[active:], 99)
