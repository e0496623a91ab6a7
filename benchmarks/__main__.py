"""The command line: `python -m benchmarks W1 W2 --threads 2`."""

from __future__ import annotations

import sys
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser, Namespace
from collections.abc import Iterator, Sequence

from benchmarks import compilation, cores, neighbor, products, widths
from benchmarks.contestants import ENTRIES, PEAK
from benchmarks.machine import machine
from benchmarks.messages import Task
from benchmarks.race import Rules, race
from benchmarks.report import table
from benchmarks.sections import Section, record
from benchmarks.workload import Workload
from benchmarks.workloads import WORKLOADS

OTHERS = ("products", "widths", "neighbor", "compile")
COMPILED = ("W2", "W5")
PACKAGES = tuple(dict.fromkeys(entry.package for entry in ENTRIES))


def measure(workload: Workload, threads: int, rounds: int, packages: Sequence[str]) -> Section:
    """Return the section of a race of everyone on `workload`."""
    entries = [e for e in ENTRIES if e.package in packages and e.suits(workload)]
    tasks = [Task(entry, workload, threads, threads) for entry in [*entries, PEAK]]
    results = race(tasks, Rules(rounds))
    title = f"{workload}, {threads} thread{'s' * (threads > 1)}"
    return Section(title, table(workload, results))


def sections(options: Namespace) -> Iterator[Section]:
    """Measure what was asked for, one after the other."""
    for name in options.what:
        for threads in options.threads:
            if name in WORKLOADS:
                yield measure(WORKLOADS[name], threads, options.rounds, options.only)
            elif name == "compile":
                for workload in COMPILED:
                    given = WORKLOADS[workload], threads, options.rounds, options.only
                    yield compilation.measure(*given)
            elif name == "widths":
                yield widths.measure(threads, options.rounds)
        if name == "products":
            yield products.measure(options.rounds)
        elif name == "neighbor":
            yield neighbor.measure(WORKLOADS["W2"], options.rounds, options.only)


def parser() -> ArgumentParser:
    """Return what reads the command line."""
    made = ArgumentParser("python -m benchmarks", formatter_class=ArgumentDefaultsHelpFormatter)
    made.add_argument("what", nargs="+", choices=[*WORKLOADS, *OTHERS], help="what to measure")
    made.add_argument("--threads", nargs="+", type=int, default=[cores.count()], help="of each")
    made.add_argument("--rounds", type=int, default=7, help="of which the median is taken")
    made.add_argument("--only", nargs="+", choices=PACKAGES, default=PACKAGES, help="libraries")
    made.add_argument("--record", action="store_true", help="put it into RESULTS.md")
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and record where that is asked for."""
    options = parser().parse_args(arguments)
    here = machine()
    sys.stdout.write(f"{here}\n\n")
    for section in sections(options):
        sys.stdout.write(f"{section}\n")
        sys.stdout.flush()
        if options.record:
            record(section, here)


if __name__ == "__main__":
    main()
