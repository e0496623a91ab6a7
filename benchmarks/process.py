"""The parent's side of a worker: start it, give it orders, end it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from benchmarks.messages import Done, Order, Started, Task, fields, line

ROOT = Path(__file__).parent.parent


class FailedError(Exception):
    """A contestant that ended before it answered; the message is the last line it wrote."""


class Worker:
    """A running worker; use it as a context, as its process ends with that."""

    def __init__(self, given: Task, environment: Mapping[str, str] | None = None) -> None:
        self.entry = given.entry
        self._errors = TemporaryFile()  # noqa: SIM115 - it lives as long as the worker
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", line(given)],
            cwd=ROOT,
            env={**os.environ, **threads_of_libraries(given.threads), **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def started(self) -> Started:
        """Wait for the first call to be over.

        Errors: `FailedError`, as `train`.
        """
        return Started(**fields(self._answer()))

    def train(self, steps: int) -> Done:
        """Let it train for `steps`.

        Errors: `FailedError` where the worker has ended.
        """
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # the missing answer says it
            print(line(Order(steps)), file=self._process.stdin, flush=True)
        return Done(**fields(self._answer()))

    def _answer(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            raise FailedError(self._last_words())
        return answer

    def _last_words(self) -> str:
        status = self._process.wait()
        self._errors.seek(0)
        written = self._errors.read().decode(errors="replace").strip()
        return written.splitlines()[-1] if written else f"ended with status {status}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()


def threads_of_libraries(threads: int) -> dict[str, str]:
    """Return the variables by which libraries learn how many threads to use."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "CHAINRULE_THREADS")
    several = "true" if threads > 1 else "false"
    return {
        **dict.fromkeys(names, str(threads)),
        "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={several}",
    }
