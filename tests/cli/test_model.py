"""Table models: saved and loaded they predict the same, and a foreign folder is no model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.cli.fitting import untrained
from chainrule.cli.model import TableModel, load_model, log_probabilities
from chainrule.cli.network import Network, parameters
from chainrule.cli.options import Options
from chainrule.errors import FileError
from chainrule.table.numeric import Numeric
from chainrule.table.record import Record
from chainrule.table.schema import Schema
from chainrule.table.target import Amount, Classes
from chainrule.train.folder import load_folder, save_folder

COLUMNS = tuple(
    Numeric(name, 1.0, 2.0, 0.0, 3.0, edges=(), centers=(), missing=False) for name in "ab"
)
SCHEMA = Schema(COLUMNS, Classes("c", ("x", "y", "z")), ignored=())
FEATURES = np.random.default_rng(0).normal(size=(7, 2)).astype(np.float32)


def model() -> TableModel:
    return untrained(SCHEMA, Options(hidden=(4,), dropout=0.5))


def test_a_loaded_model_predicts_the_same(tmp_path: Path) -> None:
    first = model()
    first.save(tmp_path / "model", {"source": "memory"})
    second = load_model(tmp_path / "model")
    assert (second.schema, second.shape) == (first.schema, first.shape)
    np.testing.assert_array_equal(second.outputs_for(FEATURES), first.outputs_for(FEATURES))
    assert load_folder(tmp_path / "model").description["training"] == {"source": "memory"}


def test_no_rows_have_no_outputs() -> None:
    assert model().outputs_for(FEATURES[:0]).shape == (0, 3)


def test_an_amount_has_one_output() -> None:
    schema = Schema(COLUMNS, Amount("c", 0.0, 1.0), ignored=())
    assert TableModel.new(schema, (), 0.0).outputs_for(FEATURES).shape == (7, 1)


def save(folder: Path, change: dict[str, Any]) -> Path:
    """Save the model with another description."""
    path = model().save(folder / "model", {})
    arrays, description = load_folder(path)
    return save_folder(path, arrays, {**description, **change})


NETWORK = model().shape.to_record()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "image"}, "the model is of the kind 'image', not made of a table"),
        ({"schema": {}}, "the schema lacks the field 'format'"),
        ({"schema": None}, "the schema is null, expected an object"),
        ({"network": []}, "network is a list, expected an object"),
        ({"network": {**NETWORK, "outputs": 2}}, "schema and network do not belong together"),
        ({"network": {**NETWORK, "inputs": 5}}, "schema and network do not belong together"),
        ({"network": {**NETWORK, "inputs": 2.5}}, r"2\.5 is no size"),
        ({"network": {**NETWORK, "hidden": [0]}}, r"0\.0 is no size"),
        ({"network": {**NETWORK, "hidden": [10**9]}}, "is no size"),
        ({"network": {**NETWORK, "hidden": [5]}}, "weights in .* are of another network"),
        ({"network": {**NETWORK, "dropout": 1.5}}, r"dropout must lie in \[0, 1\)"),
        ({"network": {**NETWORK, "layers": 3}}, "unknown fields: layers"),
    ],
)
def test_a_foreign_description_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(FileError, match=message):
        load_model(save(tmp_path, change))


def test_a_model_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="lacks the field 'kind'"):
        load_model(save_folder(tmp_path / "model", {}, {}))


@pytest.mark.parametrize("hidden", [(), (3,), (5, 4)])
@pytest.mark.parametrize("dropout", [0.0, 0.25])
def test_a_network_is_made_as_it_is_described(hidden: tuple[int, ...], dropout: float) -> None:
    shape = Network(2, hidden, 3, dropout)
    record = json.loads(json.dumps(shape.to_record()))
    assert Network.from_record(Record(record, "the test")) == shape
    layers = [*shape.layers()]
    kinds = [nn.Linear, nn.ReLU, *([nn.Dropout] if dropout else [])] * len(hidden) + [nn.Linear]
    assert [type(layer) for layer in layers] == kinds
    sizes = [(layer.inputs, layer.outputs) for layer in layers if isinstance(layer, nn.Linear)]
    assert sizes == list(zip((2, *hidden), (*hidden, 3), strict=True))
    assert parameters(shape.layers()) == sum((a + 1) * b for a, b in sizes)


def test_a_network_in_words() -> None:
    assert str(Network(2, (5, 4), 3, 0.25)) == "2 → 5 → 4 → 3, ReLU, dropout 0.25"
    assert str(Network(2, (5,), 3, 0.0)) == "2 → 5 → 3, ReLU"
    assert str(Network(2, (), 1, 0.0)) == "2 → 1, linear"


def test_probabilities_of_large_outputs_are_numbers() -> None:
    found = np.exp(log_probabilities(np.array([[1e4, 0], [0, 0]], np.float32)))
    np.testing.assert_array_equal(found, [[1, 0], [0.5, 0.5]])
