"""Errors as one readable block on standard error, exit code 2; with `--debug` where they arose."""

from __future__ import annotations

import errno
import traceback
from typing import Any

import typer
from rich.panel import Panel
from rich.text import Text
from typer.core import TyperGroup

from chainrule.cli.screen import errors
from chainrule.errors import ChainruleError

DEBUG = "--debug"
MISTAKE = 2
INTERRUPTED = 130


class Reporting(TyperGroup):
    """A group of commands that tells what went wrong, and takes `--debug` in any place."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Move `--debug` to the front, where the group itself looks for it."""
        others = [argument for argument in args if argument != DEBUG]
        return super().parse_args(ctx, [DEBUG] * (DEBUG in args) + others)

    def invoke(self, ctx: Any) -> Any:
        """Call the command; tell of an error, and end."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            errors().print("Interrupted.")
            raise typer.Exit(INTERRUPTED) from None
        except (ChainruleError, OSError) as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever read our output has enough; typer ends without a word
            tell(error, with_trace=bool(ctx.obj))
            raise typer.Exit(MISTAKE) from error


def tell(error: Exception, *, with_trace: bool) -> None:
    """Print an error: in a frame on a terminal, elsewhere as one paragraph."""
    console = errors()
    if with_trace:
        console.print(Text("".join(traceback.format_exception(error))), soft_wrap=True)
    if console.is_terminal:
        console.print(Panel(str(error), title="Error", title_align="left", border_style="red"))
    else:
        console.print(f"Error: {error}", soft_wrap=True)


def end(*, interrupted: bool) -> None:
    """End the program as one that was interrupted, after everything is saved, if it was."""
    if interrupted:
        raise typer.Exit(INTERRUPTED)
