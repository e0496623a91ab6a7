"""`chainrule train`: what it understands, writes and says, and what it refuses beforehand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import polars
import pytest

from chainrule.cli.model import load_model
from chainrule.train.folder import load_folder
from tests.cli.conftest import FAST, Command, fruits, prices, write


def test_a_classification_from_the_table_to_the_next_step(
    chainrule: Command, tmp_path: Path
) -> None:
    result = chainrule("train", fruits(tmp_path / "fruits.csv"), "--target", "fruit", *FAST)
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    for said in (
        "fruits.csv, as it was understood",
        "target fruit: 2 classes, fig, fresh ",
        "task classification (--task overrides)",
        "numeric size, weight",
        "categorical color (2)",
        "note column 'country' is ignored: all its values are 'Peru'",
        "rows 102 to train on, 18 to validate",
        "→ 8 → 2, ReLU, dropout 0.2",
        "adamw, learning rate 0.02",
        "Ended after 12 epochs: all epochs done; the best weights, of epoch ",
        "On 18 rows held out to validate accuracy ",
        "Model saved in models/fruits",
        "evaluate models/fruits FILE",
        "predict models/fruits FILE",
    ):
        assert said in text
    assert "epoch 12/12  loss" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"fruits.csv", "models"}


def test_a_regression_is_found_out_and_learnt(chainrule: Command, tmp_path: Path) -> None:
    table = prices(tmp_path / "prices.csv")
    result = chainrule("train", table, "--target", "price", *FAST, "--epochs", "60")
    assert result.exit_code == 0
    assert "task         regression" in result.stdout
    (r2,) = [line for line in result.stdout.splitlines() if line.startswith("R²")]
    assert float(r2.split()[1]) > 0.9
    assert "rmse" in result.stderr


def test_the_task_can_be_told(chainrule: Command, tmp_path: Path) -> None:
    rows = [f"{x},{x % 3}" for x in range(60)]
    table = write(tmp_path / "table.csv", "x,y", rows)
    for task in ("classification", "regression"):
        result = chainrule("train", table, "--target", "y", "--task", task, *FAST)
        assert f"task      {task} (--task overrides)" in result.stdout
        assert load_model(tmp_path / "models" / "table").schema.task == task


def test_a_parquet_table_with_dates_and_truths(chainrule: Command, tmp_path: Path) -> None:
    frame = polars.DataFrame({"day": range(60), "paid": [True, False, None] * 20}).with_columns(
        polars.col("day").cast(polars.Date), sold=polars.col("day") % 7
    )
    frame.write_parquet(tmp_path / "sales.parquet")
    result = chainrule("train", "sales.parquet", "--target", "sold", *FAST)
    assert result.exit_code == 0
    assert "moment    day" in result.stdout
    assert "boolean   paid" in result.stdout


def test_the_seed_fixes_everything(chainrule: Command, tmp_path: Path) -> None:
    table = fruits(tmp_path / "fruits.csv")
    found = []
    for seed in (3, 3, 4):
        assert chainrule("train", table, "--target", "fruit", "--seed", seed, *FAST).exit_code == 0
        found.append(load_folder("models/fruits").arrays["0.weight"])
    np.testing.assert_array_equal(found[0], found[1])
    assert (found[0] != found[2]).any()


def test_the_folder_tells_how_the_model_was_made(orchard: Path) -> None:
    page = json.loads((orchard / "fruits" / "model.json").read_text(encoding="utf-8"))
    training = page["description"]["training"]
    assert training["source"] == "fruits.csv"
    assert training["options"]["hidden"] == [8]
    assert training["options"]["learning_rate"] == 0.02
    history = training["history"]
    assert len(history["epochs"]) == 12
    best = history["epochs"][history["best_epoch"] - 1]["validation_loss"]
    assert best == min(row["validation_loss"] for row in history["epochs"])


def test_early_stopping(chainrule: Command, tmp_path: Path) -> None:
    table = fruits(tmp_path / "fruits.csv")
    arguments = ("train", table, "--target", "fruit", *FAST, "--epochs", "500", "--patience", "2")
    result = chainrule(*arguments)
    assert "no better validation loss for 2 epochs" in " ".join(result.stdout.split())
    assert "epoch 500/500" not in result.stderr


def test_a_loss_next_to_nothing_is_enough(chainrule: Command, tmp_path: Path) -> None:
    table = write(tmp_path / "easy.csv", "x,y", [f"{x},{x > 50}" for x in range(100)] * 2)
    result = chainrule("train", table, "--target", "y", "--learning-rate", "0.05")
    assert "the validation loss is next to nothing" in " ".join(result.stdout.split())


def test_a_network_without_hidden_layers(chainrule: Command, tmp_path: Path) -> None:
    table = fruits(tmp_path / "fruits.csv")
    result = chainrule("train", table, "--target", "fruit", "--epochs", "2", "--hidden", "")
    assert " → 2, linear: " in result.stdout


def test_the_learning_curves(chainrule: Command, tmp_path: Path) -> None:
    table = fruits(tmp_path / "fruits.csv")
    result = chainrule("train", table, "--target", "fruit", *FAST, "--plot")
    picture = Path("models/fruits/learning-curves.png")
    assert f"Learning curves in {picture}" in result.stdout
    assert matplotlib.image.imread(picture).ndim == 3
    chainrule("train", table, "--target", "fruit", *FAST)
    assert not picture.exists()  # it was of the older model


def test_without_matplotlib_a_picture_is_refused_beforehand(
    chainrule: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainrule.cli.train.find_spec", lambda name: None)
    table = fruits(tmp_path / "fruits.csv")
    result = chainrule("train", table, "--target", "fruit", "--plot")
    assert result.exit_code == 2
    assert 'pip install "chainrule[plot]"' in result.stderr


GOOD = [f"{x},{x % 2}" for x in range(30)]
TABLES: dict[str, tuple[list[str], str]] = {
    "empty": ([], "holds 2 names of columns and no row of data"),
    "one row": (["1,2"], r"the table has 1 row\(s\)"),
    "one value": (["1,2", "2,2", "3,2"], "target 'y' is 2 in all 3 rows"),
    "infinite": ([*GOOD, "inf,1"], "column 'x' holds inf in row 31: numbers must be finite"),
    "ragged": ([*GOOD, "1,2,3"], "line 32 has 3 cells where the first line has 2"),
    "one feature": (["5,1", "5,0"] * 9, "no column is left to predict 'y' from"),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_that_cannot_be_learnt_from(chainrule: Command, tmp_path: Path, name: str) -> None:
    rows, message = TABLES[name]
    assert_refused(chainrule, tmp_path, rows, message)


OPTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "optimizer": (("--optimizer", "adm"), "unknown optimizer: 'adm'; did you mean 'adam'?"),
    "target": (("--target", "Yy"), "there is no column 'Yy'. Did you mean 'y'?"),
    "epochs": (("--epochs", "0"), "--epochs must be a whole number of at least 1"),
    "batch size": (("--batch-size", "0"), "--batch-size must be a whole number of at least 1"),
    "patience": (("--patience", "0"), "--patience must be a whole number of at least 1"),
    "seed": (("--seed", "-1"), "--seed must be a whole number of at least 0"),
    "rate": (("--learning-rate", "nan"), "--learning-rate must be a finite number"),
    "rate 0": (("--learning-rate", "0"), "--learning-rate must be greater than 0"),
    "dropout": (("--dropout", "1"), r"--dropout must lie in \[0, 1\)"),
    "validation": (("--validation", "1"), "--validation is the share of rows held out"),
    "hidden": (("--hidden", "8,0"), "a size in --hidden must be a whole number"),
    "sizes": (("--hidden", "8;8"), "--hidden takes whole numbers with commas"),
    "output": (("--output", "table.csv"), "table.csv is a file; a model is saved as a folder"),
    "folder": (("--output", "."), "holds files that are no model"),
    "below": (("--output", "table.csv/model"), "cannot write a model to table.csv/model"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_out_of_their_range(chainrule: Command, tmp_path: Path, name: str) -> None:
    options, message = OPTIONS[name]
    assert_refused(chainrule, tmp_path, GOOD, message, *options)


def assert_refused(
    chainrule: Command, folder: Path, rows: list[str], message: str, *options: str
) -> None:
    """Training is refused before it starts, in one line, and nothing is written."""
    table = write(folder / "table.csv", "x,y", rows)
    given: tuple[Any, ...] = () if "--target" in options else ("--target", "y")
    result = chainrule("train", table.name, *given, *options)
    assert result.exit_code == 2
    assert (result.stdout, result.stderr.count("\n")) == ("", 1)
    assert polars.Series([result.stderr]).str.contains(message).all()
    assert [path.name for path in folder.iterdir()] == ["table.csv"]


def test_a_missing_file_is_answered_with_the_nearest(chainrule: Command, tmp_path: Path) -> None:
    fruits(tmp_path / "fruits.csv")
    result = chainrule("train", "fruit.csv", "--target", "fruit")
    assert result.exit_code == 2
    assert result.stderr == "Error: there is no file fruit.csv. Did you mean 'fruits.csv'?\n"


def test_a_wrong_task_is_answered_with_those_there_are(chainrule: Command, tmp_path: Path) -> None:
    table = fruits(tmp_path / "fruits.csv")
    result = chainrule("train", table, "--target", "fruit", "--task", "regresion")
    assert result.exit_code == 2
    assert "'classification', 'regression'" in " ".join(result.stderr.replace("│", "").split())


def test_without_a_target_it_says_so(chainrule: Command, tmp_path: Path) -> None:
    result = chainrule("train", fruits(tmp_path / "fruits.csv"))
    assert result.exit_code == 2
    assert "Missing option '--target'" in result.stderr


def test_a_loss_that_explodes_leaves_nothing(chainrule: Command, tmp_path: Path) -> None:
    table = prices(tmp_path / "prices.csv")
    options = ("--optimizer", "sgd", "--learning-rate", "1e20", "--dropout", "0")
    result = chainrule("train", table, "--target", "price", *options)
    assert result.exit_code == 2
    assert "the loss became" in result.stderr
    assert not (tmp_path / "models").exists()
