"""Four losses whose gradients are known: a quadratic, Rosenbrock's valley, two regressions.

Each once in chainrule, for the optimizers, and once as a gradient by hand, for the references.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.build.functions.arithmetic import add, square
from chainrule.build.functions.exponential import logaddexp
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.reduction import mean, sum as sum_
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable

Array = NDArray[np.float64]
Point = dict[str, Array]

RECORDED = Path(__file__).parent / "recorded"
TRAJECTORIES = json.loads((RECORDED / "trajectories.json").read_text(encoding="utf-8"))
OPTAX = json.loads((RECORDED / "optax.json").read_text(encoding="utf-8"))
SCHEDULES = json.loads((RECORDED / "schedules.json").read_text(encoding="utf-8"))
PROBLEMS: dict[str, Any] = TRAJECTORIES["problems"]


def start(problem: str) -> Point:
    return {name: np.array(value) for name, value in PROBLEMS[problem]["start"].items()}


def variables(problem: str, dtype: str = "float64") -> dict[str, Variable]:
    return {
        name: Variable(value.astype(dtype), trainable=True, name=name)
        for name, value in start(problem).items()
    }


def given(problem: str, name: str, like: Variable) -> Array:
    return np.array(PROBLEMS[problem][name], dtype=like.dtype)


def loss(problem: str, at: dict[str, Variable]) -> Tensor:
    return LOSSES[problem](at)


def quadratic(at: dict[str, Variable]) -> Tensor:
    x = at["x"]
    curvature, slope = given("quadratic", "A", x), given("quadratic", "b", x)
    return sum_(0.5 * x * matmul(curvature, x) - slope * x)


def rosenbrock(at: dict[str, Variable]) -> Tensor:
    away, off = 1 - at["x"], at["y"] - square(at["x"])
    return add(square(away), 100 * square(off))


def logistic(at: dict[str, Variable]) -> Tensor:
    inputs, labels = given("logistic", "inputs", at["w"]), given("logistic", "labels", at["w"])
    logits = matmul(inputs, at["w"]) + at["b"]
    return mean(logaddexp(0.0 * logits, logits) - labels * logits)


def regression(at: dict[str, Variable]) -> Tensor:
    inputs, targets = (given("regression", name, at["w"]) for name in ("inputs", "targets"))
    return mean(square(matmul(inputs, at["w"]) + at["b"] - targets))


LOSSES: dict[str, Callable[[dict[str, Variable]], Tensor]] = {
    "quadratic": quadratic,
    "rosenbrock": rosenbrock,
    "logistic": logistic,
    "regression": regression,
}


def gradient(problem: str, at: Point) -> Point:
    return GRADIENTS[problem](at)


def quadratic_gradient(at: Point) -> Point:
    return {"x": np.array(PROBLEMS["quadratic"]["A"]) @ at["x"] - PROBLEMS["quadratic"]["b"]}


def rosenbrock_gradient(at: Point) -> Point:
    x, y = at["x"], at["y"]
    return {"x": -2 * (1 - x) - 400 * x * (y - x**2), "y": 200 * (y - x**2)}


def logistic_gradient(at: Point) -> Point:
    inputs = np.array(PROBLEMS["logistic"]["inputs"])
    away = 1 / (1 + np.exp(-(inputs @ at["w"] + at["b"]))) - PROBLEMS["logistic"]["labels"]
    return {"w": inputs.T @ away / len(away), "b": away.mean(axis=0)}


def regression_gradient(at: Point) -> Point:
    inputs = np.array(PROBLEMS["regression"]["inputs"])
    away = inputs @ at["w"] + at["b"] - PROBLEMS["regression"]["targets"]
    return {"w": 2 * inputs.T @ away / away.size, "b": 2 * away.sum(axis=0) / away.size}


GRADIENTS: dict[str, Callable[[Point], Point]] = {
    "quadratic": quadratic_gradient,
    "rosenbrock": rosenbrock_gradient,
    "logistic": logistic_gradient,
    "regression": regression_gradient,
}


def flat(at: Point) -> Array:
    """All parameters one after the other: what the references move."""
    return np.concatenate([value.ravel() for value in at.values()])


def flat_gradient(problem: str, p: Array) -> Array:
    shapes = {name: value.shape for name, value in start(problem).items()}
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])[:-1]
    parts = zip(shapes.items(), np.split(p, ends), strict=True)
    return flat(gradient(problem, {name: part.reshape(shape) for (name, shape), part in parts}))
