"""What was learnt of a table: its feature columns, its target, and which columns are ignored.

A schema is learnt once, on the rows to train on, and is kept with the model; whatever is predicted
later goes through it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chainrule.errors import DataError
from chainrule.table.cells import Numbers, missing, numbers
from chainrule.table.column import Column, Ignored, column_from_record, learn_column
from chainrule.table.nearest import did_you_mean, listed
from chainrule.table.numeric import Features
from chainrule.table.record import Record, parse_json
from chainrule.table.split import Rows
from chainrule.table.target import Amount, Classes, Target, Task, learn_target, target_from_record

if TYPE_CHECKING:
    from polars import DataFrame, Series

FORMAT = "chainrule table schema 1"


@dataclass(frozen=True, slots=True)
class Schema:
    """How a table becomes numbers for a network, and its outputs become the table's values again.

    >>> import polars
    >>> columns = {"size": [1.5, 2.0, 3.0, 4.0], "fruit": ["fig", "fig", "plum", "plum"]}
    >>> table = polars.DataFrame(columns)
    >>> schema = Schema.learn(table, "fruit")
    >>> schema.encode(table).shape, schema.encode_target(table)
    ((4, 1), array([0, 0, 1, 1]))
    >>> schema.decode_classes([1, 0])
    ['plum', 'fig']
    """

    columns: tuple[Column, ...]
    target: Target
    ignored: tuple[Ignored, ...]

    @classmethod
    def learn(
        cls,
        frame: DataFrame,
        target: str,
        *,
        task: str | None = None,
        rows: ArrayLike | None = None,
    ) -> Schema:
        """Return the schema of a table whose column `target` is to be predicted.

        Statistics come from `rows` (all by default), classes from the whole table. `task` is
        classification or regression, found out by itself if None. Columns from which nothing
        can be learnt are ignored, with a reason.

        Raises DataError for an unknown target or one that cannot be learnt (see `learn_target`),
        for a number that is not finite, and where no feature is left; OptionError for an unknown
        task.
        """
        answer = find_column(frame, target)
        chosen = np.arange(frame.height) if rows is None else np.asarray(rows, np.int64)
        learnt_target = learn_target(answer, chosen, task)
        features = [frame[name] for name in frame.columns if name != target]
        learnt = _without_row_numbers([learn_column(series, chosen) for series in features], frame)
        ignored = tuple(column for column in learnt if isinstance(column, Ignored))
        columns = tuple(column for column in learnt if not isinstance(column, Ignored))
        if not columns:
            raise DataError(f"no column is left to predict {target!r} from: {_reasons(ignored)}")
        return cls(columns, learnt_target, ignored)

    @property
    def task(self) -> Task:
        """Classification or regression."""
        return self.target.task

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels of a classification, in the order of their indices; () for a regression."""
        return self.target.labels if isinstance(self.target, Classes) else ()

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, in the order of `encode`."""
        return tuple(name for column in self.columns for name in column.feature_names)

    def encode(self, frame: DataFrame) -> Features:
        """Return the features of a table, float32 (rows, features).

        Columns are found by name, whatever their order; those that were not learnt are passed over,
        and a category never seen is no error. DataError names a column that is not there, and a
        cell that does not fit its column, with its row.
        """
        self._check_columns(frame.columns)
        blocks = (column.encode(frame[column.name]) for column in self.columns)
        features = np.empty((frame.height, len(self.feature_names)), np.float32)
        start = 0
        for block in blocks:
            features[:, start : start + block.shape[1]] = block
            start += block.shape[1]
        return features

    def _check_columns(self, names: list[str]) -> None:
        absent = [column.name for column in self.columns if column.name not in names]
        if absent:
            raise DataError(
                f"the table lacks {listed(absent)}, which the model has learnt from."
                f"{did_you_mean(absent[0], names)} It has {listed(names)}"
            )

    def encode_target(self, frame: DataFrame) -> NDArray[np.int64] | NDArray[np.float32]:
        """Return the target of a table (rows,): int64 class indices, or float32 standardized.

        Raises DataError where the column is not there, and for a cell that is missing (take the
        `labelled_rows`), of an unknown class, or no finite number.
        """
        return self.target.encode(find_column(frame, self.target.name))

    def labelled_rows(self, frame: DataFrame) -> Rows:
        """Return the numbers, from 0, of the rows of a table that have a target."""
        return np.flatnonzero(~missing(find_column(frame, self.target.name)))

    def decode_classes(self, indices: ArrayLike) -> list[str]:
        """Return the labels of class indices (rows,), spelled as in the table learnt from."""
        if isinstance(self.target, Classes):
            return self.target.decode(indices)
        raise DataError(f"target {self.target.name!r} is an amount and has no classes")

    def decode_regression(self, standardized: ArrayLike) -> Numbers:
        """Return the target in its own units, float64, from what the network predicts."""
        if isinstance(self.target, Amount):
            return self.target.decode(standardized)
        raise DataError(f"target {self.target.name!r} is one of some classes, not an amount")

    def to_json(self) -> str:
        """Return the schema as text that `from_json` takes."""
        record = {
            "format": FORMAT,
            "columns": [column.to_record() for column in self.columns],
            "target": self.target.to_record(),
            "ignored": [asdict(column) for column in self.ignored],
        }
        return json.dumps(record, allow_nan=False, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Schema:
        """Return the schema that a text holds; FileError, saying where, if it is not sound."""
        record = Record(parse_json(text, "the schema"), "the schema")
        form = record.text("format")
        record.insist(form == FORMAT, f"the format is {form!r}, expected {FORMAT!r}")
        columns = tuple(column_from_record(each) for each in record.records("columns", "column"))
        target = target_from_record(Record(record.take("target"), "the schema's target"))
        ignored = tuple(_ignored(each) for each in record.records("ignored", "ignored column"))
        record.end()
        names = [column.name for column in columns]
        record.insist(bool(columns), "there must be a column")
        record.insist(len({*names, target.name}) == len(names) + 1, "every name must come once")
        return cls(columns, target, ignored)


def find_column(frame: DataFrame, name: str) -> Series:
    """Return a table's column; DataError, with the nearest name and all names, if it has none.

    >>> import polars
    >>> find_column(polars.DataFrame({"age": [39]}), "age").to_list()
    [39]
    """
    if name not in frame.columns:
        hint = did_you_mean(name, frame.columns)
        raise DataError(f"there is no column {name!r}.{hint} There are {listed(frame.columns)}")
    return frame[name]


def _without_row_numbers(
    learnt: list[Column | Ignored], frame: DataFrame
) -> list[Column | Ignored]:
    """Ignore the columns that only number the rows, unless nothing else would be left."""
    telling = [
        Ignored(column.name, "it numbers the rows") if _is_row_number(column, frame) else column
        for column in learnt
    ]
    return learnt if all(isinstance(column, Ignored) for column in telling) else telling


def _is_row_number(column: Column | Ignored, frame: DataFrame) -> bool:
    if isinstance(column, Ignored) or not frame[column.name].dtype.is_integer():
        return False
    values = numbers(frame[column.name])
    return bool(values[0] in {0, 1} and (np.diff(values) == 1).all())


def _reasons(ignored: tuple[Ignored, ...]) -> str:
    reasons = [f"{column.name!r} ({column.reason})" for column in ignored]
    return ", ".join(reasons) or "the table has no other column"


def _ignored(record: Record) -> Ignored:
    column = Ignored(record.text("name"), record.text("reason"))
    record.end()
    return column
