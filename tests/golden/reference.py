"""The reference cases: calls, their values and their gradients, computed by PyTorch in float64.

The folder is `$CHAINRULE_GOLDEN`, or `../shared/golden` beside the project; its README says what
the files hold.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.array.structure import flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.functions.manipulation import reshape
from chainrule.build.tensor import Array
from chainrule.derive.grad import vjp

BESIDE = Path(__file__).parents[3] / "shared" / "golden"
FOLDER = Path(os.environ.get("CHAINRULE_GOLDEN", BESIDE))

Call = Callable[..., Any]


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

    def run(self, call: Call) -> tuple[list[Array], dict[str, Array]]:
        """The results of `call`, and the gradients that it gives for the same cotangents."""
        names = list(self.gradients)
        result, pull_back = vjp(
            lambda *given: self._applied(call, dict(zip(names, given, strict=True))),
            *(self.arrays[name] for name in names),
        )
        found = [np.asarray(y) for y in result]
        cotangents = [
            np.zeros(y.shape) if output.cotangent is None else output.cotangent
            for y, output in zip(found, self.outputs, strict=True)
        ]
        pulled = pull_back(cotangents)
        return found, {name: np.asarray(g) for name, g in zip(names, pulled, strict=True)}

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
