"""A race of chainrule alone on a tiny network: workers, messages, peak and table together."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.contestants import CALL, PEAK
from benchmarks.contestants.contestant import Epochwise, Stepwise
from benchmarks.language import Language
from benchmarks.messages import Task, line, task
from benchmarks.perceptron import Perceptron
from benchmarks.process import FailedError, Worker
from benchmarks.race import Rules, race, whole_calls
from benchmarks.report import losses, seconds, table
from benchmarks.workload import Workload

pytest.importorskip("llvmlite")

TINY = Perceptron("tiny", batch=2, batches=3, sizes=(3, 4, 2))
WORDS = Language("words", batch=2, batches=2, layers=1, heads=2, features=8, context=4, tokens=5)
QUICK = Rules(rounds=2, seconds=0.001, pause=0.0)
NOBODY = replace(CALL, name="nobody", package="no_such_library")
LOST = replace(CALL, name="lost", module="no_such_module")


def test_chainrule_alone_is_measured() -> None:
    results = race([Task(entry, TINY, 1, 1) for entry in (CALL, NOBODY, LOST, PEAK)], QUICK)
    ours, nobody, lost, peak = results
    assert len(ours.times) == 2
    assert min(ours.times) > 0
    assert ours.peak > (ours.started.baseline if ours.started else sys.maxsize)
    assert nobody.problem == "not installed"
    assert "no_such_module" in lost.problem
    assert seconds(peak)
    assert "No peer was measured" in table(TINY, [ours, peak])
    assert losses([ours])[0].startswith("- loss after one epoch: 0.")


def test_a_worker_that_is_gone_says_its_last_words() -> None:
    with Worker(Task(LOST, TINY, 1, 1)) as worker, pytest.raises(FailedError, match="no_such"):
        worker.train(1)


@pytest.mark.parametrize("workload", [TINY, WORDS], ids=str)
def test_a_task_comes_through_the_pipe_as_it_was(workload: Workload) -> None:
    given = Task(CALL, workload, 2, 1)
    assert task(line(given)) == given


def test_a_language_model_is_trained_by_the_same_orders() -> None:
    (result,) = race([Task(CALL, WORDS, 1, 1)], QUICK)
    assert len(result.times) == 2
    # Nothing is to be learnt from random tokens: the loss stays near that of a guess.
    assert result.started
    assert result.started.loss == pytest.approx(np.log(WORDS.tokens), rel=0.1)


def test_steps_come_in_whole_calls() -> None:
    assert whole_calls(1001.0, 500) == 1500
    assert whole_calls(1000.0, 500) == 1000
    assert whole_calls(0.0, 500) == 500


def test_batches_come_in_turn_and_around() -> None:
    seen: list[int] = []
    stepwise = Stepwise(lambda x, y: seen.append(x), [(1, 0), (2, 0), (3, 0)], lambda _: 0.5)
    assert stepwise.run(2) == 0.5
    stepwise.run(2)
    assert seen == [1, 2, 3, 1]


def test_epochs_are_counted_in_steps() -> None:
    losses = iter([3.0, 2.0, 1.0])
    assert Epochwise(lambda: next(losses), batches=10).run(20) == 2.0
