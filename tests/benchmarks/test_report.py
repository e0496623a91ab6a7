"""The arithmetic of the report, on times that are made up."""

from __future__ import annotations

import pytest

from benchmarks.contestants import CALL, ENTRIES, PEAK, Entry
from benchmarks.messages import Started, Task
from benchmarks.perceptron import Perceptron
from benchmarks.race import Result
from benchmarks.report import best, gigaflops, markdown, ratio, seconds, share, table
from benchmarks.workloads import WORKLOADS

EAGER = next(entry for entry in ENTRIES if entry.way == "eager")
JIT = next(entry for entry in ENTRIES if entry.way == "jit")
W1 = WORKLOADS["W1"]


def result(entry: Entry, *times: float, loss: float | None = 0.5, problem: str = "") -> Result:
    started = Started("1.0", 1, 0.1, 0.2, 2**20, loss)
    return Result(Task(entry, W1, 1, 1), started, list(times), 3 * 2**20, problem)


def test_the_arithmetic_of_a_step_is_that_of_its_products() -> None:
    tiny = Perceptron("tiny", batch=4, batches=1, sizes=(3, 5, 2))
    forward, weights, inputs = 15 + 10, 15 + 10, 10
    assert tiny.flops == 2 * 4 * (forward + weights + inputs)


@pytest.mark.parametrize(
    ("name", "megaflops"), [("W1", 0.97), ("W2", 411), ("W3", 4580), ("W5", 3960)]
)
def test_the_workloads_are_as_large_as_they_are_said_to_be(name: str, megaflops: float) -> None:
    assert WORKLOADS[name].flops / 1e6 == pytest.approx(megaflops, rel=0.01)


def test_an_outlier_does_not_move_the_median() -> None:
    assert seconds(result(CALL, 3.0, 1.0, 2.0, 900.0, 1.5)) == 2.0


def test_the_ratio_is_of_medians_and_above_one_where_we_are_faster() -> None:
    assert ratio(result(EAGER, 8.0, 1.0, 10.0), result(CALL, 2.0, 1.0, 9.0)) == 4.0


def test_the_share_is_what_the_arithmetic_alone_would_take() -> None:
    assert share(result(CALL, 4.0), result(PEAK, 1.0)) == 0.25
    assert gigaflops(W1, result(PEAK, 2.0)) == W1.flops / 2e9


def test_the_best_peer_is_the_fastest_that_was_measured() -> None:
    fast, slow = result(JIT, 1.0), result(EAGER, 2.0)
    failed = result(EAGER, 0.1, problem="broke in the third round")
    assert best([slow, failed, fast]) is fast
    assert best([failed]) is None
    assert ratio(failed, fast) is None


def test_the_table_holds_the_ratio_to_the_best_peer() -> None:
    everyone = [
        result(CALL, 1e-5),
        result(EAGER, 4e-5),
        result(JIT, 2.5e-5, loss=None),
        result(PEAK, 5e-6),
    ]
    text = table(W1, everyone)
    assert "chainrule, a call a step: 2.50 × as fast as the best peer (jax.jit)" in text
    assert "| 50% " in text
    assert "loss after one epoch: 0.5000 (chainrule, a call a step), 0.5000 (torch, eager)" in text


def test_who_failed_says_why_and_nobody_is_compared_with_it() -> None:
    broken = result(CALL, problem="ValueError: no")
    text = table(W1, [broken, result(EAGER, 4e-5), result(PEAK, 5e-6)])
    assert "chainrule, a call a step failed: ValueError: no" in text
    assert "as fast as" not in text


def test_a_short_row_is_filled_up() -> None:
    lines = markdown(["", "time"], [["torch"]]).splitlines()
    assert len({len(line) for line in lines}) == 1
