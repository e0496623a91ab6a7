"""Inspection: what the namespace can do, for programs that work with any array library."""

from __future__ import annotations

from typing import Any

from chainrule.array.dtype import ALL, DType, default_of, int64
from chainrule.build.functions.creation import check_device
from chainrule.build.functions.data_types import isdtype


class Inspection:
    """What there is: devices, data types, capabilities."""

    def capabilities(self) -> dict[str, bool | int | None]:
        """Return what depends on the library: masks as keys, shapes by value, the most axes.

        Where a function is being recorded, values are not known: masks and shapes that depend on
        them raise `ValueUnknownError` there.
        """
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """Return the device of new arrays."""
        return "cpu"

    def devices(self) -> list[str]:
        """Return all devices."""
        return ["cpu"]

    def default_dtypes(self, *, device: str | None = None) -> dict[str, DType]:
        """Return the data types of new arrays of Python numbers, by kind."""
        check_device(device)
        return {"real floating": default_of(0.0), "integral": default_of(0), "indexing": int64}

    def dtypes(self, *, device: str | None = None, kind: Any = None) -> dict[str, DType]:
        """Return the data types by name, all or those of a kind; see `cr.isdtype`."""
        check_device(device)
        return {t.name: t for t in ALL if kind is None or isdtype(t, kind)}


def namespace_info() -> Inspection:
    """Return an object that tells of devices, data types and capabilities.

    >>> list(namespace_info().dtypes(kind="real floating"))
    ['float32', 'float64']
    """
    return Inspection()
