"""Resident memory of this process, now and at most, in bytes."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def resident() -> int:
    """Return what is resident now; where the system does not say (macOS), the most so far."""
    return _from_status("VmRSS") or _most()


def peak() -> int:
    """Return the most that was resident since the process began."""
    # getrusage counts the parent's memory in, where a process began as its copy.
    return _from_status("VmHWM") or _most()


def _from_status(name: str) -> int | None:
    if not STATUS.exists():
        return None
    lines = (line.split() for line in STATUS.read_text(encoding="ascii").splitlines())
    return next((1024 * int(words[1]) for words in lines if words[0] == f"{name}:"), None)


def _most() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most
