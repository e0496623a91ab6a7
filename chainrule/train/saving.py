"""Saving a model's weights, and what an optimizer remembers, and taking them up again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from chainrule.build.tensor import Array
from chainrule.errors import FileError, OptionError
from chainrule.nn.module import Module
from chainrule.train.folder import load_folder, save_folder

KIND = "weights"
OF = "/"  # between a part's name and a variable's, where no variable of a model has it


class Remembering(Protocol):
    """What has a state beside the model's: an optimizer, an average of the weights."""

    def state(self) -> dict[str, Array]:
        """Return all that it remembers as arrays by name."""

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take up what `state()` gave, or raise and change nothing."""


def save(model: Module, folder: str | Path, **beside: Remembering) -> Path:
    """Write the weights and buffers of `model` to a model folder, whole or not at all.

    The folder holds `model.json` and a safetensors file; an older model in it is replaced. What is
    given by name beside it is kept there, too: `save(model, folder, optimizer=optimizer)`.

    Errors: `FileError` where the folder holds something else, or cannot be written; `OptionError`
    for what is no model, or has no state.
    """
    if not isinstance(model, Module):
        raise OptionError(f"save takes a model, a Module; got {model!r}")
    _check(beside)
    parts = {
        f"{name}{OF}{key}": value
        for name, part in beside.items()
        for key, value in part.state().items()
    }
    description = {"kind": KIND, "summary": model.summary(), "beside": sorted(beside)}
    return save_folder(folder, {**model.state(), **parts}, description)


def load(model: Module, folder: str | Path, **beside: Remembering) -> Module:
    """Give `model` the weights that `save` wrote, and return it.

    The model is built by your own code, as nothing in a file is executed; it must have the
    variables that the saved one had. What is given by name beside it gets what was saved under
    that name, so that training goes on with the step that would have followed.

    Errors: `FileError` for a folder that is missing, truncated or foreign, or holds nothing of a
    name that is asked for; `DataError` that lists every name that is missing, left over or of
    another shape; those of `load_state`. Nothing is changed then.

    >>> import tempfile
    >>> from chainrule import nn, optim
    >>> model, again = nn.Linear(2, 3), nn.Linear(2, 3)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(model, folder + "/model", optimizer=optim.Adam(model))
    ...     _ = load(again, path, optimizer=optim.Adam(again))
    """
    _check(beside)
    arrays, description = load_folder(folder)
    if description.get("kind") != KIND:
        raise FileError(
            f"{folder} was not written by save (it holds {description.get('kind', 'another')!r}); "
            "a table model is for the commands predict and evaluate"
        )
    for name in sorted(set(beside) - set(description.get("beside", []))):
        raise FileError(f"{folder} holds no {name}; it was saved without {name}=…")
    before = {name: part.state() for name, part in beside.items()}
    try:
        for name, part in beside.items():
            part.load_state(_of(name, arrays))
        model.load_state({name: value for name, value in arrays.items() if OF not in name})
    except Exception:
        for name, part in beside.items():
            part.load_state(before[name])
        raise
    return model


def _of(part: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    begin = f"{part}{OF}"
    return {
        name.removeprefix(begin): value for name, value in arrays.items() if name.startswith(begin)
    }


def _check(beside: Mapping[str, Any]) -> None:
    for name, part in beside.items():
        if not (hasattr(part, "state") and hasattr(part, "load_state")):
            raise OptionError(
                f"{name} has no state to be kept: give an optimizer or an average, got {part!r}"
            )
