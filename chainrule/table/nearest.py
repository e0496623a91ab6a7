"""The name that a person probably meant when the one they gave is not there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` most like `name`, letter case aside, or None if none is close.

    >>> nearest("Incom", ["age", "income", "class"])
    'income'
    """
    spelled = {known.casefold(): known for known in names}
    found = get_close_matches(name.casefold(), spelled, n=1, cutoff=0.5)
    return spelled[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return a sentence, with a blank before it, that proposes the nearest name; "" if none is.

    >>> did_you_mean("ag", ["age", "income"])
    " Did you mean 'age'?"
    """
    found = nearest(name, names)
    return "" if found is None else f" Did you mean {found!r}?"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Return names quoted and joined by commas, with a count in place of those past `most`.

    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    every = [repr(name) for name in names]
    left_out = len(every) - most
    shown = ", ".join(every[:most])
    return f"{shown} and {left_out} more" if left_out > 0 else shown
