"""Muon: PyTorch's numbers, near-orthogonal steps, and who goes to AdamW."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.build.convert import asarray
from chainrule.build.variable import Variable
from chainrule.optim import Muon, Optimizer, everything
from chainrule.optim.muon import orthogonal
from tests.optim.problems import TRAJECTORIES, loss, variables

CASES: dict[str, Any] = TRAJECTORIES["muon"]
STEPS: list[int] = TRAJECTORIES["kept"]["steps"]
NAMES = {"lr": "learning_rate", "ns_steps": "rounds", "adjust_lr_fn": "match_adam"}


@pytest.mark.parametrize("case", CASES)
def test_pytorch(case: str) -> None:
    options = {NAMES.get(key, key): value for key, value in CASES[case]["options"].items()}
    options = {"weight_decay": 0.1, **options, "match_adam": "match_adam" in options}
    at = variables("regression")
    at["b"].trainable = False
    optimizer = Muon({"w": at["w"]}, decay_on=everything, **options)
    rows = []
    for _ in range(STEPS[-1]):
        optimizer.step(loss("regression", at).backward())
        rows.append(np.array(at["w"]))
    found = np.array(rows)[[step - 1 for step in STEPS]]
    np.testing.assert_allclose(found, CASES[case]["w"], rtol=1e-10, atol=0)


@pytest.mark.parametrize("shape", [(3, 8), (8, 3), (5, 5), (1, 4)])
def test_singular_values_come_near_one(shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    found = np.asarray(orthogonal(asarray(x)))
    sizes = np.linalg.svd(found, compute_uv=False)
    assert np.all((sizes > 0.65) & (sizes < 1.25))
    left, _, right = np.linalg.svd(x, full_matrices=False)
    assert np.sum(found * (left @ right)) > 0.65 * min(shape)


def test_a_gradient_of_zero_moves_nothing() -> None:
    w = Variable(np.ones((2, 3)), trainable=True)
    Muon([w], 0.1).step({w: w * 0.0})
    assert np.asarray(w).tolist() == np.ones((2, 3)).tolist()


def groups(model: dict[str, Variable], **options: Any) -> list[list[str]]:
    optimizer = Muon(model, **options)
    return [[name for name, _ in group.named_parameters()] for group in optimizer.groups]


def test_vectors_go_to_adamw() -> None:
    at = variables("regression")
    assert groups(at) == [["w"], ["b"]]
    assert groups(at, orthogonal_on=lambda name, _: name == "nobody") == [["w", "b"]]
    assert groups({"w": at["w"]}) == [["w"]]


def test_a_kernel_is_flattened_behind_its_first_axis() -> None:
    kernel = np.random.default_rng(0).normal(size=(2, 3, 2))
    w, flat = Variable(kernel, trainable=True), Variable(kernel.reshape(2, 6), trainable=True)
    for variable in (w, flat):
        Muon([variable], 0.1).step({variable: variable * 1.0})
    assert np.asarray(w).ravel().tolist() == np.asarray(flat).ravel().tolist()


def test_both_groups_are_optimizers() -> None:
    optimizer = Muon(variables("regression"), 0.02, adam_rate=0.003)
    assert [group.rate() for group in optimizer.groups] == [0.02, 0.003]
    assert all(isinstance(group, Optimizer) for group in optimizer.groups)
