"""`chainrule train`: a model from a table."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from chainrule.cli.fitting import check, fit, untrained
from chainrule.cli.keeping import CURVES, MODELS, draw, keep
from chainrule.cli.options import Options
from chainrule.cli.report import counted, ended, judged, next_steps, planned, scored, understood
from chainrule.cli.reporting import end
from chainrule.cli.screen import errors, facts, heading, output, suggest
from chainrule.errors import ChainruleError
from chainrule.table.prepare import Prepared, prepare
from chainrule.table.read import read_table
from chainrule.train.folder import check_replaceable


def run(
    file: Path, target: str, task: str | None, folder: Path | None, options: Options, *, plot: bool
) -> None:
    """Train on the table in `file` and save the model in `folder`, by default models/NAME.

    All that can be found wrong beforehand is found before the training starts.
    """
    place = folder or MODELS / file.stem
    check(options)
    check_replaceable(place)
    if plot:
        check_matplotlib()
    prepared = _prepared(file, target, task, options)
    model = untrained(prepared.schema, options)
    console = output()
    console.print(heading(f"{file.name}, as it was understood"))
    plan = planned(model, options, len(prepared.training.rows))
    console.print(facts([*understood(prepared), *plan]), "", sep="\n")
    history = fit(model, prepared.training, prepared.validation, options)
    console.print(ended(history), "", sep="\n")
    held_out = counted(len(prepared.validation.rows), "row")
    console.print(heading(f"On {held_out} held out to validate"))
    scores = judged(model, prepared.validation)
    console.print(facts([*scored(scores, prepared.schema.target)]), "", sep="\n")
    keep(model, place, options, history, file.name)
    if plot and len(history):
        draw(history, place / CURVES)
    suggest(console, next_steps(place, "FILE"))
    end(interrupted=history.interrupted)


def _prepared(file: Path, target: str, task: str | None, options: Options) -> Prepared:
    with errors().status(f"reading {file.name} …"):
        frame = read_table(file)
        return prepare(frame, target, task=task, fraction=options.validation, seed=options.seed)


def check_matplotlib() -> None:
    """Raise ChainruleError, with the command that mends it, where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        raise ChainruleError('--plot needs matplotlib: pip install "chainrule[plot]"')
