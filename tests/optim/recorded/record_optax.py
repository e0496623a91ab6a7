"""Writes the trajectories of Optax that the tests compare with.

    PYTHONPATH=. python tests/optim/recorded/record_optax.py    where optax and torch are installed

What PyTorch has, too, is recorded of PyTorch alone. The file holds numbers only.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import optax

from tests.optim.recorded.record import FAST, FOLDER, KEPT, PROBLEMS, SLOW, SMALL, UNIT, lines

OPTIMIZERS: dict[str, tuple[str, dict[str, float], dict[str, Any]]] = {
    "lion": ("lion", FAST, {"weight_decay": 0.0}),
    "lion decay": ("lion", FAST, {"b1": 0.8, "b2": 0.95, "weight_decay": 0.1}),
    "lamb": ("lamb", SMALL, {}),
    "lamb decay": ("lamb", SMALL, {"b1": 0.8, "b2": 0.9, "eps": 1e-3, "weight_decay": 0.1}),
    "lars": ("lars", UNIT, {"trust_coefficient": 0.001}),
    "lars nesterov": (
        "lars",
        UNIT,
        {"trust_coefficient": 0.002, "momentum": 0.5, "nesterov": True, "weight_decay": 0.1},
    ),
    "schedule-free": ("schedule_free_adamw", FAST, {}),
    "schedule-free decay": (
        "schedule_free_adamw",
        SMALL,
        {"b1": 0.8, "b2": 0.9, "weight_decay": 0.1},
    ),
    "lookahead": ("lookahead", FAST, {"sync_period": 5, "slow_step_size": 0.5}),
    "sam": ("sam", SLOW, {"rho": 0.05}),
}


def loss(problem: str, at: dict[str, Any]) -> Any:
    given = {name: jnp.array(value) for name, value in PROBLEMS[problem].items() if name != "start"}
    if problem == "quadratic":
        return 0.5 * at["x"] @ given["A"] @ at["x"] - given["b"] @ at["x"]
    if problem == "rosenbrock":
        return (1 - at["x"]) ** 2 + 100 * (at["y"] - at["x"] ** 2) ** 2
    if problem == "regression":
        return ((given["inputs"] @ at["w"] + at["b"] - given["targets"]) ** 2).mean()
    logits = given["inputs"] @ at["w"] + at["b"]
    return (jnp.logaddexp(0.0, logits) - given["labels"] * logits).mean()


class Plain:
    """An optimizer of Optax; what is kept are the parameters."""

    def __init__(self, transform: Any, at: Any) -> None:
        self.transform, self.at, self.state = transform, at, transform.init(at)

    def step(self, gradient: Any) -> None:
        updates, self.state = self.transform.update(gradient(self.at), self.state, self.at)
        self.at = optax.apply_updates(self.at, updates)


class Ahead:
    """Lookahead around Adam; what is kept are the fast parameters."""

    def __init__(self, rate: float, at: Any, options: dict[str, Any]) -> None:
        self.transform = optax.lookahead(optax.adam(rate), **options)
        self.both = optax.LookaheadParams.init_synced(at)
        self.at, self.state = at, self.transform.init(self.both)

    def step(self, gradient: Any) -> None:
        updates, self.state = self.transform.update(gradient(self.at), self.state, self.both)
        self.both = optax.apply_updates(self.both, updates)
        self.at = self.both.fast


class Sharp:
    """SAM around gradient descent with momentum."""

    def __init__(self, rate: float, at: Any, options: dict[str, Any]) -> None:
        climb = optax.chain(optax.contrib.normalize(), optax.sgd(options["rho"]))
        descent = optax.sgd(rate, momentum=0.5)
        self.transform = optax.contrib.sam(descent, climb, sync_period=2, opaque_mode=True)
        self.at, self.state = at, self.transform.init(at)

    def step(self, gradient: Any) -> None:
        updates, self.state = self.transform.update(
            gradient(self.at), self.state, self.at, grad_fn=lambda at, _: gradient(at)
        )
        self.at = optax.apply_updates(self.at, updates)


def made(kind: str, rate: float, at: Any, options: dict[str, Any]) -> Any:
    if kind in ("lookahead", "sam"):
        return {"lookahead": Ahead, "sam": Sharp}[kind](rate, at, options)
    build = getattr(optax, kind, None) or getattr(optax.contrib, kind)
    return Plain(build(rate, **options), at)


def trajectory(problem: str, kind: str, rate: float, options: dict[str, Any]) -> dict[str, Any]:
    start = {name: jnp.array(value) for name, value in PROBLEMS[problem]["start"].items()}
    optimizer = made(kind, rate, start, options)
    gradient = jax.jit(jax.grad(lambda at: loss(problem, at)))
    kept: dict[str, list[Any]] = {name: [] for name in start}
    for step in range(1, KEPT[-1] + 1):
        optimizer.step(gradient)
        if step in KEPT:
            for name, value in optimizer.at.items():
                kept[name].append(value.tolist())
    return kept


def case(name: str) -> dict[str, Any]:
    kind, rates, options = OPTIMIZERS[name]
    found = {problem: trajectory(problem, kind, rates[problem], options) for problem in PROBLEMS}
    return {"kind": kind, "rates": rates, "options": options, **found}


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    cases = lines({name: case(name) for name in OPTIMIZERS})
    content = f'{{"optax": {{\n"version": "{optax.__version__}"\n}},\n"cases": {{\n{cases}\n}}}}\n'
    (FOLDER / "optax.json").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
