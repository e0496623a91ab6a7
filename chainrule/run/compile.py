"""`compile`: a function recorded once for each kind of call, then run as a program."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import update_wrapper
from types import MethodType
from typing import Any, NamedTuple

import numpy as np

from chainrule.array.dtype import ALL, float64, int64
from chainrule.array.structure import Structure, flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.leaf import weak
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.build.turns import turn
from chainrule.build.variable import observer
from chainrule.errors import ChainruleError, OptionError
from chainrule.run.epoch import Part, batches_of, in_parts, put_together
from chainrule.run.insight import Insight
from chainrule.run.program import Program
from chainrule.run.threads import is_count

Static = bool | str

DEVICES = ("numpy", "native")

NATIVE = frozenset(ALL)  # in this machine's order of bytes

KEPT = "compiled methods"  # where an instance keeps its own; no attribute has such a name

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


class Compiled(Insight):
    """A function that records itself once for each signature and then runs as a program.

    Arrays and numbers are the program's inputs; bools, strings and `None` are fixed in it. The
    variables that the function reads and writes are found while recording, and so are the Python
    values that it looks at through layers (training mode): a call with others records again.
    """

    def __init__(self, function: Callable[..., Any], device: str) -> None:
        super().__init__()
        self.function = function
        self.device = device
        self.programs: dict[Signature, list[Program]] = {}
        self.recordings: list[str] = []
        update_wrapper(self, function)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Return `function(*arguments, **keywords)`.

        Inside another recording, or where a derivative is being taken, the function is simply
        called: it becomes part of what surrounds it.
        """
        signature, inputs = _taken_apart(arguments, keywords)
        if observer.get() is not None or OPEN in signature.leaves:
            return self.function(*arguments, **keywords)
        program = self._program(signature)
        self._latest, self._inputs = program, inputs
        return program(inputs)

    def epoch(self, *data: Any, batch_size: int = 32, order: Any = None) -> Any:
        """Call the function on one batch of rows after the other, natively in one go.

        `data` are arrays (n, …) with the same number n of rows; the batches take the rows that
        `order` names, by default 0 … n−1, `batch_size` each; the last batch may be smaller. It is
        as if the function had been called on `x[rows]` for each batch: the same bits.

        Results that are numbers are stacked, one a step; arrays are joined along their first axis.

        Errors: `DataError` where numbers of rows differ or `order` names no row, or one that there
        is not; `OptionError` for a batch size below 1; what a call raises, with the steps before it
        done.

        >>> import chainrule as cr
        >>> total = cr.Variable(0.0)
        >>> @cr.compile
        ... def step(x):
        ...     total.assign(total + cr.sum(x))
        ...     return total
        >>> step.epoch(cr.ones((5, 3)), batch_size=2)
        Tensor([ 6., 12., 15.], float32)
        """
        return put_together(list(self.parts(*data, batch_size=batch_size, order=order)))

    def parts(
        self, *data: Any, batch_size: int = 32, order: Any = None, longest: int | None = None
    ) -> Iterator[Part]:
        """Do the same as `epoch`, but give results away in parts, as they come.

        A part takes about a twentieth of a second and has at most `longest` steps; between parts,
        Python shows progress, handles Ctrl-C, or stops. A part is `(steps, rows, results)`. What
        the function looks at (training mode, learning rate) may change between parts; `data` must
        not: it is not copied where it lies in memory row by row, and else it is.

        Errors: those of `epoch`, the ones about arguments at once; `OptionError` for a `longest`
        below 1.
        """
        if observer.get() is not None:
            raise ChainruleError("an epoch is many calls; inside a recording, write the calls")
        if longest is not None and not is_count(longest):
            raise OptionError(f"longest is a number of steps from 1 up, or None, got {longest!r}")
        arrays = [_in_rows(x) for x in data]
        batches = batches_of(arrays, batch_size, order)

        def program_for(rows: int) -> Program:
            specs = tuple([Spec((rows, *array.shape[1:]), array.dtype) for array in arrays])
            structure = flatten(tuple(arrays))[1]
            self._latest = self._program(Signature(structure, (), specs))
            return self._latest

        before = len(self.recordings)
        for rows in batches.sizes:
            program_for(rows)
        # Both sizes of batch are compiled before the first step, and count as one compilation.
        reasons = self.recordings[before:]
        self.recordings[before:] = [" and ".join(reasons)] if reasons else []
        return in_parts(program_for, batches, longest)

    def _prepare(self, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> None:
        """Record for these arguments if need be, and take note of them, without a run."""
        signature, inputs = _taken_apart(arguments, keywords)
        if OPEN in signature.leaves:
            raise ChainruleError(
                "profile() takes arrays whose numbers are known and that no derivative goes through"
            )
        self._latest, self._inputs = self._program(signature), inputs

    def _program(self, signature: Signature) -> Program:
        return self._known(signature) or self._recorded(signature)

    def _known(self, signature: Signature) -> Program | None:
        for program in self.programs.get(signature, []):
            if program.recording.holds():
                return program
        return None

    def _recorded(self, signature: Signature) -> Program:
        with turn:
            found = self._known(signature)  # another thread may have recorded it meanwhile
            if found is not None:
                return found
            known = self.programs.get(signature, [])
            changes = min((program.recording.changes() for program in known), key=len, default=[])
            recording = record(_over_arrays(self.function, signature), _specs(signature))
            program = Program(recording, self.device)
            self.programs[signature] = [*known, program]
            self.recordings.append("; ".join(changes) or f"first call with ({signature})")
            return program

    def __get__(self, instance: object, owner: type | None = None) -> Compiled:
        """Return the function as a method of `instance`, with recordings of its own.

        Errors: `OptionError` where the instance has no room for them, as its class has slots.
        """
        if instance is None:
            return self
        if not hasattr(instance, "__dict__"):
            raise OptionError(
                f"{type(instance).__name__} has slots: add '__dict__' to keep programs"
            )
        kept: dict[Any, Compiled] = vars(instance).get(KEPT, {})
        if any(getattr(x.function, "__self__", None) is not instance for x in kept.values()):
            kept = {}  # the instance is a copy of another one, with whose programs it came
        if self.function not in kept:
            kept = {
                **kept,
                self.function: Compiled(MethodType(self.function, instance), self.device),
            }
            vars(instance)[KEPT] = kept
        return kept[self.function]

    def __copy__(self) -> Compiled:
        return Compiled(self.function, self.device)

    def __deepcopy__(self, memory: dict[int, Any]) -> Compiled:
        return Compiled(deepcopy(self.function, memory), self.device)

    __name__: str


def _taken_apart(
    arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> tuple[Signature, list[Array]]:
    """The signature of a call, and the arrays that enter the program."""
    leaves, structure = flatten((*arguments, *keywords.values()))
    inputs: list[Array] = []
    kinds = tuple([_taken(leaf, inputs) for leaf in leaves])
    return Signature(structure, tuple(keywords), kinds), inputs


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


def _in_rows(data: Any) -> Array:
    """`data` row by row in memory, NumPy's own array without a copy if it lies so."""
    given: list[Array] = [data] if type(data) is np.ndarray and data.dtype in NATIVE else []
    if not given and _taken(asarray(data), given) is OPEN:
        raise ChainruleError("an epoch takes arrays that are known and not part of a derivative")
    return np.require(given[0], None, ["C", "A"])


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


def compile(function: Callable[..., Any], *, device: str | None = None) -> Compiled:
    """Return `function` as a program: recorded on the first call, run without Python after it.

    Use it as a decorator on a training step or on a prediction. See `Compiled` for what is an input
    and what makes it record again.

    `device` is `"native"`, machine code for this processor, made by LLVM; or `"numpy"`, the
    interpreter. By default it is what the environment variable `CHAINRULE_DEVICE` says, else
    `"native"`. A function with an operation that has no native kernel is interpreted all the same,
    and so is all where llvmlite is missing; `kernels` says so.

    Errors: `OptionError` where `function` cannot be called or the device is unknown; while
    recording, `ValueUnknownError` where it asks for a number that depends on its inputs
    (`float(loss)`, `if x > 0`).
    """
    if not callable(function):
        raise OptionError(f"compile takes a function, got {function!r}")
    chosen = device or os.environ.get("CHAINRULE_DEVICE") or "native"
    if chosen not in DEVICES:
        raise OptionError(f"device is one of {', '.join(DEVICES)}, got {chosen!r}")
    return Compiled(function, chosen)
