"""A hundred steps of every optimizer, against the papers' equations and the peers' numbers.

PyTorch's are in `recorded/trajectories.json`, Optax's in `recorded/optax.json`. The steps are those
of the interpreter; on one problem those of machine code are compared with them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import islice
from typing import Any

import numpy as np
import pytest

from chainrule.optim import (
    ASGD,
    LAMB,
    LARS,
    SAM,
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AnyOptimizer,
    Lion,
    Lookahead,
    NAdam,
    RAdam,
    RMSprop,
    Rprop,
    ScheduleFreeAdamW,
    everything,
)
from chainrule.run.compile import compile as compile_
from chainrule.run.native import Native
from tests.optim.problems import (
    OPTAX,
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

CASES: dict[str, Any] = {**TRAJECTORIES["cases"], **OPTAX["cases"]}
STEPS: list[int] = TRAJECTORIES["kept"]["steps"]
KINDS: dict[str, Callable[..., AnyOptimizer]] = {
    "Adadelta": Adadelta,
    "Adafactor": Adafactor,
    "Adagrad": Adagrad,
    "Adam": Adam,
    "AdamW": AdamW,
    "Adamax": Adamax,
    "ASGD": ASGD,
    "NAdam": NAdam,
    "RAdam": RAdam,
    "RMSprop": RMSprop,
    "Rprop": lambda at, rate, decay_on, **options: Rprop(at, rate, **options),
    "SGD": SGD,
    "lamb": LAMB,
    "lars": LARS,
    "lion": Lion,
    "schedule_free_adamw": ScheduleFreeAdamW,
    "lookahead": lambda at, rate, decay_on, **options: Lookahead(Adam(at, rate), **options),
    "sam": lambda at, rate, decay_on, **options: SAM(SGD(at, rate, momentum=0.5), **options),
}
EQUATIONS: dict[str, Callable[..., Points]] = {
    "Adagrad": adagrad,
    "Adam": adam,
    "AdamW": adamw,
    "RMSprop": rmsprop,
    "SGD": sgd,
}
# The peers' names for what is called otherwise here; a pair is two arguments of ours.
NAMES: dict[str, str | tuple[str, str]] = {
    "b1": "beta1",
    "b2": "beta2",
    "betas": ("beta1", "beta2"),
    "d": "threshold",
    "decoupled_weight_decay": "decoupled",
    "eps": "epsilon",
    "etas": ("shrink", "grow"),
    "initial_accumulator_value": "start",
    "lambd": "decay",
    "slow_step_size": "part",
    "step_sizes": ("smallest", "largest"),
    "sync_period": "every",
    "t0": "start",
    "trust_coefficient": "coefficient",
}
NAMES_OF_ONE: dict[str, dict[str, str | tuple[str, str]]] = {
    "ASGD": {"alpha": "power"},
    "Adafactor": {"eps": ("epsilon", "smallest")},
    "sam": {"rho": "radius"},
}

every_case = pytest.mark.parametrize("case", CASES)
every_problem = pytest.mark.parametrize("problem", PROBLEMS)


def translated(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """A peer's arguments under our names."""
    names = NAMES | NAMES_OF_ONE.get(kind, {})
    found: dict[str, Any] = {}
    for name, value in options.items():
        ours = names.get(name, name)
        found |= {ours: value} if isinstance(ours, str) else dict(zip(ours, value, strict=True))
    if "beta2_decay" in found:
        found["decay"] = -found.pop("beta2_decay")
    return found


@cache
def trajectory(case: str, problem: str, device: str = "numpy") -> Array:
    """The parameters after each step, one row a step."""
    kind, at = CASES[case]["kind"], variables(problem)
    options = translated(kind, CASES[case]["options"])
    rate = CASES[case]["rates"][problem]
    optimizer = KINDS[kind](at, rate, decay_on=everything, **options)
    step = compile_(lambda: optimizer.descend(lambda: loss(problem, at)), device=device)
    rows = []
    for _ in range(STEPS[-1]):
        step()
        rows.append(flat({name: np.array(variable) for name, variable in at.items()}))
    if device == "native":
        assert isinstance(step.program.executor, Native), step.program.executor.describe()
    return np.array(rows)


@every_problem
@pytest.mark.parametrize("case", [case for case in CASES if CASES[case]["kind"] in EQUATIONS])
def test_the_equations(case: str, problem: str) -> None:
    kind = CASES[case]["kind"]
    options = translated(kind, CASES[case]["options"])
    options = {"decay" if key == "weight_decay" else key: options[key] for key in options}
    rate = CASES[case]["rates"][problem]
    points = EQUATIONS[kind](flat(start(problem)), partial(flat_gradient, problem), rate, **options)
    expected = list(islice(points, STEPS[-1]))
    np.testing.assert_allclose(trajectory(case, problem), expected, rtol=1e-10, atol=0)


@every_problem
@every_case
def test_the_peer(case: str, problem: str) -> None:
    recorded = CASES[case][problem]
    rows = [
        flat({name: np.array(recorded[name][row]) for name in recorded})
        for row in range(len(STEPS))
    ]
    found = trajectory(case, problem)[[step - 1 for step in STEPS]]
    np.testing.assert_allclose(found, rows, rtol=1e-10, atol=0)


@every_case
def test_machine_code(case: str) -> None:
    expected = trajectory(case, "regression")
    found = trajectory(case, "regression", "native")
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=0)


@every_case
def test_it_descends(case: str) -> None:
    for problem in PROBLEMS:
        rows = trajectory(case, problem)
        assert not np.allclose(rows[0], rows[-1])
