"""The two consoles: standard output for what was asked, standard error for what is said beside it.

Text is printed as it is: names and cells of a user's table are no markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

HEAD = "bold cyan"
LABEL = "cyan"
GOOD = "bold green"


def output() -> Console:
    """Return the console on standard output, as it is now."""
    return Console(markup=False, emoji=False, highlight=False)


def errors() -> Console:
    """Return the console on standard error, as it is now."""
    return Console(stderr=True, markup=False, emoji=False, highlight=False)


def facts(rows: Sequence[tuple[str, str]]) -> Table:
    """Return a table of two columns: what, and what is known of it."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style=LABEL, no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(label, text)
    return table


def heading(text: str) -> Text:
    """Return a line that begins a part."""
    return Text(text, style=HEAD)


def suggest(console: Console, steps: Sequence[tuple[str, str]]) -> None:
    """Print what can be done next: each purpose, and below it the line to type, in one piece."""
    console.print("", heading("Next"), sep="\n")
    for purpose, line in steps:
        console.print(purpose)
        console.print(f"  {line}", style=GOOD, soft_wrap=True)
