"""The command line: train on a table, predict, evaluate, walk through the four steps.

The commands are declared in one light module, so that `--help` and `--version` come at once; what
a command needs is loaded when it is called.

    command     the commands, their arguments and options
    reporting   errors as one readable block
    screen      the two consoles, standard output and standard error
    invocation  what to type to call this program
    options     how to train
    network     the shape of a network, as a description and as layers
    model       a schema and a network: what a model folder holds
    fitting     schema, examples and options become a trained model
    scores      how good predictions are
    report      what was understood, what came out, and what to type next
    digits, train, predict, evaluate, walkthrough
                the commands themselves
"""

from __future__ import annotations

import sys
from importlib import import_module


def main() -> None:
    """Run the command line; without the packages that it needs, say how to get them."""
    try:
        command = import_module("chainrule.cli.command")
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        sys.exit(f'the command line needs {error.name}: pip install "chainrule[cli]"')
    command.main()
