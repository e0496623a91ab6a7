"""A busy neighbor: `python -m benchmarks.busy` keeps the first core occupied until it is killed."""

from __future__ import annotations

import os

from benchmarks.cores import pin_thread

if __name__ == "__main__":
    pin_thread(0)
    parent = os.getppid()
    while os.getppid() == parent:
        sum(range(100_000))
