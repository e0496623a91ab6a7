"""The width sweep: is there a hidden width at which a slightly narrower network is far faster?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.contestants import EPOCH
from benchmarks.messages import Task
from benchmarks.perceptron import Perceptron
from benchmarks.race import Rules, race
from benchmarks.report import markdown, microseconds, seconds
from benchmarks.sections import Section

LIMIT = 1.2
NARROWER = 0.9
BATCHES = (32, 128)
# About 25 % apart; then each size at which a vector, a tile or a panel is full, and one more.
WIDTHS = sorted(
    {round(8 * 1.25**n) for n in range(22)} | {2**n + more for n in range(3, 11) for more in (0, 1)}
)


@dataclass(frozen=True)
class Step:
    """A width and a narrower neighbor: seconds a step and FLOP a second of both."""

    batch: int
    width: int
    narrower: int
    times: tuple[float, float]
    rates: tuple[float, float]

    @property
    def in_time(self) -> float:
        """How many times as long the wider takes."""
        return self.times[0] / self.times[1]

    @property
    def in_rate(self) -> float:
        """How many times as much arithmetic the narrower does in the same time: the cliff."""
        return self.rates[1] / self.rates[0]


def network(width: int, batch: int) -> Perceptron:
    """Return MLP 10-w-w-10."""
    batches = max(4, 2_000_000 // (batch * width * (width + 20)))
    return Perceptron(f"w = {width}", batch, min(batches, 256), (10, width, width, 10))


def measure(threads: int, rounds: int, widths: Sequence[int] = tuple(WIDTHS)) -> Section:
    """Return the section: all steps of which the narrower is clearly faster, and the worst."""
    steps = [_step(width, batch, threads, rounds) for batch in BATCHES for width in widths]
    found = [step for step in steps if step is not None]
    title = f"Width sweep, MLP 10-w-w-10, {threads} thread{'s' * (threads > 1)}"
    return Section(title, summary(found, len(steps)))


def summary(steps: Sequence[Step], wanted: int) -> str:
    """Return what the steps say, the five worst in a table."""
    if not steps:
        return "Nothing was measured."
    worst = sorted(steps, key=lambda step: -step.in_rate)
    over = sum(step.in_rate > LIMIT for step in steps)
    lines = [
        f"{len(steps)} of {wanted} pairs of a width w and one 10 % narrower, medians, an epoch a "
        f"call. In {over} of them the narrower does more than {LIMIT} times as much arithmetic a "
        f"second; worst {worst[0].in_rate:.2f} × (w = {worst[0].width}, batch {worst[0].batch}). "
        f"In time, where the arithmetic alone makes up to 1.23 ×: worst "
        f"{max(step.in_time for step in steps):.2f} ×.",
    ]
    heads = ["batch", "w", "narrower", "step", "narrower", "in rate", "in time"]
    return "\n\n".join([*lines, markdown(heads, [_row(step) for step in worst[:5]])])


def _row(step: Step) -> list[str]:
    times = [microseconds(time) for time in step.times]
    factors = [f"{step.in_rate:.2f} ×", f"{step.in_time:.2f} ×"]
    return [str(step.batch), str(step.width), str(step.narrower), *times, *factors]


def _step(width: int, batch: int, threads: int, rounds: int) -> Step | None:
    narrower = round(NARROWER * width)
    networks = network(width, batch), network(narrower, batch)
    tasks = [Task(EPOCH, network, threads, threads) for network in networks]
    results = race(tasks, Rules(rounds, seconds=0.05, pause=0.0))
    times = [seconds(result) for result in results]
    if times[0] is None or times[1] is None:
        return None
    rates = networks[0].flops / times[0], networks[1].flops / times[1]
    return Step(batch, width, narrower, (times[0], times[1]), rates)
