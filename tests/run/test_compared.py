"""The comparison of random programs finds what differs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.plan import units
from chainrule.plan.units import LEAST_WORK
from chainrule.run.threads import get_threads
from tests.run import compared
from tests.run.compared import compare, exactly, least_work
from tests.run.programs import Program, Step

X = np.linspace(-1, 1, 40, dtype=np.float32)


def program(function: Any, exact: bool = False) -> Program:
    """One step on one argument and one variable."""
    made = Program([X], [X], [], [Step("planted", function, (0, 1))], results=[2], loss=[2])
    made.exact = {0, 1, 2} if exact else set()
    return made


def test_a_sound_program_passes() -> None:
    _, executor = compare(program(lambda x, w: x * w))
    assert len(executor.kernels) > 0


@pytest.mark.parametrize(("exact", "error"), [(False, 1.001), (True, 1 + 2**-23)])
def test_another_value_is_found(exact: bool, error: float) -> None:
    recordings = iter([1.0, np.float32(error)])
    with pytest.raises(AssertionError, match="value 0"):
        compare(program(lambda x, w: x * w * next(recordings), exact))


def test_another_bit_on_other_threads_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    once = compared.Runs.once

    def planted(self: compared.Runs) -> list[np.ndarray]:
        found = once(self)
        return [np.nextafter(x, 9, dtype=x.dtype) if get_threads() == 3 else x for x in found]

    monkeypatch.setattr(compared.Runs, "once", planted)
    with exactly(1):
        compare(program(lambda x, w: x * w), threads=(1, 2))
    with exactly(1), pytest.raises(AssertionError, match="on 3 threads"):
        compare(program(lambda x, w: x * w), threads=(1, 2, 3))


def test_kernels_are_split_again_as_before() -> None:
    with least_work(1):
        assert units.LEAST_WORK == 1
    assert units.LEAST_WORK == LEAST_WORK
