"""Schemas: learnt, applied to other tables, kept as JSON, and everything that may go wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars
import pytest
from hypothesis import given, strategies as st

from chainrule.errors import DataError, FileError
from chainrule.table.schema import Schema

ROWS = 40
TABLE = polars.DataFrame(
    {
        "size": [0.5 * row for row in range(ROWS)],
        "fruit": ["fig", "plum", "fig", None] * (ROWS // 4),
        "ripe": [True, False] * (ROWS // 2),
        "picked": [datetime(2024, 1, 1) + timedelta(days=row) for row in range(ROWS)],
        "weight": [None, *(1.0 / (row + 1) for row in range(ROWS - 1))],
        "note": [f"note {row}" for row in range(ROWS)],
        "country": ["Peru"] * ROWS,
        "sold": ["yes", "no", "no", "no"] * (ROWS // 4),
    }
)


def learnt() -> Schema:
    return Schema.learn(TABLE, "sold")


def test_a_schema_knows_its_columns_its_target_and_what_it_ignores() -> None:
    schema = learnt()
    assert [(column.name, column.kind) for column in schema.columns] == [
        ("size", "numeric"),
        ("fruit", "categorical"),
        ("ripe", "boolean"),
        ("picked", "moment"),
        ("weight", "numeric"),
    ]
    assert (schema.task, schema.classes) == ("classification", ("no", "yes"))
    assert {column.name: column.reason for column in schema.ignored} == {
        "note": "none of its 40 values comes back often enough",
        "country": "all its values are 'Peru'",
    }


def test_features_stand_in_the_order_of_their_names() -> None:
    schema = learnt()
    features = schema.encode(TABLE)
    assert features.shape == (ROWS, len(schema.feature_names))
    assert features.dtype == np.float32
    assert features.flags.c_contiguous
    at = {name: features[:, place] for place, name in enumerate(schema.feature_names)}
    assert len(at) == features.shape[1]
    assert at["fruit is 'plum'"].tolist() == [0, 1, 0, 0] * (ROWS // 4)
    assert at["ripe"].tolist() == [1, -1] * (ROWS // 2)
    assert at["weight is missing"].tolist() == [1] + [0] * (ROWS - 1)
    np.testing.assert_allclose(np.diff(at["size"]), at["size"][1] - at["size"][0], rtol=1e-4)


def test_targets_go_to_indices_and_back() -> None:
    schema = learnt()
    assert schema.encode_target(TABLE).tolist() == [1, 0, 0, 0] * (ROWS // 4)
    assert schema.decode_classes(np.array([1, 0])) == ["yes", "no"]


def test_targets_go_to_standard_amounts_and_back() -> None:
    schema = Schema.learn(TABLE.drop("weight"), "size")
    assert (schema.task, schema.classes) == ("regression", ())
    standardized = schema.encode_target(TABLE)
    assert standardized.dtype == np.float32
    np.testing.assert_allclose(schema.decode_regression(standardized), TABLE["size"], atol=1e-5)


def test_statistics_come_from_the_rows_given() -> None:
    rows = np.arange(0, ROWS, 2)
    part = Schema.learn(TABLE, "sold", rows=rows)
    assert part.columns == Schema.learn(TABLE[rows], "sold").columns


def test_a_row_is_encoded_the_same_whatever_stands_beside_it() -> None:
    schema = learnt()
    whole = schema.encode(TABLE)
    for row in range(ROWS):
        np.testing.assert_array_equal(schema.encode(TABLE[row])[0], whole[row])


def test_a_table_without_rows_has_features_without_rows() -> None:
    schema = learnt()
    assert schema.encode(TABLE[:0]).shape == (0, len(schema.feature_names))
    assert schema.encode_target(TABLE[:0]).shape == (0,)


@given(st.permutations(TABLE.columns), st.booleans())
def test_other_columns_and_another_order_change_nothing(order: list[str], extra: bool) -> None:
    later = TABLE.select(order).with_columns(*[polars.lit("x").alias("extra")] * extra)
    np.testing.assert_array_equal(learnt().encode(later), learnt().encode(TABLE))


def test_a_table_to_predict_needs_no_target_and_nothing_ignored() -> None:
    later = TABLE.drop("sold", "note", "country")
    np.testing.assert_array_equal(learnt().encode(later), learnt().encode(TABLE))


def test_a_column_that_is_not_there_is_named_with_the_nearest() -> None:
    later = TABLE.rename({"weight": "Weight", "fruit": "f"})
    with pytest.raises(DataError, match=r"lacks 'fruit', 'weight', which the model has learnt"):
        learnt().encode(later)
    with pytest.raises(DataError, match=r"lacks 'weight'.* Did you mean 'Weight'\? It has 'size'"):
        learnt().encode(TABLE.rename({"weight": "Weight"}))
    with pytest.raises(DataError, match="there is no column 'sold'"):
        learnt().encode_target(TABLE.drop("sold"))


@pytest.mark.parametrize("name", ["size", "fruit", "ripe", "picked", "weight"])
@pytest.mark.parametrize("dtype", [polars.String, polars.Null, None])
def test_a_column_may_be_all_missing_later(name: str, dtype: polars.DataType | None) -> None:
    values = polars.Series(name, [None] * ROWS, dtype=dtype or TABLE[name].dtype)
    schema = learnt()
    features = schema.encode(TABLE.with_columns(values))
    own = [place for place, feature in enumerate(schema.feature_names) if feature.startswith(name)]
    np.testing.assert_array_equal(
        np.delete(features, own, axis=1), np.delete(schema.encode(TABLE), own, axis=1)
    )
    for place in own:
        is_mark = schema.feature_names[place].endswith("is missing")
        np.testing.assert_array_equal(features[:, place], float(is_mark))


def test_a_category_never_seen_is_no_error() -> None:
    schema = learnt()
    features = schema.encode(TABLE.with_columns(fruit=polars.lit("durian")))
    own = [place for place, name in enumerate(schema.feature_names) if name.startswith("fruit")]
    np.testing.assert_array_equal(features[:, own], 0)


@pytest.mark.parametrize(
    ("name", "cell", "message"),
    [
        ("size", "big", "column 'size' holds 'big' in row 1, expected a number"),
        ("size", float("inf"), "column 'size' holds inf in row 1"),
        ("ripe", "maybe", "column 'ripe' holds 'maybe' in row 1, expected true or false"),
        ("picked", 3, "column 'picked' holds Int32, expected dates"),
    ],
)
def test_a_cell_that_does_not_fit_is_named(name: str, cell: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        learnt().encode(TABLE.with_columns(polars.lit(cell).alias(name)))


def test_rows_with_a_target_are_found() -> None:
    some = TABLE[:4].with_columns(sold=polars.Series(["yes", None, "no", None]))
    assert learnt().labelled_rows(some).tolist() == [0, 2]


def test_an_unknown_target_is_named_with_the_nearest() -> None:
    with pytest.raises(DataError, match=r"no column 'Sold'\. Did you mean 'sold'\? There are 'siz"):
        Schema.learn(TABLE, "Sold")


def test_a_number_that_is_not_finite_is_named_by_its_row_in_the_table() -> None:
    bad = TABLE.with_columns(size=polars.Series([0.5] * (ROWS - 1) + [float("inf")]))
    with pytest.raises(DataError, match="column 'size' holds inf in row 40"):
        Schema.learn(bad, "sold", rows=np.arange(10))


def test_no_feature_left_is_an_error_with_the_reasons() -> None:
    with pytest.raises(
        DataError, match=r"no column is left to predict 'sold' from: 'country' \(all"
    ):
        Schema.learn(TABLE.select("country", "sold"), "sold")
    with pytest.raises(DataError, match="the table has no other column"):
        Schema.learn(TABLE.select("sold"), "sold")


def test_row_numbers_are_ignored_unless_there_is_nothing_else() -> None:
    for start in (0, 1):
        numbered = TABLE.with_row_index("row", offset=start)
        ignored = {column.name: column.reason for column in Schema.learn(numbered, "sold").ignored}
        assert ignored["row"] == "it numbers the rows"
        alone = Schema.learn(numbered.select("row", "sold"), "sold")
        assert [column.name for column in alone.columns] == ["row"]
    years = TABLE.with_columns(year=polars.Series(range(1980, 1980 + ROWS)))
    assert "year" in [column.name for column in Schema.learn(years, "sold").columns]


def test_a_class_knows_no_amount_and_an_amount_no_class() -> None:
    with pytest.raises(DataError, match="'sold' is one of some classes, not an amount"):
        learnt().decode_regression([0.5])
    with pytest.raises(DataError, match="'size' is an amount and has no classes"):
        Schema.learn(TABLE, "size").decode_classes([0])


@pytest.mark.parametrize("target", ["sold", "size"])
def test_json_keeps_everything(target: str) -> None:
    schema = Schema.learn(TABLE, target)
    again = Schema.from_json(schema.to_json())
    assert again == schema
    assert again.to_json() == schema.to_json()
    np.testing.assert_array_equal(again.encode(TABLE), schema.encode(TABLE))


@given(st.lists(st.floats(-3e38, 3e38), min_size=2, max_size=30, unique=True), st.text())
def test_json_keeps_every_number_and_every_word(values: list[float], word: str) -> None:
    rows = len(values)
    table = polars.DataFrame({"x": values * 2, word + "w": [word, "b"] * rows, "y": [0, 1] * rows})
    schema = Schema.learn(table, "y")
    assert Schema.from_json(schema.to_json()) == schema


Place = Sequence[str | int]

DAMAGE: dict[str, tuple[Place, object, str]] = {
    "format": (["format"], "another", "the format is 'another', expected 'chainrule table schema"),
    "field": (["more"], 1, "the schema has unknown fields: more"),
    "columns": (["columns"], {}, "the schema: 'columns' is an object, expected a list"),
    "no columns": (["columns"], [], "there must be a column"),
    "column": (["columns", 0], 3, "the schema, column 1 is the number 3, expected an object"),
    "kind": (["columns", 0, "kind"], "odd", "column 1: 'odd' is no kind of column; expected num"),
    "extra": (["columns", 2, "more"], 1, "column 3 has unknown fields: more"),
    "name": (["columns", 1, "name"], 1, "column 2: 'name' is the number 1, expected text"),
    "twice": (["columns", 1, "name"], "size", "every name must come once"),
    "target twice": (["target", "name"], "size", "every name must come once"),
    "flag": (["columns", 2, "missing"], 0, "'missing' is the number 0, expected true or false"),
    "mean": (["columns", 0, "mean"], "3", "column 1: 'mean' is text, expected a number"),
    "truth": (["columns", 0, "mean"], True, "'mean' is true or false, expected a number"),
    "deviation": (["columns", 0, "deviation"], 0, "the deviation must be above 0"),
    "low": (["columns", 0, "low"], 99, "low must not be above high"),
    "edges": (["columns", 0, "edges", 1], 0.0, "the edges must rise"),
    "centers": (["columns", 0, "centers"], [], "there must be one center a bin"),
    "words": (["columns", 1, "categories"], ["b", "a"], "the categories must be in order"),
    "word": (["columns", 1, "categories", 0], None, "'categories' is null, expected text"),
    "cycle": (["columns", 3, "cycles"], ["moon"], r"the cycles must be of \['day'"),
    "trend": (["columns", 3, "trend", "kind"], "boolean", "the trend must be numeric"),
    "task": (["target", "task"], "x", "'x' is no task; expected classification or regression"),
    "other task": (["target", "task"], "regression", "target lacks the field 'mean'"),
    "labels": (["target", "labels"], ["a", "a"], "there must be two classes or more"),
    "ignored": (["ignored", 0, "reason"], None, "ignored column 1: 'reason' is null, expected te"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_json_is_described(kind: str) -> None:
    place, value, message = DAMAGE[kind]
    record = json.loads(learnt().to_json())
    part = record
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    with pytest.raises(FileError, match=message):
        Schema.from_json(json.dumps(record))


@pytest.mark.parametrize("kind", ["format", "columns", "target", "ignored"])
def test_a_field_that_is_not_there_is_named(kind: str) -> None:
    record = json.loads(learnt().to_json())
    del record[kind]
    with pytest.raises(FileError, match=f"the schema lacks the field '{kind}'"):
        Schema.from_json(json.dumps(record))


def test_json_cut_short_anywhere_is_an_error() -> None:
    text = learnt().to_json()
    for length in range(0, len(text), 211):
        with pytest.raises(FileError, match="the schema is not JSON"):
            Schema.from_json(text[:length])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_json_with_a_number_that_is_not_finite_is_an_error(number: str) -> None:
    text = learnt().to_json().replace('"missing": false', f'"missing": {number}', 1)
    with pytest.raises(FileError, match="expected true or false"):
        Schema.from_json(text)
    spoiled = json.loads(learnt().to_json())
    spoiled["columns"][0]["high"] = float(number)
    with pytest.raises(FileError, match=r"'high' is .*, expected a finite number"):
        Schema.from_json(json.dumps(spoiled))


@pytest.mark.parametrize("text", ["", "null", "[]", "3", "[" * 100_000])
def test_what_is_no_schema_is_an_error(text: str) -> None:
    with pytest.raises(FileError, match="the schema is"):
        Schema.from_json(text)
