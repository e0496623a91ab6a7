"""Tables made ready to train on, the small and the real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars
import pytest

from chainrule.errors import DataError
from chainrule.table.prepare import prepare
from chainrule.table.read import read_table
from chainrule.table.schema import Schema

Find = Callable[[str], Path]

TABLE = polars.DataFrame(
    {
        "size": [0.5 * row for row in range(60)],
        "country": ["Peru"] * 60,
        "sold": ["yes", "no", "no", None] * 15,
    }
)


@pytest.mark.parametrize("seed", range(5))
def test_rows_are_divided_and_encoded(seed: int) -> None:
    prepared = prepare(TABLE, "sold", fraction=0.2, seed=seed)
    training, validation = prepared.training, prepared.validation
    assert (len(training.rows), len(validation.rows)) == (36, 9)
    labelled = [row for row in range(60) if row % 4 != 3]
    assert sorted([*training.rows, *validation.rows]) == labelled
    for part in (training, validation):
        rows = TABLE[part.rows]
        np.testing.assert_array_equal(part.features, prepared.schema.encode(rows))
        assert prepared.schema.decode_classes(part.target) == rows["sold"].to_list()
        assert np.mean(part.target == 1) == 1 / 3  # every part has its share of each class


def test_the_schema_is_learnt_on_the_training_rows_alone() -> None:
    prepared = prepare(TABLE, "size", fraction=0.5)
    again = Schema.learn(TABLE[prepared.training.rows], "size")
    assert prepared.schema == again


def test_the_notes_tell_what_is_left_out() -> None:
    assert prepare(TABLE, "sold").notes == (
        "15 rows without a value of 'sold' are left out",
        "column 'country' is ignored: all its values are 'Peru'",
    )
    assert prepare(TABLE.drop("country"), "size").notes == ()


def test_the_seed_decides_the_rows() -> None:
    rows = [prepare(TABLE, "sold", seed=seed).validation.rows.tolist() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_the_task_can_be_told() -> None:
    graded = TABLE.with_columns(grade=polars.Series([1, 2, 3] * 20))
    assert prepare(graded, "grade").schema.task == "classification"
    assert prepare(graded, "grade", task="regression").schema.task == "regression"


@pytest.mark.parametrize(
    ("table", "target", "message"),
    [
        (TABLE[:1], "sold", r"the table has 1 row\(s\)"),
        (TABLE, "price", "there is no column 'price'"),
        (TABLE.with_columns(sold=None), "sold", "target 'sold' has no value in any row"),
        (TABLE.drop("size"), "sold", "no column is left to predict 'sold' from"),
    ],
)
def test_what_cannot_be_learnt_is_said(table: polars.DataFrame, target: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        prepare(table, target)


REAL: list[tuple[str, str, str, int]] = [
    ("abalone/abalone.csv", "column_9", "regression", 4177),
    ("adult/adult.data", "class", "classification", 32561),
    ("airline-passengers/airline-passengers.csv", "Passengers", "regression", 144),
    ("banknote/banknote_authentication.csv", "column_5", "classification", 1372),
    ("california-housing/cal_housing.csv", "median_house_value", "regression", 20640),
    ("california-housing/housing.csv", "median_house_value", "regression", 20640),
    ("daily-min-temperatures/daily-min-temperatures.csv", "Temp", "regression", 3650),
    ("diamonds/diamonds.csv", "price", "regression", 53940),
    ("ett/ETTh1.csv", "OT", "regression", 17420),
    ("penguins/penguins.csv", "species", "classification", 344),
    ("penguins/penguins_raw.csv", "Species", "classification", 344),
    ("titanic/titanic.csv", "survived", "classification", 891),
    ("wine-quality/winequality-red.csv", "column_12", "classification", 1599),
    ("wine-quality/winequality-white.csv", "column_12", "classification", 4898),
]


@pytest.mark.parametrize(("name", "target", "task", "rows"), REAL)
def test_every_real_table_needs_nothing_but_its_target(
    shared_table: Find, name: str, target: str, task: str, rows: int
) -> None:
    table = read_table(shared_table(name))
    assert table.height == rows
    prepared = prepare(table, target)
    assert prepared.schema.task == task
    features = prepared.training.features
    assert np.isfinite(features).all()
    assert (features.std(axis=0) > 0).mean() > 0.99
    assert len(features) + len(prepared.validation.features) == rows
    assert Schema.from_json(prepared.schema.to_json()) == prepared.schema


def test_the_census_fits_from_file_to_file(shared_table: Find) -> None:
    training = read_table(shared_table("adult/adult.data"))
    test = read_table(shared_table("adult/adult.test"))
    assert training.columns == test.columns
    assert (training.height, test.height) == (32561, 16281)
    # the counts of missing cells that the census's own description gives
    assert training.null_count().row(0) == (0, 1836, 0, 0, 0, 0, 1843, 0, 0, 0, 0, 0, 0, 583, 0)
    schema = prepare(training, "class").schema
    assert schema.classes == ("<=50K", ">50K")
    # the shares of the two classes in the test set, by the same description
    assert np.bincount(schema.encode_target(test)).tolist() == [12435, 3846]


def test_missing_sexes_of_penguins_are_left_out(shared_table: Find) -> None:
    prepared = prepare(read_table(shared_table("penguins/penguins.csv")), "sex")
    assert prepared.notes == ("11 rows without a value of 'sex' are left out",)
    assert len(prepared.training.rows) + len(prepared.validation.rows) == 333
