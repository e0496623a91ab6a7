"""Saving a model's weights from Python, and taking them up again."""

from __future__ import annotations

from pathlib import Path

from chainrule.errors import FileError, OptionError
from chainrule.nn.module import Module
from chainrule.train.folder import load_folder, save_folder

KIND = "weights"


def save(model: Module, folder: str | Path) -> Path:
    """Write the weights and buffers of `model` to a model folder, whole or not at all.

    The folder holds `model.json` and a safetensors file; an older model in it is replaced.

    Errors: `FileError` where the folder holds something else, or cannot be written.
    """
    if not isinstance(model, Module):
        raise OptionError(f"save takes a model, a Module; got {model!r}")
    return save_folder(folder, model.state(), {"kind": KIND, "summary": model.summary()})


def load(model: Module, folder: str | Path) -> Module:
    """Give `model` the weights that `save` wrote, and return it.

    The model is built by your own code, as nothing in a file is executed; it must have the
    variables that the saved one had.

    Errors: `FileError` for a folder that is missing, truncated or foreign, `DataError` that lists
    every name that is missing, left over or of another shape. The model is unchanged then.

    >>> import tempfile
    >>> from chainrule import nn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(nn.Linear(2, 3), folder + "/model")
    ...     _ = load(nn.Linear(2, 3), path)
    """
    arrays, description = load_folder(folder)
    if description.get("kind") != KIND:
        raise FileError(
            f"{folder} was not written by save (it holds {description.get('kind', 'another')!r}); "
            "a table model is for the commands predict and evaluate"
        )
    model.load_state(arrays)
    return model
