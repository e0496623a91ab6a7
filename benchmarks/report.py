"""What the times say: medians, ratios of medians, share of the peak; and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.contestants import PEAK
from benchmarks.race import Result
from benchmarks.workload import Workload

MEGABYTE = 2**20


def seconds(result: Result) -> float | None:
    """Return the median of a step; `None` where nothing was measured."""
    return median(result.times) if result.times and not result.problem else None


def ratio(peer: Result, ours: Result) -> float | None:
    """Return how many times as long `peer` takes as `ours`: medians over each other."""
    of, by = seconds(peer), seconds(ours)
    return of / by if of is not None and by is not None else None


def share(result: Result, peak: Result) -> float | None:
    """Return the part of the peak that `result` reaches: the peak's time over its own."""
    return ratio(peak, result)


def best(results: Sequence[Result]) -> Result | None:
    """Return the fastest; `None` where nothing was measured."""
    measured = [(time, n) for n, result in enumerate(results) if (time := seconds(result))]
    return results[min(measured)[1]] if measured else None


def gigaflops(workload: Workload, peak: Result) -> float | None:
    """Return the peak in GFLOP/s; its step is the arithmetic of the workload's."""
    time = seconds(peak)
    return workload.flops / time / 1e9 if time else None


def table(workload: Workload, results: Sequence[Result]) -> str:
    """Return all of it as a table in Markdown, with what to read from it below."""
    peak = next(result for result in results if result.entry == PEAK)
    ours = [result for result in results if result.entry.is_ours and result is not peak]
    peers = [result for result in results if not result.entry.is_ours]
    heads = ["", "median", "least", "share of peak", "peak RSS", "over import", "first call"]
    heads += [f"÷ {result.entry.name.removeprefix('chainrule, ')}" for result in ours]
    rows = [_row(result, peak, ours) for result in [*ours, *peers]]
    rates = gigaflops(workload, peak)
    rate = f"{rates:.0f} GFLOP/s" if rates else f"unknown ({peak.problem})"
    head = f"{workload.flops / 1e6:,.2f} MFLOP a step; FMA peak in this run: {rate}."
    return "\n\n".join([head, markdown(heads, rows), "\n".join(_conclusions(ours, peers))])


def _row(result: Result, peak: Result, ours: Sequence[Result]) -> list[str]:
    time, started = seconds(result), result.started
    if time is None or started is None:
        return [result.entry.name, "not measured" if result.entry.is_installed else result.problem]
    return [
        f"{result.entry.name} {started.version}",
        microseconds(time),
        microseconds(min(result.times)),
        _percent(share(result, peak)),
        f"{result.peak / MEGABYTE:.0f} MB",
        f"{(result.peak - started.baseline) / MEGABYTE:.0f} MB",
        f"{started.first_seconds:.2f} s",
        *(_times(ratio(result, one)) for one in ours),
    ]


def _conclusions(ours: Sequence[Result], peers: Sequence[Result]) -> list[str]:
    fastest = best(peers)
    lines = [] if fastest else ["No peer was measured."]
    lines += [
        f"- {one.entry.name}: {found:.2f} × as fast as the best peer ({fastest.entry.name})"
        for one in ours
        if fastest and (found := ratio(fastest, one))
    ]
    return [*lines, *_problems([*ours, *peers]), *losses([*ours, *peers])]


def _problems(results: Sequence[Result]) -> list[str]:
    return [
        f"- {result.entry.name} failed: {result.problem}"
        for result in results
        if result.problem and result.entry.is_installed
    ]


def losses(results: Sequence[Result]) -> list[str]:
    """Say whether all computed the same: the same loss at the end of the first epoch."""
    found = [
        f"{result.started.loss:.4f} ({result.entry.name})"
        for result in results
        if result.started and result.started.loss is not None
    ]
    return [f"- loss after one epoch: {', '.join(found)}"] if found else []


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table, its columns as wide as their longest cell.

    >>> print(markdown(["", "time"], [["torch", "1.5 µs"]]))
    |       | time   |
    |-------|--------|
    | torch | 1.5 µs |
    """
    full = [[*row, *[""] * (len(heads) - len(row))] for row in [heads, *rows]]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in full]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def microseconds(time: float) -> str:
    """Return a time for a person, in µs.

    >>> microseconds(0.0123), microseconds(1.23e-05)
    ('12,300 µs', '12.3 µs')
    """
    digits = 0 if time >= 1e-4 else 1
    return f"{time * 1e6:,.{digits}f} µs"


def _percent(part: float | None) -> str:
    return "" if part is None else f"{part:.0%}"


def _times(factor: float | None) -> str:
    return "" if factor is None else f"{factor:.2f} ×"
