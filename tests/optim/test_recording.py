"""A recorded step is the eager step: the same bits, and what changes reaches it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from chainrule.build.functions.manipulation import expand_dims
from chainrule.build.interpret import Interpreter
from chainrule.build.record import Recording, record
from chainrule.build.variable import Variable
from chainrule.optim import (
    ASGD,
    LAMB,
    LARS,
    SGD,
    Accumulate,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Constant,
    Cosine,
    CosineRestarts,
    Groups,
    LinearWarmup,
    Lion,
    Lookahead,
    MultiStep,
    Muon,
    NAdam,
    OneCycle,
    Plateau,
    RAdam,
    RMSprop,
    Rprop,
    ScheduleFreeAdamW,
    Stepping,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
)
from chainrule.run.compile import compile as compile_
from tests.optim.problems import loss, variables

MAKERS: dict[str, Callable[[dict[str, Variable]], Stepping]] = {
    "sgd": lambda at: SGD(at, 0.1, weight_decay=0.1),
    "nesterov": lambda at: SGD(at, 0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda at: RMSprop(at, momentum=0.5),
    "centered": lambda at: RMSprop(at, centered=True),
    "adagrad": lambda at: Adagrad(at, 0.1),
    "adam": lambda at: Adam(at, 0.1),
    "amsgrad": lambda at: Adam(at, 0.1, amsgrad=True, weight_decay=0.1),
    "adamw": lambda at: AdamW(at, 0.1),
    "adadelta": Adadelta,
    "adafactor": lambda at: Adafactor(at, 0.1, weight_decay=0.1),
    "adamax": lambda at: Adamax(at, 0.1),
    "asgd": lambda at: ASGD(at, 0.1, start=5),
    "lamb": lambda at: LAMB(at, 0.1, weight_decay=0.1),
    "lars": lambda at: LARS(at, 1.0),
    "lion": lambda at: Lion(at, 0.1, weight_decay=0.1),
    "muon": Muon,
    "nadam": lambda at: NAdam(at, 0.1),
    "radam": lambda at: RAdam(at, 0.1, beta2=0.9),
    "rprop": Rprop,
    "schedule-free": lambda at: ScheduleFreeAdamW(at, LinearWarmup(0.1, 5)),
    "groups": lambda at: Groups(
        SGD({"w": at["w"]}, Plateau(0.1, patience=1)),
        Adam({"b": at["b"]}, 0.1 * Cosine(1.0, 12)),
        gradient_transform=partial(clip_by_global_norm, limit=0.05),
    ),
    "accumulate": lambda at: Accumulate(AdamW(at, Plateau(0.1, patience=2)), every=3),
    "lookahead": lambda at: Lookahead(Adam(at, 0.1), every=3),
    "one-cycle": lambda at: SGD(at, OneCycle(0.5, 20)),
    "warm-up": lambda at: Adam(at, LinearWarmup(0.1, 5, 0.01).then(Cosine(0.1, 12), at=5)),
    "restarts": lambda at: AdamW(at, CosineRestarts(0.1, 3, growth=2)),
    "multi-step": lambda at: SGD(at, MultiStep(0.1, [4, 9])),
    "plateau": lambda at: SGD(at, Plateau(0.1, factor=0.5, patience=2)),
    "function": lambda at: SGD(at, lambda step: 0.5 / (1 + step)),
    "global norm": lambda at: Adam(at, gradient_transform=partial(clip_by_global_norm, limit=0.05)),
    "norm": lambda at: SGD(at, gradient_transform=partial(clip_by_norm, limit=0.05)),
    "value": lambda at: SGD(at, gradient_transform=partial(clip_by_value, limit=0.05)),
}


class Program:
    """A function without arguments, recorded once, run by the interpreter."""

    def __init__(self, function: Callable[[], object]) -> None:
        self.recording: Recording = record(function, [])
        self.interpreter = Interpreter(self.recording.graph)

    def __call__(self) -> float:
        value, *written = self.interpreter([np.asarray(cell) for cell in self.recording.reads])
        for cell, content in zip(self.recording.writes, written, strict=True):
            cell.assign(content)
        return float(value)


def step(optimizer: Stepping, at: dict[str, Variable]) -> object:
    value = loss("logistic", at)
    optimizer.step(value.backward())
    return value


def contents(optimizer: Stepping, at: dict[str, Variable]) -> dict[str, bytes]:
    cells = {**at, **dict(optimizer.named_variables())}
    return {name: np.asarray(cell).tobytes() for name, cell in cells.items()}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_twenty_steps_are_the_same_to_the_last_bit(
    make: Callable[[dict[str, Variable]], Stepping], dtype: str
) -> None:
    at, again = variables("logistic", dtype), variables("logistic", dtype)
    eager, recorded = make(at), make(again)
    program = Program(partial(step, recorded, again))
    untouched = contents(recorded, again)
    for index in range(20):
        eager_loss = float(step(eager, at))  # type: ignore[arg-type]
        assert program() == eager_loss
        for optimizer in (eager, recorded):
            optimizer.observe(1.0 + index % 3)
        assert contents(recorded, again) == contents(eager, at)
    assert program.recording.holds()
    assert contents(recorded, again) != untouched


def test_one_compilation_serves_a_whole_run() -> None:
    at = variables("logistic")
    schedule = LinearWarmup(0.1, 5).then(Plateau(0.1, patience=1), at=5)
    optimizer = Adam(at, schedule, gradient_transform=partial(clip_by_global_norm, limit=0.1))
    compiled = compile_(partial(step, optimizer, at))
    losses = []
    for _ in range(20):
        losses.append(float(compiled()))
        optimizer.observe(1.0)
    assert len(compiled.recordings) == 1
    assert optimizer.rate() < 0.1
    assert losses[-1] < losses[0]


def test_recording_changes_nothing() -> None:
    at = variables("logistic")
    optimizer = Adam(at, 0.1)
    before = contents(optimizer, at)
    record(partial(step, optimizer, at), [])
    assert contents(optimizer, at) == before


def test_two_steps_in_one_recording() -> None:
    at, again = variables("logistic"), variables("logistic")
    eager, recorded = Adam(at, 0.1), Adam(again, 0.1)

    def twice() -> object:
        step(recorded, again)
        return step(recorded, again)

    program = Program(twice)
    for _ in range(3):
        step(eager, at)
        step(eager, at)
        program()
    assert contents(recorded, again) == contents(eager, at)


def test_a_new_rate_reaches_a_recorded_step() -> None:
    at, again = variables("logistic"), variables("logistic")
    eager, recorded = SGD(at, 0.1), SGD(again, 0.1)
    program = Program(partial(step, recorded, again))
    for optimizer in (eager, recorded):
        optimizer.learning_rate = 0.7
    step(eager, at)
    program()
    assert program.recording.holds()
    assert contents(recorded, again) == contents(eager, at)


def test_a_new_schedule_asks_for_a_new_recording() -> None:
    at = variables("logistic")
    optimizer = SGD(at, 0.1)
    recording = record(partial(step, optimizer, at), [])
    optimizer.learning_rate = Constant(0.1)
    assert not recording.holds()
    recording = record(partial(step, optimizer, at), [])
    optimizer.learning_rate = Constant(0.1)
    assert recording.holds()
    optimizer.learning_rate = Constant(0.2)
    assert not recording.holds()


def test_a_failed_step_writes_nothing_into_the_recording() -> None:
    at = variables("logistic")
    optimizer = Adam(at, 0.1)

    def broken() -> object:
        value = loss("logistic", at)
        gradients = value.backward()
        with pytest.raises(ValueError, match="the gradient of"):
            optimizer.step({key: expand_dims(gradient) for key, gradient in gradients.items()})
        return value

    assert record(broken, []).writes == ()
