"""`python -m tests.fuzz --programs 10000 --seed 0 --threads 1,2,3`: see `tests/fuzz/RESULTS.md`.

Programs come in chunks of a hundred, each chunk with a seed of its own: what differs is found again
by that seed alone, and with `--shrink` Hypothesis looks for the smallest program that differs.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("CHAINRULE_CACHE", "off")
os.environ.setdefault("CHAINRULE_CHECKED", "on")

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.run.compared import compare
from tests.run.programs import Program
from tests.run.random_programs import programs

CHUNK = 100
PATIENCE = 300  # seconds after which a program has hung


@dataclass
class Search:
    """What was tried and what differed; with `shrink` the first that differs ends the search."""

    threads: Sequence[int]
    shrink: bool
    tried: int = 0
    differed: list[str] = field(default_factory=list)

    def chunk(self, number: int, size: int) -> None:
        """Try the programs of one chunk."""
        phases = [Phase.generate, Phase.shrink] if self.shrink else [Phase.generate]

        @seed(number)
        @settings(
            max_examples=size,
            phases=phases,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(programs())
        def each(program: Program) -> None:
            faulthandler.dump_traceback_later(PATIENCE, exit=True)
            self.tried += 1
            try:
                compare(program, self.threads)
            except Exception as error:
                if self.shrink:
                    raise
                self.differed.append(f"seed {number}: {error}\n{program}\n")

        each()
        faulthandler.cancel_dump_traceback_later()


def main() -> int:
    """Search, keep the report up to date in the file, and tell whether anything differed."""
    options = _options()
    search, begun = Search(options.threads, options.shrink), perf_counter()
    for number in range(-(-options.programs // CHUNK)):
        if perf_counter() - begun > options.minutes * 60:
            break
        search.chunk(options.seed + number, min(CHUNK, options.programs - search.tried))
        seconds = perf_counter() - begun
        line = f"{search.tried:,} programs, {len(search.differed)} differed, {seconds:,.0f} s"
        sys.stderr.write(f"\r{line}, next seed {options.seed + number + 1} ")
        sys.stderr.flush()
        if options.output is not None:
            options.output.write_text(_report(options, search, seconds))
    sys.stderr.write("\n")
    sys.stdout.write(_report(options, search, perf_counter() - begun))
    return int(bool(search.differed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--programs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=_numbers, default=(1, 2, 3))
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so many")
    parser.add_argument("--shrink", action="store_true", help="stop at the smallest that differs")
    parser.add_argument("--output", type=Path, help="a file for the report")
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def _report(options: argparse.Namespace, search: Search, seconds: float) -> str:
    lines = [
        f"date      {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"machine   {platform.machine()}, {os.cpu_count()} processors, {platform.system()}",
        f"programs  {search.tried:,} of {options.programs:,}, seeds from {options.seed}",
        f"threads   {', '.join(map(str, options.threads))}",
        f"time      {seconds:,.0f} s",
        f"differed  {len(search.differed)}",
    ]
    return "\n".join([*lines, "", *search.differed])


if __name__ == "__main__":
    sys.exit(main())
