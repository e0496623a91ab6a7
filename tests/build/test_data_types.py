"""Data types asked about, and the namespace that tells of itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.array.dtype import ALL, FLOATING, SIGNED, UNSIGNED, bool_
from chainrule.build.functions.inspection import namespace_info
from chainrule.errors import DTypeError, OptionError


@pytest.mark.parametrize("dtype", FLOATING, ids=str)
def test_the_limits_of_floating_types_are_those_of_numpy(dtype: Any) -> None:
    found, expected = cr.finfo(dtype), np.finfo(dtype)
    for name in ("bits", "eps", "max", "min", "smallest_normal"):
        assert getattr(found, name) == getattr(expected, name)
        assert type(getattr(found, name)) is (int if name == "bits" else float)
    assert found.dtype == dtype
    assert cr.finfo(cr.zeros(2, dtype=dtype)) == found


@pytest.mark.parametrize("dtype", [*SIGNED, *UNSIGNED], ids=str)
def test_the_limits_of_integers_are_those_of_numpy(dtype: Any) -> None:
    found, expected = cr.iinfo(dtype), np.iinfo(dtype)
    assert (found.bits, found.min, found.max) == (expected.bits, expected.min, expected.max)
    assert cr.iinfo(np.zeros(2, dtype)) == found


def test_limits_are_asked_of_the_right_type() -> None:
    with pytest.raises(DTypeError, match="finfo tells of floating types, got int8; use iinfo"):
        cr.finfo("int8")
    with pytest.raises(DTypeError, match="iinfo tells of integer types, got float32; use finfo"):
        cr.iinfo(cr.float32)


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        ("bool", (bool_,)),
        ("signed integer", SIGNED),
        ("unsigned integer", UNSIGNED),
        ("integral", (*SIGNED, *UNSIGNED)),
        ("real floating", FLOATING),
        ("complex floating", ()),
        ("numeric", ALL[1:]),
        (cr.int8, (cr.int8,)),
        (("bool", cr.float32), (bool_, cr.float32)),
    ],
    ids=str,
)
def test_kinds(kind: Any, members: Any) -> None:
    assert [t for t in ALL if cr.isdtype(t, kind)] == [t for t in ALL if t in members]


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(OptionError, match="'whole' is no kind of data type; use bool, signed"):
        cr.isdtype(cr.int8, "whole")


def test_the_result_is_that_of_an_operation() -> None:
    for a in ALL[1:]:
        for b in ALL[1:]:
            try:
                expected = (cr.zeros((), dtype=a) * cr.zeros((), dtype=b)).dtype
            except DTypeError:
                assert not cr.can_cast(a, b)
                continue
            assert cr.result_type(a, cr.zeros((), dtype=b)) == expected
            assert cr.can_cast(a, b) == (expected == b)


def test_python_numbers_take_the_type_of_the_others() -> None:
    assert cr.result_type(cr.int8, 1) == "int8"
    assert cr.result_type(1.5, cr.int8) == "float32"
    assert cr.result_type(1, 2.0) == "float32"
    assert cr.result_type(True, cr.float64) == "float64"
    with pytest.raises(OptionError, match="at least one"):
        cr.result_type()


def test_the_namespace_tells_of_itself() -> None:
    info = namespace_info()
    assert getattr(cr, "__array_namespace_info__", None) is namespace_info
    assert info.capabilities()["boolean indexing"]
    assert info.devices() == [info.default_device()] == ["cpu"]
    assert info.default_dtypes() == {
        "real floating": cr.asarray(1.0).dtype,
        "integral": cr.asarray(1).dtype,
        "indexing": cr.argmax([1.0]).dtype,
    }
    assert info.dtypes() == {t.name: t for t in ALL}
    assert list(info.dtypes(kind=("bool", "real floating"))) == ["bool", "float32", "float64"]
    assert cr.zeros(64 * (1,)).ndim == info.capabilities()["max dimensions"]


def test_editions_of_the_standard() -> None:
    x = cr.zeros(1)
    assert x.__array_namespace__() is cr
    assert x.__array_namespace__(api_version=cr.__array_api_version__) is cr
    with pytest.raises(OptionError, match=r"2024\.12, not 2030\.12"):
        x.__array_namespace__(api_version="2030.12")


def test_constants() -> None:
    assert (cr.e, cr.pi, cr.inf) == (np.e, np.pi, np.inf)
    assert np.isnan(cr.nan)
    assert cr.ones(3)[cr.newaxis].shape == (1, 3)
