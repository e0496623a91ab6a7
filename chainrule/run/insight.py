"""What a program shows of itself: its kernels with their costs, its memory, its code, a picture."""

from __future__ import annotations

import os
import tempfile
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chainrule.build.graph import Graph
from chainrule.build.tensor import Array
from chainrule.errors import ChainruleError, FileError
from chainrule.plan.cost import peak_of
from chainrule.run.kernels import Kernels, ProgramKernel
from chainrule.run.memory import Memory, memory_of
from chainrule.run.native import Native
from chainrule.run.picture import Picture, picture
from chainrule.run.profile import Profile, profile
from chainrule.run.program import Program


class Insight:
    """What a compiled function shows of the program that ran last."""

    __name__: str

    def __init__(self) -> None:
        self._latest: Program | None = None
        self._inputs: Sequence[Array] = ()
        self._profiles: dict[Program, Profile] = {}

    @abstractmethod
    def _prepare(self, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> None:
        """Make these the arguments of the last call, without a run."""

    @property
    def program(self) -> Program:
        """The program that ran last."""
        if self._latest is None:
            raise ChainruleError(f"{self.__name__} has not been called yet: nothing is compiled")
        return self._latest

    @property
    def graph(self) -> Graph:
        """The graph of the program that ran last."""
        return self.program.graph

    @property
    def kernels(self) -> Kernels:
        """What the program that ran last consists of, with costs; or why it is interpreted."""
        return kernels_of(self.program, self._profiles.get(self.program))

    @property
    def memory(self) -> Memory:
        """What the program that ran last keeps where, buffer by buffer, and its peak."""
        return memory_of_program(self.program)

    @property
    def llvm(self) -> str:
        """The program that ran last in LLVM's language.

        Errors: `ChainruleError` where NumPy interprets it.
        """
        return native_of(self.program).llvm

    def profile(self, *arguments: Any, **keywords: Any) -> Kernels:
        """Measure the kernels for these arguments, by default those of the last call.

        It takes some tenths of a second. The kernels run many times on one thread, in their order;
        the variables have the same bits afterwards as before. What is interpreted is not measured.

        Errors: `ChainruleError` where the arguments are refused, or lie behind a derivative.
        """
        if arguments or keywords:
            self._prepare(arguments, keywords)
        native = self.program.executor
        if isinstance(native, Native):
            self._profiles[self.program] = profile(native, self._inputs)
        return self.kernels

    def plot(self, path: str | Path | None = None) -> Picture:
        """Return the program that ran last as a picture, the text of an SVG; also write it.

        Forward, loss, backward and update are four lanes, a kernel is a box, data is an arrow.

        Errors: `ChainruleError` where NumPy interprets it, `FileError` where `path` cannot be
        written.
        """
        found = picture_of(self.program, self.__name__, self._profiles.get(self.program))
        if path is not None:
            written_to(found, path)
        return found


def kernels_of(program: Program, measured: Profile | None = None) -> Kernels:
    """Return the kernels of `program` with the times in `measured`, where there are any."""
    native = program.executor
    if not isinstance(native, Native):
        return Kernels((), reason=native.describe())
    peak = peak_of(native.plan.machine) if measured is None else measured.peak
    times = [None] * len(native.kernels) if measured is None else measured.seconds
    rows = [
        ProgramKernel(number, kernel, peak, time)
        for number, (kernel, time) in enumerate(zip(native.kernels, times, strict=True))
    ]
    return Kernels(rows, native.arena.size)


def memory_of_program(program: Program) -> Memory:
    """Return the memory of `program`; what NumPy interprets plans none."""
    native = program.executor
    if isinstance(native, Native):
        return memory_of(native.plan)
    return Memory((), reason=f"no memory is planned: {native.describe()}")


def picture_of(program: Program, title: str, measured: Profile | None = None) -> Picture:
    """Return the picture of `program`.

    Errors: `ChainruleError` where NumPy interprets it: there are no kernels to draw.
    """
    native = native_of(program)
    names = {row.buffer: row.name for row in memory_of(native.plan)}
    return picture(kernels_of(program, measured), names, title)


def native_of(program: Program) -> Native:
    """Return what runs `program` natively.

    Errors: `ChainruleError` where NumPy interprets it.
    """
    if not isinstance(program.executor, Native):
        raise ChainruleError(
            f"there is no machine code: {program.executor.describe()}; "
            'compile with device="native" for a program of kernels'
        )
    return program.executor


def written_to(text: str, path: str | Path) -> None:
    """Write `text` to `path`, as a whole or not at all.

    Errors: `FileError` where that cannot be done.
    """
    target = Path(path)
    try:
        handle, partial = tempfile.mkstemp(suffix=".partial", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(partial).chmod(0o644)
            Path(partial).replace(target)
        finally:
            Path(partial).unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"the picture cannot be written to {target}: {error}") from error
