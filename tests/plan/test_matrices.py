"""Kernels of whole matrices: a unit a matrix, room for each, faults where there is a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import linalg
from chainrule.plan.cost import CALL, TYPICAL, estimate, flops
from chainrule.plan.kernel import Matrices, fault_of
from chainrule.plan.machine import aarch64
from chainrule.plan.shares import share
from chainrule.plan.show import describe
from chainrule.plan.units import Split, split
from chainrule.run.native import Native

BATCH = np.broadcast_to(np.eye(4), (2, 3, 4, 4))
ARM = aarch64()


def matrices(function: Callable[..., Any], *inputs: Any) -> list[Matrices]:
    compiled = cr.compile(function, device="native")
    compiled(*inputs)
    executor = compiled.program.executor
    assert isinstance(executor, Native)
    return [kernel for kernel in executor.kernels if isinstance(kernel, Matrices)]


def test_each_matrix_is_a_unit() -> None:
    (kernel,) = matrices(linalg.qr, BATCH)
    assert kernel.front == (2, 3)
    assert split(kernel, ARM) == Split(0, 1, 6)
    alone = share(kernel, 4, 5, ARM)
    assert [view.shape for view in alone.reads] == [(1, 1, 4, 4)]
    assert [view.offset for view in alone.writes[:2]] == [64, 64]


def test_each_matrix_has_room_of_its_own() -> None:
    (kernel,) = matrices(linalg.svd, BATCH)
    assert kernel.scratch is not None
    assert kernel.scratch.shape == (2, 3, 2 * 16 + 16 + 4)
    (kernel,) = matrices(linalg.cholesky, BATCH)
    assert kernel.scratch is None


def test_a_right_side_for_many_matrices_is_not_copied() -> None:
    *_, kernel = matrices(linalg.solve, BATCH, np.ones((4, 1)))
    assert kernel.inputs[1].shape == (2, 3, 4, 1)


@pytest.mark.parametrize("name", ["qr", "svd", "eigh", "lu", "det", "slogdet"])
def test_what_always_has_a_result_has_no_fault(name: str) -> None:
    assert all(fault_of(kernel) is None for kernel in matrices(getattr(linalg, name), BATCH))


@pytest.mark.parametrize("name", ["cholesky", "inv"])
def test_what_may_refuse_has_a_fault_once(name: str) -> None:
    faults = [fault_of(kernel) for kernel in matrices(getattr(linalg, name), BATCH)]
    assert sum(fault is not None for fault in faults) == 1


def test_a_kernel_says_what_it_does_and_costs() -> None:
    (kernel,) = matrices(linalg.cholesky, np.eye(60))
    assert describe(kernel) == "matrices (60, 60): cholesky"
    assert flops(kernel) == 60**3 // 3
    assert estimate(kernel) > CALL + 2 * flops(kernel) / TYPICAL.flops
