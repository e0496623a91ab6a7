"""Variables: the mutable cells that hold parameters, optimizer moments and random counters.

Tensors never change; a variable is a place whose tensor is replaced. A recording notes which
variables a function reads and writes: they are the program's hidden inputs and outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn, Protocol

import numpy as np

from chainrule.array.dtype import DType, is_floating, promote_scalar
from chainrule.build.convert import asarray, holds_arrays
from chainrule.build.leaf import Read
from chainrule.build.operators import Operators
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Spec, Tensor, frozen
from chainrule.build.turns import turn
from chainrule.errors import ChainruleError, DTypeError, ShapeError


class Observer(Protocol):
    """Who stands between a variable and its content while a function is recorded."""

    def read(self, variable: Variable) -> Tensor:
        """Return the tensor that stands for the content of `variable` here."""

    def write(self, variable: Variable, content: Tensor) -> None:
        """Take `content` as the new content of `variable` from here on."""


observer: ContextVar[Observer | None] = ContextVar("observer", default=None)


@dataclass(slots=True)
class Latest:
    """What happened last to any variable; each event is an object of its own.

    Who keeps the mark of what they know tells by it that nothing has happened since: one
    comparison for all variables, and one assignment for all that a program writes. Two threads
    never make the same mark, as they might count to the same number.

    `written`: a program has written to storages. `deferred`: a content has to be made anew.
    """

    written: object = field(default_factory=object)
    deferred: object = field(default_factory=object)


latest = Latest()


class Held(NamedTuple):
    """A variable's content, and the last writing by a program that it takes account of."""

    tensor: Tensor
    since: object


class Variable(Operators):
    """A cell holding a tensor of fixed shape and data type.

    `trainable` ones are what `loss.backward()` gives gradients for. `numpy.asarray(variable)` gives
    the value. `initial` may be a function without arguments: it is called when the content is first
    asked for.

    >>> count = Variable(0.0, name="count")
    >>> count.assign(count + 1.0)
    >>> float(count)
    1.0
    """

    __slots__ = ("__weakref__", "_held", "_initial", "_storage", "_trainable", "name", "spec")

    spec: Spec

    def __init__(
        self,
        initial: Any,
        *,
        spec: Spec | None = None,
        trainable: bool = False,
        name: str = "variable",
    ) -> None:
        self.name = name
        self._held: Held | None = None
        self._storage: Array | None = None
        self._initial: Callable[[], Any] | None = None
        if spec is None:
            content = asarray(initial)
            self.spec, self._trainable = content.spec, trainable
            self._store(content)
        else:
            self.spec, self._trainable = spec, trainable
            self._initial = initial
        self._check_trainable(trainable)

    @property
    def trainable(self) -> bool:
        """Whether gradients with respect to it are wanted; set it to False to hold it fixed."""
        return self._trainable

    @trainable.setter
    def trainable(self, wanted: bool) -> None:
        self._check_trainable(wanted)
        self._trainable = wanted
        if self._initial is None:
            self._store(self.content())

    def _check_trainable(self, wanted: bool) -> None:
        if wanted and not is_floating(self.spec.dtype):
            raise DTypeError(
                f"{self.name} cannot be trained: {self.spec.dtype} has no gradient; "
                "use float32 or float64"
            )

    @property
    def drawn(self) -> bool:
        """Whether the content exists; one with a pending `initial` can still be given another."""
        return self._initial is None

    def defer(self, initial: Callable[[], Any]) -> None:
        """Let `initial()` make the content when it is first asked for."""
        self._initial = initial
        latest.deferred = object()

    def content(self) -> Tensor:
        """Return what the variable holds now, outside of any recording."""
        if self._initial is not None:
            self._make(self._initial)
        held = self._held
        if self._storage is not None and (held is None or held.since is not latest.written):
            with turn:
                held = self._hold(self._storage.copy(), latest.written)
        assert held is not None
        return held.tensor

    def _make(self, initial: Callable[[], Any]) -> None:
        unobserved = observer.set(None)
        try:
            self._store(self._checked(asarray(initial(), dtype=self.dtype)))
        finally:
            observer.reset(unobserved)
        self._initial = None

    def storage(self, *, read: bool = True) -> Array:
        """Return the memory that programs read and write in place, at the same address for good.

        Who has written to it says so in `latest.written`. What is in it is the content only if it
        is to be `read`: for a program that replaces it unseen no initial content is made, and that
        program calls `replaced`.
        """
        with turn:
            if self._storage is None:
                pending = self._initial is not None and not read
                known = np.empty(self.shape, self.dtype) if pending else self.content().known()
                self._storage = np.array(known)
            elif self._initial is not None and read:
                self.content()
            return self._storage

    def let_go(self) -> None:
        """Keep the content in the storage alone: a program is going to replace it there.

        Otherwise it would be in memory twice; who asks for it from now on gets a copy.
        """
        if self._storage is not None and self._initial is None:
            self._held = None

    def replaced(self) -> None:
        """Take note that a program has written to the storage: no initial content is wanted."""
        self._initial = None

    def __tensor__(self) -> Tensor:
        watching = observer.get()
        return self.content() if watching is None else watching.read(self)

    def assign(self, value: Any) -> None:
        """Replace the content by `value`, of the same shape and data type.

        Python numbers, also in lists, take the variable's type unless they are of a higher kind.

        Errors: `ShapeError` or `DTypeError` where they differ; nothing is changed then.
        """
        new = self._checked(value)
        watching = observer.get()
        if watching is None:
            self._initial = None
            self._store(new)
        else:
            watching.write(self, new)

    def _checked(self, value: Any) -> Tensor:
        """`value` as a tensor that the variable can hold."""
        new = asarray(value, dtype=None if holds_arrays(value) else self._type_for(value))
        if new.shape != self.shape:
            raise ShapeError(f"{self.name} has shape {self.shape}, cannot hold {new.shape}")
        if new.dtype != self.dtype:
            raise DTypeError(f"{self.name} holds {self.dtype}, not {new.dtype}; use astype")
        return new

    def _type_for(self, numbers: Any) -> DType:
        """The type that Python numbers take here: the variable's, if theirs is no higher."""
        kind = asarray(numbers).dtype.type
        return promote_scalar(self.dtype, kind(0).item())

    def _store(self, content: Tensor) -> None:
        with turn:
            value, written = content.known(), latest.written
            if self._storage is not None:
                np.copyto(self._storage, value)
            self._hold(value, written)

    def _hold(self, value: Array, since: object) -> Held:
        tensor = Tensor(self.spec, Read(self), (), frozen(value), self.trainable, caller())
        self._held = held = Held(tensor, since)
        return held

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.__tensor__().known(), dtype=dtype, copy=copy)

    def __dlpack__(self, **options: Any) -> Any:
        return self.__tensor__().__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.__tensor__().__dlpack_device__()

    def __len__(self) -> int:
        return len(self.__tensor__())

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.__tensor__())

    def _rebind(self, _: Any) -> NoReturn:
        raise ChainruleError(
            "an in-place operator would only give the name another meaning and leave "
            f"{self.name} as it is; write variable.assign(variable - …)"
        )

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __imatmul__ = __ipow__ = _rebind

    def __float__(self) -> float:
        return float(self.__tensor__())

    def __int__(self) -> int:
        return int(self.__tensor__())

    def __bool__(self) -> bool:
        return bool(self.__tensor__())

    def __repr__(self) -> str:
        return f"Variable({self.name}: {self.spec})"
