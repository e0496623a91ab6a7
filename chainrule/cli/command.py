"""The commands, their arguments and options.

A command loads its own module when it is called, so that --help and --version need no NumPy.
"""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.cli.options import Options
from chainrule.cli.reporting import DEBUG, Reporting
from chainrule.errors import OptionError

DEFAULT = Options()

app = typer.Typer(
    cls=Reporting,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Task(StrEnum):
    """What the target is."""

    classification = "classification"
    regression = "regression"


Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A model folder that train has written.")
]
Table = Annotated[
    Path, typer.Argument(metavar="FILE", help="A table: .csv .tsv .txt .parquet .data .test")
]


def main() -> None:
    """Run the command line, as the program `chainrule` does."""
    # NumPy reads this when it is loaded. One thread: the sums are then the same on every machine,
    # and a product does not wait for a core that something else is busy on.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A sign that the terminal lacks is no reason to fail.
            stream.reconfigure(errors="replace")
    app(prog_name="chainrule")


def door(name: str) -> Any:
    """Return the module of a command, loaded now."""
    return import_module(f"chainrule.cli.{name}")


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    debug: Annotated[
        bool, typer.Option(DEBUG, help="On an error, show where in the code it arose.")
    ] = False,
) -> None:
    """Train neural networks by backpropagation. Without a command: on 1,797 handwritten digits."""
    context.obj = debug
    if version:
        typer.echo(f"chainrule {import_module('chainrule').__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        door("digits").run()


@app.command()
def train(
    file: Table,
    *,
    target: Annotated[str, typer.Option(metavar="COLUMN", help="The column to predict.")],
    task: Annotated[
        Task | None,
        typer.Option(metavar="TASK", help="classification or regression, if not found out."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the model goes. Default: models/NAME."),
    ] = None,
    epochs: Annotated[int, typer.Option(help="At most so many passes.")] = DEFAULT.epochs,
    batch_size: Annotated[
        int | None, typer.Option(help="Rows a step. Default: 16 to 256, by the table.")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of a step. Default: by the optimizer.")
    ] = None,
    hidden: Annotated[
        str, typer.Option(metavar="SIZES", help="Units of the hidden layers; none: ''.")
    ] = ",".join(map(str, DEFAULT.hidden)),
    dropout: Annotated[float, typer.Option(help="Share of units left out.")] = DEFAULT.dropout,
    optimizer: Annotated[
        str, typer.Option(metavar="NAME", help="adamw, adam, sgd, rmsprop or adagrad.")
    ] = DEFAULT.optimizer,
    validation: Annotated[
        float, typer.Option(help="Share of rows held out to validate.")
    ] = DEFAULT.validation,
    patience: Annotated[
        int, typer.Option(help="Epochs without progress before it ends.")
    ] = DEFAULT.patience,
    seed: Annotated[int, typer.Option(help="Fixes all that is random.")] = DEFAULT.seed,
    plot: Annotated[bool, typer.Option("--plot", help="Draw the learning curves.")] = False,
) -> None:
    """Train a network on a table, and save it as a model folder."""
    options = Options(
        hidden=sizes(hidden),
        dropout=dropout,
        optimizer=optimizer,
        learning_rate=learning_rate,
        batch_size=batch_size,
        epochs=epochs,
        patience=patience,
        validation=validation,
        seed=seed,
    )
    door("train").run(file, target, task and task.value, output, options, plot=plot)


@app.command()
def predict(
    model: Model,
    file: Table,
    output: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Where they go. Default: standard output."),
    ] = None,
) -> None:
    """Write a model's predictions for the rows of a table, as CSV."""
    door("predict").run(model, file, output)


@app.command()
def evaluate(model: Model, file: Table) -> None:
    """Show how good a model is on a table that has the target, too."""
    door("evaluate").run(model, file)


@app.command()
def walkthrough() -> None:
    """Go through the four steps of backpropagation on the smallest network, number by number."""
    door("walkthrough").run()


def sizes(text: str) -> tuple[int, ...]:
    """Return the sizes in a text such as 256,128; OptionError for anything else.

    >>> sizes("256,128"), sizes("")
    ((256, 128), ())
    """
    try:
        return tuple(int(size) for size in text.split(",")) if text.strip() else ()
    except ValueError:
        raise OptionError(
            f"--hidden takes whole numbers with commas between them, such as 256,128; got {text!r}"
        ) from None
