"""Reading one JSON object strictly: every field must be there, of its type, and no other."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from chainrule.errors import FileError

Value = object


class Record:
    """A JSON object whose fields are taken out one by one, each checked as it leaves.

    `where` names the object in messages. Every method that takes a field raises FileError where the
    field is missing or of another type; `end` raises it where fields are left over.

    >>> record = Record({"name": "age", "missing": False}, "column 1")
    >>> record.text("name"), record.flag("missing")
    ('age', False)
    >>> record.end()
    """

    def __init__(self, value: Value, where: str) -> None:
        if not isinstance(value, dict):
            raise FileError(f"{where} is {_kind(value)}, expected an object")
        self.where = where
        self._left: dict[str, Value] = dict(value)

    def take(self, name: str) -> Value:
        """Return the field of this name, whatever it holds."""
        if name not in self._left:
            raise FileError(f"{self.where} lacks the field {name!r}")
        return self._left.pop(name)

    def text(self, name: str) -> str:
        """Return a field that holds text."""
        return self._text(self.take(name), name)

    def number(self, name: str) -> float:
        """Return a field that holds a finite number."""
        return self._number(self.take(name), name)

    def flag(self, name: str) -> bool:
        """Return a field that holds true or false."""
        value = self.take(name)
        if not isinstance(value, bool):
            raise self._wrong(name, value, "true or false")
        return value

    def items(self, name: str) -> list[Value]:
        """Return a field that holds a list, whatever its items are."""
        value = self.take(name)
        if not isinstance(value, list):
            raise self._wrong(name, value, "a list")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a field that holds a list of texts."""
        return tuple(self._text(item, name) for item in self.items(name))

    def numbers(self, name: str) -> tuple[float, ...]:
        """Return a field that holds a list of finite numbers."""
        return tuple(self._number(item, name) for item in self.items(name))

    def records(self, name: str, each: str) -> Iterator[Record]:
        """Yield the objects in a field that holds a list of them; `each` says what one is."""
        for number, item in enumerate(self.items(name), start=1):
            yield Record(item, f"{self.where}, {each} {number}")

    def end(self) -> None:
        """Raise FileError if a field has not been taken."""
        if self._left:
            raise FileError(f"{self.where} has unknown fields: {', '.join(sorted(self._left))}")

    def insist(self, holds: bool, rule: str) -> None:
        """Raise FileError, which states the rule, unless it holds."""
        if not holds:
            raise FileError(f"{self.where}: {rule}")

    def _text(self, value: Value, name: str) -> str:
        if not isinstance(value, str):
            raise self._wrong(name, value, "text")
        return value

    def _number(self, value: Value, name: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(name, value, "a number")
        if not math.isfinite(value):
            raise self._wrong(name, value, "a finite number")
        return float(value)

    def _wrong(self, name: str, value: Value, expected: str) -> FileError:
        return FileError(f"{self.where}: {name!r} is {_kind(value)}, expected {expected}")


def parse_json(text: str, where: str) -> Value:
    """Return what a JSON text holds; FileError, naming the line, where it is not JSON.

    >>> parse_json('{"a": [1, 2]}', "the example")
    {'a': [1, 2]}
    """
    try:
        value: Value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{where} is not JSON: {error}") from error
    return value


_KINDS = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}


def _kind(value: Value) -> str:
    return _KINDS.get(type(value), f"the number {value}")
