"""A tensor knows the user's line that made it, and the layer that was running."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.build import source
from chainrule.build.convert import asarray
from chainrule.build.source import Source, caller, inside_layer


def line() -> int:
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_the_line_of_the_user_is_found_behind_the_library() -> None:
    x, number = asarray([1.0, 2.0]), line()
    y, later = ((x + 1.0) * 2.0).sum(), line()
    assert (x.source.file, x.source.line) == (__file__, number)
    assert (y.source.file, y.source.line) == (__file__, later)
    assert str(y.source) == f"test_source.py:{later}"


def test_layers_are_named_from_the_outside_in() -> None:
    with inside_layer("network"):
        with inside_layer("0: Linear"):
            x = asarray(np.ones(2)) * 2.0
        y = x + 1.0
    z = y + 1.0
    assert x.source.layers == ("network", "0: Linear")
    assert str(x.source).endswith(", in network > 0: Linear")
    assert (y.source.layers, z.source.layers) == (("network",), ())


def test_a_layer_that_fails_is_left() -> None:
    with pytest.raises(ZeroDivisionError), inside_layer("broken"):
        raise ZeroDivisionError
    assert caller().layers == ()


def test_a_folder_with_a_longer_name_is_not_the_library() -> None:
    neighbor = Path(source.PACKAGE.rstrip("/\\") + "_examples") / "train.py"
    code = compile("found = caller()", str(neighbor), "exec")
    names: dict[str, Any] = {"caller": caller}
    exec(code, names)  # noqa: S102 - the one way to code of a chosen file name
    assert names["found"] == Source(str(neighbor), 1, ())
