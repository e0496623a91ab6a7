"""`compile`: a function recorded once for each kind of call, then run as a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any, NamedTuple

import numpy as np

from chainrule.array.dtype import as_dtype
from chainrule.array.structure import Structure, flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.graph import Graph
from chainrule.build.leaf import weak
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.build.variable import observer
from chainrule.errors import ChainruleError, OptionError
from chainrule.run.program import Program

Static = bool | str | None

DEVICES = ("numpy", "native")


class Signature(NamedTuple):
    """What a recording depends on: structure, specs of the arrays, values of everything else."""

    structure: Structure
    leaves: tuple[Spec | type[int] | type[float] | Static, ...]

    def __str__(self) -> str:
        return ", ".join(
            leaf.__name__ if isinstance(leaf, type) else str(leaf) for leaf in self.leaves
        )


class Compiled:
    """A function that records itself once for each signature and then runs as a program.

    Arrays and numbers are the program's inputs; bools, strings and `None` are fixed in it. The
    variables that the function reads and writes are found while recording, and so are the Python
    values that it looks at through layers (training mode): a call with others records again.
    """

    def __init__(self, function: Callable[..., Any], device: str) -> None:
        self.function = function
        self.device = device
        self.programs: dict[Signature, list[Program]] = {}
        self.recordings: list[str] = []
        self._latest: Program | None = None
        update_wrapper(self, function)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Return `function(*arguments, **keywords)`.

        Inside another recording, or where a derivative is being taken, the function is simply
        called: it becomes part of what surrounds it.
        """
        leaves, structure = flatten((arguments, keywords))
        values = [
            leaf if _is_static(leaf) or _is_number(leaf) else asarray(leaf) for leaf in leaves
        ]
        if observer.get() is not None or any(map(_is_open, values)):
            return self.function(*arguments, **keywords)
        signature = Signature(structure, tuple(map(_kind, values)))
        program = self._program(signature, values)
        self._latest = program
        return program([_array(x) for x in values if not _is_static(x)])

    def _program(self, signature: Signature, values: Sequence[Any]) -> Program:
        known = self.programs.setdefault(signature, [])
        for program in known:
            if program.recording.holds():
                return program
        reason = "a layer's mode changed" if known else f"first call with ({signature})"
        recording = record(_unary(self.function, signature, values), _specs(values))
        program = Program(recording, self.device)
        known.append(program)
        self.recordings.append(reason)
        return program

    def __get__(self, instance: object, owner: type | None = None) -> Compiled:
        """Return the function as a method of `instance`, with recordings of its own."""
        if instance is None:
            return self
        bound = Compiled(self.function.__get__(instance, owner), self.device)
        vars(instance)[self.__name__] = bound
        return bound

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
    def kernels(self) -> str:
        """What the program that ran last consists of, a line each; or why it is interpreted."""
        return self.program.executor.describe()

    __name__: str


def _is_static(leaf: Any) -> bool:
    return leaf is None or isinstance(leaf, bool | str)


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, int | float) and not isinstance(leaf, bool | np.generic)


def _kind(value: Any) -> Any:
    """What a recording depends on: of an array its spec, of a number whether it is whole."""
    if isinstance(value, Tensor):
        return value.spec
    return type(value) if _is_number(value) else value


def _array(value: Any) -> Array:
    """An input of the program; a number keeps all its digits."""
    return value.known() if isinstance(value, Tensor) else np.asarray(value)


def _is_open(value: Any) -> bool:
    """Tell whether a derivative or an outer recording waits behind `value`."""
    return isinstance(value, Tensor) and (value.tracked or value.value is None)


def _specs(values: Sequence[Any]) -> list[Spec]:
    arrays = [_array(x) for x in values if not _is_static(x)]
    return [Spec(array.shape, as_dtype(array.dtype)) for array in arrays]


def _unary(
    function: Callable[..., Any], signature: Signature, values: Sequence[Any]
) -> Callable[..., Any]:
    """Return `function` over the arrays alone, everything else filled in."""

    def over_arrays(*arrays: Tensor) -> Any:
        remaining = iter(arrays)
        leaves = [x if _is_static(x) else _given(next(remaining), x) for x in values]
        arguments, keywords = unflatten(signature.structure, leaves)
        return function(*arguments, **keywords)

    return over_arrays


def _given(argument: Tensor, value: Any) -> Tensor:
    return weak(argument) if _is_number(value) else argument


def compile(function: Callable[..., Any], *, device: str = "numpy") -> Compiled:
    """Return `function` as a program: recorded on the first call, run without Python after it.

    Use it as a decorator on a training step or on a prediction. See `Compiled` for what is an input
    and what makes it record again.

    `device` is `"numpy"`, the interpreter, or `"native"`: machine code for this processor, made by
    LLVM. A function with an operation that has no native kernel yet is interpreted all the same;
    `kernels` says so.

    Errors: `OptionError` where `function` cannot be called or the device is unknown; while
    recording, `ValueUnknownError` where it asks for a number that depends on its inputs
    (`float(loss)`, `if x > 0`).
    """
    if not callable(function):
        raise OptionError(f"compile takes a function, got {function!r}")
    if device not in DEVICES:
        raise OptionError(f"device is one of {', '.join(DEVICES)}, got {device!r}")
    return Compiled(function, device)
