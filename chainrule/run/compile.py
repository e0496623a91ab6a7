"""`compile`: a function recorded once for each kind of call, then run as a program."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, NamedTuple

import numpy as np

from chainrule.array.dtype import ALL, float64, int64
from chainrule.array.structure import Structure, flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.graph import Graph
from chainrule.build.leaf import weak
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.build.variable import observer
from chainrule.errors import ChainruleError, OptionError
from chainrule.run.program import Program

Static = bool | str

DEVICES = ("numpy", "native")

NATIVE = frozenset(ALL)  # in this machine's order of bytes

OPEN = object()  # stands for a tensor behind which a derivative or an outer recording waits


class Signature(NamedTuple):
    """What a recording depends on: structure, specs of the arrays, values of everything else.

    The last arguments have `names`. The type of a number stands for it.
    """

    structure: Structure
    names: tuple[str, ...]
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
        leaves, structure = flatten((*arguments, *keywords.values()))
        inputs: list[Array] = []
        kinds = tuple([_taken(leaf, inputs) for leaf in leaves])
        if observer.get() is not None or OPEN in kinds:
            return self.function(*arguments, **keywords)
        signature = Signature(structure, tuple(keywords), kinds)
        self._latest = program = self._program(signature)
        return program(inputs)

    def _program(self, signature: Signature) -> Program:
        known = self.programs.get(signature, [])
        for program in known:
            if program.recording.holds():
                return program
        changes = min((program.recording.changes() for program in known), key=len, default=[])
        recording = record(_over_arrays(self.function, signature), _specs(signature))
        program = Program(recording, self.device)
        self.programs[signature] = [*known, program]
        self.recordings.append("; ".join(changes) or f"first call with ({signature})")
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


def _taken(leaf: Any, inputs: list[Array]) -> Any:
    """What a recording depends on of `leaf`; an array or a number enters `inputs`.

    An array of NumPy's own enters as it is, without a copy: the program only looks at it.
    """
    if type(leaf) is np.ndarray and leaf.dtype in NATIVE:
        inputs.append(leaf)
        return Spec(leaf.shape, leaf.dtype)
    if isinstance(leaf, bool | str):
        return leaf
    if isinstance(leaf, int | float) and not isinstance(leaf, np.generic):
        # A number keeps all its digits.
        inputs.append(np.asarray(leaf) if isinstance(leaf, float) else asarray(leaf).known())
        return type(leaf)
    tensor = asarray(leaf)
    if tensor.tracked or tensor.value is None:
        return OPEN
    inputs.append(tensor.value)
    return tensor.spec


def _is_static(kind: Any) -> bool:
    return isinstance(kind, bool | str)


def _specs(signature: Signature) -> list[Spec]:
    """The specs of the program's arguments."""
    return [_spec(kind) for kind in signature.leaves if not _is_static(kind)]


def _spec(kind: Any) -> Spec:
    if isinstance(kind, Spec):
        return kind
    return Spec((), float64 if issubclass(kind, float) else int64)


def _over_arrays(function: Callable[..., Any], signature: Signature) -> Callable[..., Any]:
    """Return `function` over the arrays alone, everything else filled in."""

    def over_arrays(*arrays: Tensor) -> Any:
        given = iter(arrays)
        leaves = [
            kind if _is_static(kind) else _given(next(given), kind) for kind in signature.leaves
        ]
        values = unflatten(signature.structure, leaves)
        positional = len(values) - len(signature.names)
        named = zip(signature.names, values[positional:], strict=True)
        return function(*values[:positional], **dict(named))

    return over_arrays


def _given(argument: Tensor, kind: Any) -> Tensor:
    return argument if isinstance(kind, Spec) else weak(argument)


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
