"""Writes the trajectories and schedules of PyTorch that the tests compare with.

    python tests/optim/recorded/record.py        where torch is installed; once for each version

The files hold numbers only. The arguments of each case stand beside its numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.optim import lr_scheduler

FOLDER = Path(__file__).parent
# All of the beginning, where bias corrections matter, and then every tenth.
KEPT = [*range(1, 6), *range(10, 101, 10)]

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
}

SLOW = {"quadratic": 0.1, "rosenbrock": 5e-4, "logistic": 0.5}
FAST = {"quadratic": 0.02, "rosenbrock": 0.005, "logistic": 0.05}

OPTIMIZERS: dict[str, tuple[str, dict[str, float], dict[str, Any]]] = {
    "sgd": ("SGD", SLOW, {}),
    "sgd decay": ("SGD", SLOW, {"weight_decay": 0.1}),
    "sgd momentum": ("SGD", SLOW, {"momentum": 0.9, "weight_decay": 0.01}),
    "sgd nesterov": ("SGD", SLOW, {"momentum": 0.8, "nesterov": True}),
    "rmsprop": ("RMSprop", FAST, {}),
    "rmsprop momentum": ("RMSprop", FAST, {"alpha": 0.9, "momentum": 0.5, "eps": 1e-6}),
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
}

SCHEDULES: dict[str, tuple[str, float, int, dict[str, Any]]] = {
    "step": ("StepLR", 0.5, 60, {"step_size": 7, "gamma": 0.3}),
    "multi-step": ("MultiStepLR", 0.5, 60, {"milestones": [5, 20, 21], "gamma": 0.5}),
    "exponential": ("ExponentialLR", 0.5, 60, {"gamma": 0.9}),
    "cosine": ("CosineAnnealingLR", 0.5, 41, {"T_max": 40, "eta_min": 0.01}),
    "restarts": ("CosineAnnealingWarmRestarts", 0.5, 60, {"T_0": 13, "eta_min": 0.02}),
    "growing restarts": ("CosineAnnealingWarmRestarts", 0.5, 100, {"T_0": 3, "T_mult": 3}),
    "warm-up": ("LinearLR", 0.5, 30, {"start_factor": 0.2, "total_iters": 12}),
    "polynomial": ("PolynomialLR", 0.5, 60, {"total_iters": 40, "power": 1.7}),
    "one-cycle": ("OneCycleLR", 0.5, 50, {"max_lr": 0.7, "total_steps": 50}),
    "one-cycle linear": (
        "OneCycleLR",
        0.5,
        50,
        {
            "max_lr": 0.7,
            "total_steps": 50,
            "pct_start": 0.45,
            "anneal_strategy": "linear",
            "div_factor": 10.0,
            "final_div_factor": 100.0,
        },
    ),
    "one-cycle three phases": (
        "OneCycleLR",
        0.5,
        50,
        {"max_lr": 0.7, "total_steps": 50, "pct_start": 0.4, "three_phase": True},
    ),
}

METRICS = [5.0, 4.0, 4.0, 3.9999, 3.9, 3.95, 3.99, 3.91, 3.92, 2.0, 2.5, 2.5, 2.5, 2.5, 2.5, 1.0]
METRICS += [float("nan"), 1.5, 1.2, 0.9999, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4]
PLATEAUS: dict[str, dict[str, Any]] = {
    "relative": {"factor": 0.5, "patience": 2},
    "absolute": {"factor": 0.3, "patience": 1, "threshold_mode": "abs", "threshold": 0.05},
    "cooldown": {"factor": 0.5, "patience": 0, "cooldown": 3, "min_lr": 0.01},
    "max": {"factor": 0.5, "patience": 3, "mode": "max"},
}


def tensor(value: Any) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64)


def loss(problem: str, at: dict[str, torch.Tensor]) -> torch.Tensor:
    given = PROBLEMS[problem]
    if problem == "quadratic":
        return 0.5 * at["x"] @ tensor(given["A"]) @ at["x"] - tensor(given["b"]) @ at["x"]
    if problem == "rosenbrock":
        return (1 - at["x"]) ** 2 + 100 * (at["y"] - at["x"] ** 2) ** 2
    logits = tensor(given["inputs"]) @ at["w"] + at["b"]
    softplus = torch.logaddexp(torch.zeros_like(logits), logits)
    return (softplus - tensor(given["labels"]) * logits).mean()


def trajectory(problem: str, make: Callable[[list[torch.Tensor]], Any]) -> dict[str, list[Any]]:
    at = {name: tensor(value) for name, value in PROBLEMS[problem]["start"].items()}
    parameters = [parameter.requires_grad_() for parameter in at.values()]
    optimizer = make(parameters)
    kept: dict[str, list[Any]] = {name: [] for name in at}
    for step in range(1, KEPT[-1] + 1):
        optimizer.zero_grad()
        loss(problem, at).backward()
        optimizer.step()
        if step in KEPT:
            for name, parameter in at.items():
                kept[name].append(parameter.tolist())
    return kept


def trajectories(name: str) -> dict[str, Any]:
    kind, rates, options = OPTIMIZERS[name]
    build = getattr(torch.optim, kind)
    return {
        problem: trajectory(problem, partial(build, lr=rates[problem], **options))
        for problem in PROBLEMS
    }


def rates(name: str) -> list[float]:
    kind, rate, steps, options = SCHEDULES[name]
    optimizer = torch.optim.SGD([tensor(0.0).requires_grad_()], lr=rate)
    if kind == "OneCycleLR":
        options = {**options, "cycle_momentum": False}
    schedule = getattr(lr_scheduler, kind)(optimizer, **options)
    found = []
    for step in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < steps - 1:
            schedule.step()
    return found


def plateau(name: str) -> list[float]:
    optimizer = torch.optim.SGD([tensor(0.0).requires_grad_()], lr=0.5)
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer, **PLATEAUS[name])
    found = []
    for metric in METRICS:
        schedule.step(metric)
        found.append(optimizer.param_groups[0]["lr"])
    return found


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
    write(
        "trajectories.json",
        {
            "problems": PROBLEMS,
            "kept": {"steps": KEPT},
            "cases": {
                name: {"kind": kind, "rates": by_problem, "options": options, **trajectories(name)}
                for name, (kind, by_problem, options) in OPTIMIZERS.items()
            },
        },
    )
    write(
        "schedules.json",
        {
            "schedules": {
                name: {"kind": kind, "rate": rate, "options": options, "rates": rates(name)}
                for name, (kind, rate, _, options) in SCHEDULES.items()
            },
            "metrics": {"observed": METRICS},
            "plateaus": {
                name: {"rate": 0.5, "options": options, "rates": plateau(name)}
                for name, options in PLATEAUS.items()
            },
        },
    )


if __name__ == "__main__":
    main()
