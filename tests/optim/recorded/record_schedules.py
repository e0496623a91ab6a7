"""Writes the rates of PyTorch's schedules that the tests compare with.

    PYTHONPATH=. python tests/optim/recorded/record_schedules.py    where torch is installed

The file holds numbers only. The arguments of each case stand beside its numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch.optim import lr_scheduler

from tests.optim.recorded.record import tensor, write

SCHEDULES: dict[str, tuple[str, float, int, dict[str, Any]]] = {
    "step": ("StepLR", 0.5, 60, {"step_size": 7, "gamma": 0.3}),
    "multi-step": ("MultiStepLR", 0.5, 60, {"milestones": [5, 20, 21], "gamma": 0.5}),
    "exponential": ("ExponentialLR", 0.5, 60, {"gamma": 0.9}),
    "cosine": ("CosineAnnealingLR", 0.5, 41, {"T_max": 40, "eta_min": 0.01}),
    "restarts": ("CosineAnnealingWarmRestarts", 0.5, 60, {"T_0": 13, "eta_min": 0.02}),
    "growing restarts": ("CosineAnnealingWarmRestarts", 0.5, 100, {"T_0": 3, "T_mult": 3}),
    "warm-up": ("LinearLR", 0.5, 30, {"start_factor": 0.2, "total_iters": 12}),
    "polynomial": ("PolynomialLR", 0.5, 60, {"total_iters": 40, "power": 1.7}),
    "constant": ("ConstantLR", 0.5, 20, {"factor": 0.25, "total_iters": 7}),
    "cyclic": (
        "CyclicLR",
        0.5,
        60,
        {"base_lr": 0.1, "max_lr": 0.7, "step_size_up": 7, "step_size_down": 4},
    ),
    "cyclic halved": (
        "CyclicLR",
        0.5,
        60,
        {"base_lr": 0.1, "max_lr": 0.7, "step_size_up": 6, "mode": "triangular2"},
    ),
    "cyclic exponential": (
        "CyclicLR",
        0.5,
        60,
        {"base_lr": 0.1, "max_lr": 0.7, "step_size_up": 6, "mode": "exp_range", "gamma": 0.97},
    ),
    "inverse root": ("LambdaLR", 0.5, 60, {}),
    "chained": ("ChainedScheduler", 0.5, 40, {}),
    "sequential": ("SequentialLR", 0.5, 38, {}),
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

# Schedules that are made of others, or of a function.
BUILT: dict[str, Callable[[Any], Any]] = {
    "LambdaLR": lambda optimizer: lr_scheduler.LambdaLR(
        optimizer, lambda t: min((t + 1) / 10, (10 / (t + 1)) ** 0.5)
    ),
    "ChainedScheduler": lambda optimizer: lr_scheduler.ChainedScheduler(
        [
            lr_scheduler.LinearLR(optimizer, start_factor=0.25, total_iters=8),
            lr_scheduler.ExponentialLR(optimizer, gamma=0.9),
        ]
    ),
    "SequentialLR": lambda optimizer: lr_scheduler.SequentialLR(
        optimizer,
        [
            lr_scheduler.LinearLR(optimizer, start_factor=0.25, total_iters=8),
            lr_scheduler.CosineAnnealingLR(optimizer, T_max=30),
        ],
        milestones=[8],
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


def rates(name: str) -> list[float]:
    kind, rate, steps, options = SCHEDULES[name]
    optimizer = torch.optim.SGD([tensor(0.0).requires_grad_()], lr=rate)
    if kind in ("OneCycleLR", "CyclicLR"):
        options = {**options, "cycle_momentum": False}
    schedule = BUILT.get(kind, partial(getattr(lr_scheduler, kind), **options))(optimizer)
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


def main() -> None:
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
