"""Time to the first step: cold, with every cache empty, and warm, once more with what it left."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.contestants import ENTRIES, Entry
from benchmarks.messages import Started, Task
from benchmarks.process import FailedError, Worker
from benchmarks.report import markdown
from benchmarks.sections import Section
from benchmarks.workload import Workload

# One step a call: who makes an epoch at once has made 40 or 500 steps when its first call is over.
WAYS = ("call", "eager", "compile", "jit")


def measure(workload: Workload, threads: int, rounds: int, packages: Sequence[str]) -> Section:
    """Return the section: import, cold and warm first step of all that step one by one."""
    entries = [entry for entry in ENTRIES if entry.way in WAYS and entry.package in packages]
    rows = [_row(entry, Task(entry, workload, threads, threads), rounds) for entry in entries]
    heads = ["", "import", "first step, cold", "first step, warm"]
    title = f"Time to the first step of {workload.name}, {threads} thread{'s' * (threads > 1)}"
    return Section(title, f"Medians of {rounds} fresh processes.\n\n{markdown(heads, rows)}")


def _row(entry: Entry, task: Task, rounds: int) -> list[str]:
    if not entry.is_installed:
        return [entry.name, "not installed"]
    try:
        pairs = [cold_and_warm(task) for _ in range(rounds)]
    except FailedError as error:
        return [entry.name, str(error)]
    times = [
        [warm.import_seconds for _, warm in pairs],
        [cold.first_seconds for cold, _ in pairs],
        [warm.first_seconds for _, warm in pairs],
    ]
    return [entry.name, *(f"{1000 * median(column):,.0f} ms" for column in times)]


def cold_and_warm(task: Task) -> tuple[Started, Started]:
    """Return how the contestant started with empty caches, and how right after."""
    with TemporaryDirectory() as folder:
        return _started(task, folder), _started(task, folder)


def _started(task: Task, folder: str) -> Started:
    caches = {
        "XDG_CACHE_HOME": folder,
        "CHAINRULE_CACHE": f"{folder}/chainrule",
        "TORCHINDUCTOR_CACHE_DIR": f"{folder}/torch",
        "JAX_COMPILATION_CACHE_DIR": f"{folder}/jax",
        # JAX keeps by default only what took it a second.
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    with Worker(task, caches) as worker:
        return worker.started()
