"""The reference cases: calls, their values and their gradients, computed by PyTorch in float64.

The folder is `$CHAINRULE_GOLDEN`, or `../shared/golden` beside the project; its README says what
the files hold.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.array.structure import flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.functions.manipulation import reshape
from chainrule.build.tensor import Array, Tensor
from chainrule.derive.grad import vjp
from chainrule.run.compile import compile
from chainrule.run.native import Native

BESIDE = Path(__file__).parents[3] / "shared" / "golden"
FOLDER = Path(os.environ.get("CHAINRULE_GOLDEN", BESIDE))

Call = Callable[..., Any]
Results = tuple[list[Tensor], list[Tensor]]
CASES_OF_A_PROGRAM = 6  # compiles in the least time: fewer share no code, more are long to plan


def numbers_too(call: Call) -> Call:
    """`call` for arrays without axes as well, which the reference takes as having one axis."""

    def called(x: Any, *rest: Any, **options: Any) -> Any:
        if asarray(x).ndim:
            return call(x, *rest, **options)
        found, structure = flatten(call(reshape(x, (1,)), *rest, **options))
        return unflatten(structure, [reshape(y, ()) for y in found])

    return called


@dataclass(frozen=True)
class Output:
    """One result: its value, and the cotangent that was fed backward into it, if one was."""

    value: Array
    cotangent: Array | None


@dataclass(frozen=True)
class Case:
    """One call of an operation: its arguments still encoded, its results, its gradients by name."""

    arguments: Sequence[Any]
    options: Mapping[str, Any]
    arrays: Mapping[str, Array]
    outputs: Sequence[Output]
    gradients: Mapping[str, Array]

    @property
    def given(self) -> tuple[list[Array], list[Array | None]]:
        """What gradients are asked of, and what is fed backward into the results."""
        cotangents = [output.cotangent for output in self.outputs]
        return [self.arrays[name] for name in self.gradients], cotangents

    def run(self, call: Call, given: Sequence[Any], cotangents: Sequence[Any]) -> Results:
        """The results of `call`, and the gradients that it gives for these cotangents."""
        names = list(self.gradients)
        result, pull_back = vjp(
            lambda *chosen: self._applied(call, dict(zip(names, chosen, strict=True))), *given
        )
        fed = [
            np.zeros(y.shape) if cotangent is None else cotangent
            for y, cotangent in zip(result, cotangents, strict=True)
        ]
        return result, list(pull_back(fed))

    def _applied(self, call: Call, given: Mapping[str, Any]) -> list[Any]:
        arrays = {**self.arrays, **given}
        options = {key: decoded(value, arrays) for key, value in self.options.items()}
        result = call(*(decoded(value, arrays) for value in self.arguments), **options)
        return flatten(result)[0]


def decoded(value: Any, arrays: Mapping[str, Any]) -> Any:
    """A value of a call: arrays by name, and the Python objects that JSON lacks."""
    if isinstance(value, list):
        return [decoded(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, content), *_) = value.items()
    makers: dict[str, Callable[[Any], Any]] = {
        "$array": lambda name: arrays[name],
        "$list": lambda items: [decoded(item, arrays) for item in items],
        "$tuple": lambda items: tuple(decoded(item, arrays) for item in items),
        "$Size": tuple,
        "$slice": lambda bounds: slice(*bounds),
        "$dtype": np.dtype,
        "$ellipsis": lambda _: ...,
    }
    return makers[kind](content)


def operations(folder: Path = FOLDER) -> list[str]:
    """The names of all operations that the folder has."""
    return sorted(path.name.removesuffix(".json") for path in folder.glob("*.json"))


def cases(name: str, folder: Path = FOLDER) -> Iterator[Case]:
    """All cases of one operation, in their order."""
    listed = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"{name}.npz") as arrays:
        held = dict(arrays)
    for case in listed:
        outputs = [
            Output(held[output["array"]], held.get(output.get("cotangent")))
            for output in case["outputs"]
        ]
        gradients = {key: held[array] for key, array in case["gradients"].items()}
        yield Case(case["args"], case["kwargs"], held, outputs, gradients)


def interpreted(call: Call, listed: Sequence[Case]) -> Iterator[Results]:
    """The results of each case, computed operation by operation."""
    return (case.run(call, *case.given) for case in listed)


def compiled(call: Call, listed: Sequence[Case]) -> Iterator[Results]:
    """The results of each case from native programs, each for several cases."""
    for start in range(0, len(listed), CASES_OF_A_PROGRAM):
        part = listed[start : start + CASES_OF_A_PROGRAM]
        yield from _program(call, part)([case.given for case in part])


def _program(call: Call, part: Sequence[Case]) -> Call:
    @partial(compile, device="native")
    def program(given: Any) -> list[Results]:
        return [case.run(call, *each) for case, each in zip(part, given, strict=True)]

    def called(given: Any) -> Any:
        with np.errstate(all="ignore"):  # NumPy computes with constants while recording
            results = program(given)
        executor = program.program.executor
        assert isinstance(executor, Native), executor.describe()
        return results

    return called
