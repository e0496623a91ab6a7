"""What goes through the pipes between the race and its workers: records as lines of JSON.

Task     to a worker, as its argument: whom to be, on what, with how many threads
Started  its first answer
Order    to a worker: train for so many steps
Done     its answer
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.contestants import Entry
from benchmarks.workload import Workload
from benchmarks.workloads import KINDS


@dataclass(frozen=True)
class Task:
    """A contestant, its workload and threads, and to how many cores its process is tied."""

    entry: Entry
    workload: Workload
    threads: int
    cores: int


@dataclass(frozen=True)
class Started:
    """The contestant after one epoch: seconds to import it, and from then to its first result.

    `loss` is that of the epoch's last step; `baseline` is resident after the import alone.
    """

    version: str
    steps_a_call: int
    import_seconds: float
    first_seconds: float
    baseline: int
    loss: float | None


@dataclass(frozen=True)
class Order:
    """Train for `steps`."""

    steps: int


@dataclass(frozen=True)
class Done:
    """How long it took, and the most memory that was resident so far."""

    seconds: float
    peak: int


Message = Task | Started | Order | Done


def line(message: Message) -> str:
    """Return the message as a line of JSON."""
    found = asdict(message)
    if isinstance(message, Task):
        found["kind"] = type(message.workload).__name__
    return json.dumps(found)


def fields(text: str) -> dict[str, Any]:
    """Return the fields of a message."""
    found: dict[str, Any] = json.loads(text)
    return found


def task(text: str) -> Task:
    """Return the task that `line` wrote."""
    flat = fields(text)
    workload = KINDS[flat["kind"]](**flat["workload"])
    return Task(Entry(**flat["entry"]), workload, flat["threads"], flat["cores"])
