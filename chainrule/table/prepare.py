"""A table made ready to train on: schema learnt, rows divided, both parts encoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from chainrule.table.cells import missing
from chainrule.table.numeric import Features
from chainrule.table.schema import Schema, find_column
from chainrule.table.split import Rows, split_rows
from chainrule.table.target import Classes, learn_target

if TYPE_CHECKING:
    from polars import DataFrame, Series


@dataclass(frozen=True, slots=True)
class Examples:
    """Some rows of a table, by their numbers from 0, as features and targets."""

    rows: Rows
    features: Features  # (rows, features)
    target: NDArray[np.int64] | NDArray[np.float32]  # (rows,)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A schema, the examples to train on and those held out, and what a person should know."""

    schema: Schema
    training: Examples
    validation: Examples
    notes: tuple[str, ...]


def prepare(
    frame: DataFrame,
    target: str,
    *,
    task: str | None = None,
    fraction: float = 0.15,
    seed: int = 0,
) -> Prepared:
    """Return a table ready to train on, `fraction` of its rows held out for validation.

    Rows without a target are left out. The division is stratified by class, and the schema is
    learnt on the training rows alone. The notes tell of rows left out and of columns ignored.

    Raises what `Schema.learn` and `split_rows` raise.

    >>> import polars
    >>> table = polars.DataFrame({"x": [0.5, 1.5, 2.0, 3.0] * 5, "y": ["a", "a", "b", "b"] * 5})
    >>> prepared = prepare(table, "y", fraction=0.2)
    >>> prepared.training.features.shape, prepared.validation.target.shape
    ((16, 3), (4,))
    """
    answer = find_column(frame, target)
    labelled = np.flatnonzero(~missing(answer))
    strata = _strata(answer, labelled, task)
    kept, held_out = split_rows(len(labelled), fraction, seed, strata)
    schema = Schema.learn(frame, target, task=task, rows=labelled[kept])
    return Prepared(
        schema,
        _examples(schema, frame, labelled[kept]),
        _examples(schema, frame, labelled[held_out]),
        tuple(_notes(schema, frame.height - len(labelled))),
    )


def _strata(answer: Series, labelled: Rows, task: str | None) -> NDArray[np.int64] | None:
    target = learn_target(answer, labelled, task)
    return target.encode(answer[labelled]) if isinstance(target, Classes) else None


def _examples(schema: Schema, frame: DataFrame, rows: Rows) -> Examples:
    part = frame[rows]
    return Examples(rows, schema.encode(part), schema.encode_target(part))


def _notes(schema: Schema, left_out: int) -> Iterator[str]:
    if left_out:
        yield f"{left_out} rows without a value of {schema.target.name!r} are left out"
    for column in schema.ignored:
        yield f"column {column.name!r} is ignored: {column.reason}"
