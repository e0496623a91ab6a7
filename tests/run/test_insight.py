"""What a compiled step shows of itself: kernels, memory, code, measured times."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.source import Step
from chainrule.errors import ChainruleError
from chainrule.plan.kernel import Product, Role, reads, writes
from chainrule.run.native import Native
from chainrule.run.profile import profile
from tests.run.insights import BATCH, CLASSES, HIDDEN, INPUTS, shown, training_step


def native_of(step: Any) -> Native:
    executor = step.program.executor
    assert isinstance(executor, Native)
    return executor


def variables_of(step: Any) -> str:
    """The bits of all variables that the step writes, as a hash."""
    written = step.program.recording.writes
    return sha256(b"".join(np.asarray(v).tobytes() for v in written)).hexdigest()


def test_kernels_are_a_sequence_with_costs_steps_and_lines() -> None:
    step = shown()
    kernels = step.kernels
    assert len(kernels) == len(native_of(step).kernels)
    assert [kernel.number for kernel in kernels] == list(range(len(kernels)))
    assert {kernel.step for kernel in kernels} == set(Step)
    assert all(kernel.estimate > 0 and kernel.bytes > 0 for kernel in kernels)
    assert all(kernel.measured is None and kernel.share is None for kernel in kernels)
    assert {kernel.source.file for kernel in kernels} == {training_step.__code__.co_filename}
    assert kernels.flops == sum(kernel.flops for kernel in kernels)
    assert not kernels.is_measured


def test_the_products_of_a_step_take_three_times_those_of_the_layers() -> None:
    """Forward, gradient of the weights, gradient of the input; the first input needs none."""
    step = shown()
    depth = {k.number: k.kernel.a.shape[-1] for k in step.kernels if isinstance(k.kernel, Product)}
    places = {n: np.prod(step.kernels[n].kernel.a.shape[:-1]) for n in depth}
    counted = sum(2 * depth[n] * places[n] * step.kernels[n].kernel.b.shape[-1] for n in depth)
    assert counted == 2 * BATCH * (3 * (INPUTS * HIDDEN + HIDDEN * CLASSES) - INPUTS * HIDDEN)


def test_a_weight_is_updated_where_its_gradient_is_made() -> None:
    step = shown()
    updating = [k for k in step.kernels if k.updates and k.step is Step.BACKWARD]
    assert len(updating) == 2
    assert all(isinstance(kernel.kernel, Product) for kernel in updating)


def test_kernels_print_as_a_table() -> None:
    step = shown()
    lines = str(step.kernels).splitlines()
    assert len(lines) == len(step.kernels) + 3
    assert lines[0].split() == ["step", "flops", "bytes", "estimate", "kernel"]
    assert all("# insights.py:" in line for line in lines[1:-2])
    assert lines[-1].endswith("bytes for all temporaries")


def test_measured_kernels_have_times_and_shares() -> None:
    step, x, y = training_step()
    kernels = step.profile()
    assert kernels.is_measured
    assert all(kernel.measured > 0 and kernel.share is not None for kernel in kernels)
    assert kernels.time == sum(kernel.measured for kernel in kernels)
    head, *_ = str(step.kernels).splitlines()
    assert head.split()[4:7] == ["measured", "of", "peak"]
    assert [k.measured for k in step.profile(x, y)] == [k.measured for k in step.kernels]


def test_a_profile_leaves_every_bit_of_the_variables_alone() -> None:
    step, x, y = training_step()
    before = variables_of(step)
    step.profile()
    assert variables_of(step) == before
    other, _, _ = training_step()
    assert float(step(x, y)) != float(step(x, y))
    assert variables_of(other) == before


def test_a_step_goes_on_after_a_profile_as_if_there_had_been_none() -> None:
    (step, x, y), (other, _, _) = training_step(), training_step()
    step.profile()
    assert step(x, y).known().tobytes() == other(x, y).known().tobytes()
    assert variables_of(step) == variables_of(other)


def test_refused_arguments_are_an_error_and_change_nothing() -> None:
    step, x, y = training_step()
    before = variables_of(step)
    with pytest.raises(ChainruleError, match="refuses these arguments"):
        step.profile(x, y + CLASSES)
    assert variables_of(step) == before
    assert np.isfinite(float(step(x, y)))


def test_an_interruption_changes_nothing() -> None:
    step, x, y = training_step()
    before, native = variables_of(step), native_of(step)

    def interrupted() -> None:
        with native.standing_by([x, y]):
            for variable in step.program.recording.writes:
                variable.storage()[...] = 7
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert variables_of(step) == before


def test_a_profile_takes_the_arguments_of_one_step() -> None:
    step, x, y = training_step()
    with pytest.raises(ChainruleError, match=r"takes float32\[16, 20\], int64\[16\]"):
        profile(native_of(step), [x[:3], y[:3]])


def test_a_profile_for_other_shapes_records_another_program() -> None:
    step, x, y = training_step()
    before = variables_of(step)
    kernels = step.profile(x[:3], y[:3])
    assert kernels.is_measured
    assert len(step.recordings) == 2
    assert variables_of(step) == before


def test_what_is_interpreted_says_so_everywhere() -> None:
    step, _, _ = training_step(device="numpy")
    assert len(step.kernels) == len(step.memory) == 0
    assert "interpreted by NumPy" in str(step.kernels)
    assert "interpreted by NumPy" in str(step.memory)
    assert "interpreted by NumPy" in str(step.profile())
    with pytest.raises(ChainruleError, match="interpreted by NumPy"):
        step.plot()
    with pytest.raises(ChainruleError, match="no machine code"):
        _ = step.llvm


def test_nothing_is_shown_before_the_first_call() -> None:
    step = cr.compile(lambda x: x, device="native")
    with pytest.raises(ChainruleError, match="has not been called yet"):
        _ = step.memory


def test_the_code_is_llvm_s_with_a_function_a_routine() -> None:
    step = shown()
    found = native_of(step).plan.routines
    assert len(found.calls) == len(step.kernels)
    assert all(f"@routine{call.routine}(" in step.llvm for call in found.calls)


def test_memory_lists_what_the_kernels_touch() -> None:
    step = shown()
    rows = {row.buffer: row for row in step.memory}
    for number, kernel in enumerate(native_of(step).kernels):
        for buffer in [*(view.buffer for view in reads(kernel)), *writes(kernel)]:
            row = rows[buffer]
            assert row.first is not None
            assert row.last is not None
            assert row.first <= number <= row.last


def test_memory_names_parameters_moments_and_operations() -> None:
    step = shown()
    rows = {row.name: row for row in step.memory}
    assert rows["Linear(20, 32).weight"].shape == (HIDDEN, INPUTS)
    assert rows["Linear(20, 32).weight"].bytes == HIDDEN * INPUTS * 4
    assert rows["0.weight.mean"].role is Role.VARIABLE
    assert rows["argument 0"].shape == (BATCH, INPUTS)
    assert rows["maximum"].role is Role.TEMPORARY
    assert str(rows["maximum"].source).startswith("insights.py:")


def test_temporaries_that_live_at_once_do_not_overlap() -> None:
    step = shown()
    rows = [row for row in step.memory if row.role is Role.TEMPORARY]
    for one in rows:
        for other in rows:
            meet = one.first <= other.last and other.first <= one.last
            apart = (
                one.offset + one.bytes <= other.offset or other.offset + other.bytes <= one.offset
            )
            assert one is other or not meet or apart
    assert max(row.offset + row.bytes for row in rows) <= step.memory.arena


@pytest.fixture
def _tracing() -> Iterator[None]:
    shown()  # what is made once for the whole process is not the program's
    tracemalloc.start()
    yield
    tracemalloc.stop()


def arrays_held() -> int:
    """The bytes that NumPy has allocated and not given back."""
    gc.collect()
    only = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
    found = tracemalloc.take_snapshot().filter_traces([only])
    return sum(trace.size for trace in found.traces)


@pytest.mark.usefixtures("_tracing")
@pytest.mark.parametrize(("batch", "hidden"), [(16, 32), (16, 300), (700, 150)])
def test_the_peak_is_what_is_really_allocated(batch: int, hidden: int) -> None:
    before = arrays_held()
    step, x, y = training_step(batch=batch, hidden=hidden)
    loss = step(x, y)
    held = arrays_held() - before
    assert held == pytest.approx(step.memory.peak, rel=0.03)
    current, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    loss = step(x, y)
    assert tracemalloc.get_traced_memory()[1] - current < 0.01 * held + 4096
    assert np.isfinite(float(loss))


def test_memory_prints_totals_that_add_up_to_the_peak() -> None:
    step = shown()
    lines = str(step.memory).splitlines()
    (rule,) = (place for place, line in enumerate(lines) if set(line) == {"─"})
    totals = [line.partition(" bytes  ")[0] for line in lines[rule + 1 :]]
    *parts, peak = (int(total.replace(",", "")) for total in totals)
    assert sum(parts) == peak == step.memory.peak
