"""A table model: the schema that encodes a table, and the network that predicts from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chainrule import nn
from chainrule.build.functions.softmax import log_softmax
from chainrule.cli.network import Network
from chainrule.errors import FileError
from chainrule.run.compile import Compiled, compile
from chainrule.table.record import Record
from chainrule.table.schema import Schema
from chainrule.train.folder import DESCRIPTION, PathLike, load_folder, save_folder
from chainrule.train.prediction import predicted

if TYPE_CHECKING:
    from polars import DataFrame

KIND = "table"


@dataclass(frozen=True)
class TableModel:
    """What `chainrule train` makes and a model folder holds."""

    schema: Schema
    shape: Network
    network: nn.Sequential

    @classmethod
    def new(cls, schema: Schema, hidden: tuple[int, ...], dropout: float) -> TableModel:
        """Return an untrained model for a schema."""
        shape = Network(len(schema.feature_names), hidden, len(schema.classes) or 1, dropout)
        return cls(schema, shape, shape.layers())

    @cached_property
    def program(self) -> Compiled:
        """The network as a compiled function."""
        return compile(self.network)

    def outputs(self, frame: DataFrame) -> NDArray[np.float32]:
        """Return what the network makes of a table's rows, (rows, outputs)."""
        return self.outputs_for(self.schema.encode(frame))

    def outputs_for(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the network makes of features (rows, features)."""
        self.network.evaluate()
        return predicted(self.program, features)

    def save(self, folder: PathLike, training: Mapping[str, Any]) -> Path:
        """Write the model as a folder, with a record of its training."""
        description = {
            "kind": KIND,
            "schema": json.loads(self.schema.to_json()),
            "network": self.shape.to_record(),
            "training": dict(training),
        }
        return save_folder(folder, self.network.state(), description)


def load_model(folder: PathLike) -> TableModel:
    """Return the model in a folder.

    Errors: `FileError` that says what is missing, truncated or foreign.
    """
    arrays, description = load_folder(folder)
    record = Record(description, str(Path(folder) / DESCRIPTION))
    kind = record.text("kind")
    record.insist(kind == KIND, f"the model is of the kind {kind!r}, not made of a table")
    schema = Schema.from_json(json.dumps(record.take("schema")))
    shape = Network.from_record(Record(record.take("network"), f"{record.where}, network"))
    outputs = len(schema.classes) or 1
    fits = (shape.inputs, shape.outputs) == (len(schema.feature_names), outputs)
    record.insist(fits, "schema and network do not belong together")
    model = TableModel(schema, shape, shape.layers())
    try:
        model.network.load_state(arrays)
    except ValueError as error:
        raise FileError(f"the weights in {folder} are of another network: {error}") from error
    return model


def log_probabilities(outputs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the logarithms of the classes' probabilities, both (rows, classes)."""
    return np.asarray(log_softmax(outputs.astype(np.float64), axis=1))
