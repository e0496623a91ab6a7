"""`chainrule predict` and `evaluate`: against a forward pass and scores written out in NumPy."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest
from numpy.typing import NDArray

from chainrule.table.schema import Schema
from chainrule.train.folder import load_folder
from tests.cli.conftest import Command, fruits, write

Numbers = NDArray[np.float64]


def outputs(model: Path, table: Path) -> Numbers:
    """What the network makes of a table, from the weights in the folder, in float64."""
    arrays, description = load_folder(model)
    schema = Schema.from_json(json.dumps(description["schema"]))
    x = schema.encode(polars.read_csv(table)).astype(np.float64)
    hidden = np.maximum(x @ arrays["0.weight"].T + arrays["0.bias"], 0)
    return np.asarray(hidden @ arrays["3.weight"].T + arrays["3.bias"])


def softmax(logits: Numbers) -> Numbers:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def rows_of(text: str) -> list[list[str]]:
    return [*csv.reader(io.StringIO(text))]


def test_classes_and_their_probabilities(chainrule: Command, orchard: Path) -> None:
    table = orchard / "fruits-new.csv"
    result = chainrule("predict", orchard / "fruits", table)
    assert (result.exit_code, result.stderr) == (0, "")
    head, *rows = rows_of(result.stdout)
    assert head == ["prediction", "probability of fig, fresh", "probability of plum"]
    wanted = softmax(outputs(orchard / "fruits", table))
    found = np.array([[float(cell) for cell in row[1:]] for row in rows])
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=1e-7)
    labels = ["fig, fresh", "plum"]
    assert [row[0] for row in rows] == [labels[index] for index in wanted.argmax(axis=1)]


def test_amounts_in_their_own_units(chainrule: Command, orchard: Path) -> None:
    table = orchard / "prices-new.csv"
    result = chainrule("predict", orchard / "prices", table)
    assert result.exit_code == 0
    head, *rows = rows_of(result.stdout)
    assert head == ["prediction"]
    target = load_folder(orchard / "prices").description["schema"]["target"]
    wanted = outputs(orchard / "prices", table)[:, 0] * target["deviation"] + target["mean"]
    np.testing.assert_allclose([float(row[0]) for row in rows], wanted, rtol=1e-5)


def test_columns_are_found_by_name_and_the_target_is_not_needed(
    chainrule: Command, orchard: Path, tmp_path: Path
) -> None:
    frame = polars.read_csv(orchard / "fruits-new.csv")
    frame.select("color", "weight", "size").write_csv(tmp_path / "turned.csv")
    wanted = chainrule("predict", orchard / "fruits", orchard / "fruits-new.csv").stdout
    assert chainrule("predict", orchard / "fruits", "turned.csv").stdout == wanted


def test_predictions_go_to_a_file(chainrule: Command, orchard: Path, tmp_path: Path) -> None:
    table = orchard / "fruits-new.csv"
    wanted = chainrule("predict", orchard / "fruits", table).stdout
    result = chainrule("predict", orchard / "fruits", table, "--output", "found.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "40 predictions in found.csv\n"
    assert (tmp_path / "found.csv").read_text(encoding="utf-8") == wanted


@pytest.mark.parametrize(
    ("output", "message"),
    [("nowhere/found.csv", "there is no folder nowhere"), (".", "is a folder; give --output")],
)
def test_a_file_that_cannot_be_written_is_found_first(
    chainrule: Command, orchard: Path, output: str, message: str
) -> None:
    result = chainrule("predict", orchard / "nothing", "table.csv", "--output", output)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_disk_that_is_full_leaves_the_old_file(
    chainrule: Command, orchard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "found.csv").write_text("old", encoding="utf-8")

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device", handle)

    monkeypatch.setattr("os.fsync", fail)
    table = orchard / "fruits-new.csv"
    result = chainrule("predict", orchard / "fruits", table, "--output", "found.csv")
    assert result.exit_code == 2
    assert result.stderr == "Error: cannot write found.csv: No space left on device\n"
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_a_table_that_lacks_a_column(chainrule: Command, orchard: Path, command: str) -> None:
    write(Path("table.csv"), "sizes,weight,color,fruit", ["1,30,red,plum", "2,30,red,plum"])
    result = chainrule(command, orchard / "fruits", "table.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the table lacks 'size'" in result.stderr
    assert "Did you mean 'sizes'?" in result.stderr


def facts(text: str) -> dict[str, str]:
    """The first word behind each label."""
    return {words[0]: words[1] for words in map(str.split, text.splitlines()) if len(words) > 1}


def test_the_scores_of_a_classification(chainrule: Command, orchard: Path) -> None:
    table = orchard / "fruits-new.csv"
    result = chainrule("evaluate", orchard / "fruits", table)
    assert result.exit_code == 0
    assert f"{orchard / 'fruits'} on 40 rows of fruits-new.csv" in result.stdout.replace("\n", "")
    chances = softmax(outputs(orchard / "fruits", table))
    truth = (polars.read_csv(table)["fruit"] == "plum").to_numpy().astype(int)
    chosen = chances.argmax(axis=1)
    assert facts(result.stdout)["accuracy"] == f"{np.mean(chosen == truth):.2%}"
    log_loss = -np.log(chances[np.arange(40), truth]).mean()
    assert f"log loss  {log_loss:.4f}" in result.stdout
    assert f"(always saying fig, fresh: {np.mean(truth == 0):.2%})" in result.stdout
    counts = [[int(np.sum((truth == i) & (chosen == j))) for j in (0, 1)] for i in (0, 1)]
    assert table_of(result.stdout, ["fig, fresh", "plum"]) == [
        [*map(shown, row), f"{row[index] / sum(row):.1%}"] for index, row in enumerate(counts)
    ]


def shown(count: int) -> str:
    return str(count or "·")


def table_of(text: str, labels: Sequence[str]) -> list[list[str]]:
    """The cells behind each label, in the table below its line."""
    lines = text[text.index("────") :].splitlines()
    found = [
        line.strip().removeprefix(label) for label in labels for line in lines if label in line
    ]
    return [line.split() for line in found]


def test_the_scores_of_a_regression(chainrule: Command, orchard: Path) -> None:
    table = orchard / "prices-new.csv"
    result = chainrule("evaluate", orchard / "prices", table)
    target = load_folder(orchard / "prices").description["schema"]["target"]
    found = outputs(orchard / "prices", table)[:, 0] * target["deviation"] + target["mean"]
    truth = polars.read_csv(table)["price"].to_numpy()
    said = facts(result.stdout)
    shown = {name: float(said[name]) for name in ("RMSE", "MAE", "R²")}
    np.testing.assert_allclose(shown["RMSE"], np.sqrt(np.mean((found - truth) ** 2)), rtol=1e-4)
    np.testing.assert_allclose(shown["MAE"], np.mean(np.abs(found - truth)), rtol=1e-4)
    r2 = 1 - np.mean((found - truth) ** 2) / truth.var()
    np.testing.assert_allclose(shown["R²"], r2, rtol=1e-3)


def test_rows_without_a_target_are_left_out(chainrule: Command, orchard: Path) -> None:
    lines = (orchard / "fruits-new.csv").read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].rpartition(',"')[0] + ","
    Path("some.csv").write_text("\n".join(lines), encoding="utf-8")
    result = chainrule("evaluate", orchard / "fruits", "some.csv")
    assert result.exit_code == 0
    assert "left out: 1 row without a value of 'fruit'" in result.stdout


def test_a_table_without_any_target_has_nothing_to_compare(
    chainrule: Command, orchard: Path
) -> None:
    write(Path("table.csv"), "size,weight,color,fruit", ["1,30,red,", "2,30,red,"])
    result = chainrule("evaluate", orchard / "fruits", "table.csv")
    assert result.exit_code == 2
    assert "no row has a value of 'fruit'" in result.stderr


def test_a_class_never_seen_is_named(chainrule: Command, orchard: Path) -> None:
    write(Path("table.csv"), "size,weight,color,fruit", ["1,30,red,plum", "2,30,red,plumb"])
    result = chainrule("evaluate", orchard / "fruits", "table.csv")
    assert result.exit_code == 2
    assert "target 'fruit' has 'plumb' in row 2" in result.stderr
    assert "Did you mean 'plum'?" in result.stderr


def test_many_classes_have_no_table_of_confusions(chainrule: Command, tmp_path: Path) -> None:
    rows = [f"{x % 13},c{x % 13}" for x in range(130)]
    write(tmp_path / "table.csv", "x,y", rows)
    assert chainrule("train", "table.csv", "--target", "y", "--epochs", "1").exit_code == 0
    result = chainrule("evaluate", "models/table", "table.csv")
    assert "accuracy" in result.stdout
    assert "What each row is" not in result.stdout


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_a_truncated_model_is_refused(
    chainrule: Command, orchard: Path, tmp_path: Path, command: str
) -> None:
    for path in (orchard / "fruits").iterdir():
        content: Any = path.read_bytes()
        (tmp_path / "model").mkdir(exist_ok=True)
        (tmp_path / "model" / path.name).write_bytes(
            content[:-8] if path.suffix == ".safetensors" else content
        )
    result = chainrule(command, "model", fruits(tmp_path / "fruits.csv", count=5))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is truncated or was changed" in result.stderr
