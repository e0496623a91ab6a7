"""Writes the trajectories of PyTorch that the tests compare with.

    PYTHONPATH=. python tests/optim/recorded/record.py    where torch is installed

The file holds numbers only. The arguments of each case stand beside its numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.optim import swa_utils

FOLDER = Path(__file__).parent
# All of the beginning, where bias corrections matter, and then a few.
KEPT = [1, 2, 3, 4, 5, 10, 20, 40, 70, 100]

PROBLEMS: dict[str, Any] = {
    "quadratic": {
        "A": [[2.0, 0.5, 0.0], [0.5, 1.5, -0.3], [0.0, -0.3, 0.8]],
        "b": [1.0, -2.0, 0.5],
        "start": {"x": [3.0, -1.0, 2.0]},
    },
    "rosenbrock": {"start": {"x": -1.2, "y": 1.0}},
    "logistic": {
        "inputs": [[0.5, -1.2, 2.0], [1.5, 0.3, -0.7], [-0.9, 0.8, 0.1], [0.2, -0.4, -1.1]],
        "labels": [[1.0], [0.0], [1.0], [0.0]],
        "start": {"w": [[0.1], [-0.2], [0.3]], "b": [0.07]},
    },
    "regression": {
        "inputs": [
            *([0.7, -0.2, 1.1], [-1.3, 0.4, 0.6], [0.2, 2.1, -0.5]),
            *([0.9, -0.8, 0.3], [-0.4, -1.1, -0.9], [1.6, 0.5, -1.2]),
        ],
        "targets": [[1.0, -0.3], [0.2, 0.8], [-0.6, 1.4], [0.5, 0.1], [0.9, -1.2], [-0.7, 0.4]],
        "start": {"w": [[0.43, -0.13], [0.27, 0.61], [-0.53, 0.31]], "b": [0.17, -0.23]},
    },
}

SLOW = {"quadratic": 0.1, "rosenbrock": 5e-4, "logistic": 0.5, "regression": 0.1}
FAST = {"quadratic": 0.02, "rosenbrock": 0.005, "logistic": 0.05, "regression": 0.005}
# For rules that go on with large steps near a minimum, where rounding errors would grow.
SMALL = {"quadratic": 0.002, "rosenbrock": 0.002, "logistic": 0.005, "regression": 0.002}
UNIT = {"quadratic": 1.0, "rosenbrock": 1.0, "logistic": 1.0, "regression": 1.0}

OPTIMIZERS: dict[str, tuple[str, dict[str, float], dict[str, Any]]] = {
    "sgd": ("SGD", SLOW, {}),
    "sgd decay": ("SGD", SLOW, {"weight_decay": 0.1}),
    "sgd momentum": ("SGD", SLOW, {"momentum": 0.9, "weight_decay": 0.01}),
    "sgd nesterov": ("SGD", SLOW, {"momentum": 0.8, "nesterov": True}),
    "rmsprop": ("RMSprop", FAST, {}),
    "rmsprop momentum": ("RMSprop", SMALL, {"alpha": 0.9, "momentum": 0.5, "eps": 1e-6}),
    "rmsprop centered": ("RMSprop", FAST, {"alpha": 0.95, "centered": True, "weight_decay": 0.01}),
    "rmsprop both": ("RMSprop", FAST, {"alpha": 0.95, "centered": True, "momentum": 0.5}),
    "adagrad": ("Adagrad", FAST, {}),
    "adagrad start": (
        "Adagrad",
        FAST,
        {"initial_accumulator_value": 0.1, "weight_decay": 0.01, "eps": 1e-6},
    ),
    "adam": ("Adam", FAST, {}),
    "adam decay": ("Adam", FAST, {"betas": [0.8, 0.95], "eps": 1e-4, "weight_decay": 0.1}),
    "adam amsgrad": ("Adam", FAST, {"betas": [0.9, 0.9], "amsgrad": True}),
    "adamw": ("AdamW", FAST, {}),
    "adamw amsgrad": ("AdamW", FAST, {"weight_decay": 0.1, "betas": [0.9, 0.9], "amsgrad": True}),
    "adadelta": ("Adadelta", UNIT, {}),
    "adadelta decay": ("Adadelta", UNIT, {"rho": 0.8, "eps": 1e-3, "weight_decay": 0.1}),
    "adafactor": ("Adafactor", SMALL, {}),
    "adafactor decay": (
        "Adafactor",
        SMALL,
        {"beta2_decay": -0.5, "eps": [1e-8, 0.01], "d": 1.5, "weight_decay": 0.1},
    ),
    "adamax": ("Adamax", FAST, {}),
    "adamax decay": ("Adamax", FAST, {"betas": [0.8, 0.9], "eps": 1e-3, "weight_decay": 0.1}),
    "asgd": ("ASGD", SLOW, {}),
    "asgd early": (
        "ASGD",
        SLOW,
        {"lambd": 0.05, "alpha": 0.6, "t0": 20, "weight_decay": 0.1},
    ),
    "nadam": ("NAdam", FAST, {}),
    "nadam decay": (
        "NAdam",
        SMALL,
        {"betas": [0.8, 0.95], "eps": 1e-4, "momentum_decay": 0.1, "weight_decay": 0.1},
    ),
    "nadamw": ("NAdam", FAST, {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    "radam": ("RAdam", FAST, {}),
    "radam decay": ("RAdam", FAST, {"betas": [0.8, 0.9], "eps": 1e-4, "weight_decay": 0.1}),
    "radamw": ("RAdam", FAST, {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    "radam short": ("RAdam", FAST, {"betas": [0.8, 0.5]}),
    "rprop": ("Rprop", FAST, {"step_sizes": [1e-6, 0.2]}),
    "rprop bounds": ("Rprop", FAST, {"etas": [0.4, 1.5], "step_sizes": [0.001, 0.1]}),
}

MUON: dict[str, dict[str, Any]] = {
    "muon": {"lr": 0.003, "weight_decay": 0.0},
    "muon decay": {"lr": 0.005, "momentum": 0.8, "nesterov": False, "weight_decay": 0.1},
    "muon as adam": {"lr": 0.02, "ns_steps": 3, "adjust_lr_fn": "match_rms_adamw"},
}
LBFGS_STEPS = {"quadratic": 5, "rosenbrock": 20, "logistic": 12, "regression": 9}

AVERAGES: dict[str, dict[str, Any]] = {
    "ema": {"decay": 0.9},
    "swa": {"start": 20, "every": 5},
}


def tensor(value: Any) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64)


def loss(problem: str, at: dict[str, torch.Tensor]) -> torch.Tensor:
    given = PROBLEMS[problem]
    if problem == "quadratic":
        return 0.5 * at["x"] @ tensor(given["A"]) @ at["x"] - tensor(given["b"]) @ at["x"]
    if problem == "rosenbrock":
        return (1 - at["x"]) ** 2 + 100 * (at["y"] - at["x"] ** 2) ** 2
    if problem == "regression":
        away = tensor(given["inputs"]) @ at["w"] + at["b"] - tensor(given["targets"])
        return (away**2).mean()
    logits = tensor(given["inputs"]) @ at["w"] + at["b"]
    softplus = torch.logaddexp(torch.zeros_like(logits), logits)
    return (softplus - tensor(given["labels"]) * logits).mean()


def trajectory(
    problem: str,
    make: Callable[[list[torch.Tensor]], Any],
    names: Sequence[str] = (),
    watch: Callable[[list[torch.Tensor]], list[torch.Tensor]] | None = None,
) -> dict[str, list[Any]]:
    """The parameters with these names (all) at the steps kept, or what `watch` makes of them."""
    at = {name: tensor(value) for name, value in PROBLEMS[problem]["start"].items()}
    parameters = [at[name].requires_grad_() for name in names or at]
    optimizer = make(parameters)
    kept: dict[str, list[Any]] = {name: [] for name in names or at}
    for step in range(1, KEPT[-1] + 1):
        optimizer.zero_grad()
        loss(problem, at).backward()
        optimizer.step()
        seen = parameters if watch is None else watch(parameters)
        if step in KEPT:
            for name, parameter in zip(kept, seen, strict=True):
                kept[name].append(parameter.tolist())
    return kept


def muon(options: dict[str, Any]) -> dict[str, list[Any]]:
    """Muon on the matrix of the regression, without its rounding to bfloat16."""
    rounding = torch.Tensor.bfloat16
    torch.Tensor.bfloat16 = torch.Tensor.clone
    try:
        return trajectory("regression", partial(torch.optim.Muon, **options), ["w"])
    finally:
        torch.Tensor.bfloat16 = rounding


def lbfgs(problem: str, steps: int) -> dict[str, Any]:
    """The losses before each of the steps, and where they led."""
    at = {
        name: tensor(value).requires_grad_() for name, value in PROBLEMS[problem]["start"].items()
    }
    optimizer = torch.optim.LBFGS(
        list(at.values()),
        max_iter=1,
        max_eval=100,
        history_size=3,
        tolerance_grad=0,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(problem, at)
        value.backward()
        return value

    losses = [optimizer.step(closure).item() for _ in range(steps)]
    return {"losses": losses, "end": {name: value.tolist() for name, value in at.items()}}


def average(name: str) -> dict[str, list[Any]]:
    """What PyTorch's averages of the weights are on a descent of the regression."""
    options = AVERAGES[name]
    held: list[torch.Tensor] = []
    mean = swa_utils.get_ema_multi_avg_fn(options.get("decay", 0.0))
    equal = swa_utils.get_swa_multi_avg_fn()
    seen = 0

    def watch(parameters: list[torch.Tensor]) -> list[torch.Tensor]:
        nonlocal seen, held
        now = [parameter.detach().clone() for parameter in parameters]
        seen += 1
        if name == "ema":
            held = held or now
            mean(held, now, seen)
            return held
        number, rest = divmod(seen - options["start"], options["every"])
        if number < 1 or (number == 1 and rest == 0):
            held = now
        elif rest == 0:
            equal(held, now, number - 1)
        return held

    make = partial(torch.optim.SGD, lr=0.1, momentum=0.5)
    return trajectory("regression", make, watch=watch)


def trajectories(name: str) -> dict[str, Any]:
    kind, rates, options = OPTIMIZERS[name]
    build = getattr(torch.optim, kind)
    return {
        problem: trajectory(problem, partial(build, lr=rates[problem], **options))
        for problem in PROBLEMS
    }


def write(name: str, content: dict[str, dict[str, Any]]) -> None:
    """Write the content, each of its entries on a line of its own."""
    entries = [
        f"{json.dumps(key)}: {{\n{lines(value)}\n}}"
        for key, value in {"torch": {"version": torch.__version__}, **content}.items()
    ]
    (FOLDER / name).write_text("{" + ",\n".join(entries) + "}\n", encoding="utf-8")


def lines(entries: dict[str, Any]) -> str:
    return ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items())


def main() -> None:
    # Some of PyTorch's rules keep scalars in the default type.
    torch.set_default_dtype(torch.float64)
    write(
        "trajectories.json",
        {
            "problems": PROBLEMS,
            "kept": {"steps": KEPT},
            "cases": {
                name: {"kind": kind, "rates": by_problem, "options": options, **trajectories(name)}
                for name, (kind, by_problem, options) in OPTIMIZERS.items()
            },
            "muon": {name: {"options": options, **muon(options)} for name, options in MUON.items()},
            "lbfgs": {problem: lbfgs(problem, steps) for problem, steps in LBFGS_STEPS.items()},
            "averages": {
                name: {"options": options, **average(name)} for name, options in AVERAGES.items()
            },
        },
    )


if __name__ == "__main__":
    main()
