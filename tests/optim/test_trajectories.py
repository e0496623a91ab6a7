"""A hundred steps of every optimizer, against the papers' equations and PyTorch's numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import islice
from typing import Any

import numpy as np
import pytest

from chainrule.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop, everything
from tests.optim.problems import (
    PROBLEMS,
    TRAJECTORIES,
    Array,
    flat,
    flat_gradient,
    loss,
    start,
    variables,
)
from tests.optim.reference import Points, adagrad, adam, adamw, rmsprop, sgd

CASES: dict[str, Any] = TRAJECTORIES["cases"]
STEPS: list[int] = TRAJECTORIES["kept"]["steps"]
KINDS: dict[str, tuple[Callable[..., Optimizer], Callable[..., Points]]] = {
    "SGD": (SGD, sgd),
    "RMSprop": (RMSprop, rmsprop),
    "Adagrad": (Adagrad, adagrad),
    "Adam": (Adam, adam),
    "AdamW": (AdamW, adamw),
}
NAMES = {"eps": "epsilon", "initial_accumulator_value": "start"}

every_case = pytest.mark.parametrize("case", CASES)
every_problem = pytest.mark.parametrize("problem", PROBLEMS)


def translated(options: dict[str, Any]) -> dict[str, Any]:
    """PyTorch's arguments under our names."""
    betas = dict(zip(("beta1", "beta2"), options.get("betas", []), strict=False))
    rest = {NAMES.get(name, name): value for name, value in options.items() if name != "betas"}
    return betas | rest


@cache
def trajectory(case: str, problem: str) -> Array:
    """The parameters after each step, one row a step."""
    kind, _ = KINDS[CASES[case]["kind"]]
    at = variables(problem)
    rate, options = CASES[case]["rates"][problem], translated(CASES[case]["options"])
    optimizer = kind(at, rate, decay_on=everything, **options)
    rows = []
    for _ in range(STEPS[-1]):
        optimizer.step(loss(problem, at).backward())
        rows.append(flat({name: np.array(variable) for name, variable in at.items()}))
    return np.array(rows)


@every_problem
@every_case
def test_the_equations(case: str, problem: str) -> None:
    _, reference = KINDS[CASES[case]["kind"]]
    options = translated(CASES[case]["options"])
    options = {"decay" if key == "weight_decay" else key: options[key] for key in options}
    rate = CASES[case]["rates"][problem]
    points = reference(flat(start(problem)), partial(flat_gradient, problem), rate, **options)
    expected = list(islice(points, STEPS[-1]))
    np.testing.assert_allclose(trajectory(case, problem), expected, rtol=1e-10, atol=0)


@every_problem
@every_case
def test_pytorch(case: str, problem: str) -> None:
    recorded = CASES[case][problem]
    rows = [
        flat({name: np.array(recorded[name][row]) for name in recorded})
        for row in range(len(STEPS))
    ]
    found = trajectory(case, problem)[[step - 1 for step in STEPS]]
    np.testing.assert_allclose(found, rows, rtol=1e-10, atol=0)


@every_case
def test_it_descends(case: str) -> None:
    for problem in PROBLEMS:
        rows = trajectory(case, problem)
        assert not np.allclose(rows[0], rows[-1])
