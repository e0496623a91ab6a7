"""Processor cores: how many there are, and which of them a process or a thread may use.

Where the system has no such call (macOS), everything runs wherever it likes.
"""

from __future__ import annotations

import os

# Before anybody is tied to anything: the cores that this process was given.
OWN = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def count() -> int:
    """Return how many cores there are for us."""
    return len(OWN) or os.cpu_count() or 1


def limit_process(cores: int) -> None:
    """Tie this process, and the threads it will start, to the first `cores`."""
    if OWN:
        os.sched_setaffinity(0, OWN[:cores])


def pin_thread(core: int) -> None:
    """Tie the calling thread to one core, counted from 0 and around."""
    if OWN:
        os.sched_setaffinity(0, {OWN[core % len(OWN)]})
