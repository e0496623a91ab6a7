"""The extension `linalg` of the Array API standard 2024.12 is there, whole."""

from __future__ import annotations

import inspect

import chainrule as cr
from chainrule import linalg

STANDARD = {
    "cholesky": ["x", "upper"],
    "cross": ["x1", "x2", "axis"],
    "det": ["x"],
    "diagonal": ["x", "offset"],
    "eigh": ["x"],
    "eigvalsh": ["x"],
    "inv": ["x"],
    "matmul": ["x1", "x2"],
    "matrix_norm": ["x", "keepdims", "ord"],
    "matrix_power": ["x", "n"],
    "matrix_rank": ["x", "rtol"],
    "matrix_transpose": ["x"],
    "outer": ["x1", "x2"],
    "pinv": ["x", "rtol"],
    "qr": ["x", "mode"],
    "slogdet": ["x"],
    "solve": ["x1", "x2"],
    "svd": ["x", "full_matrices"],
    "svdvals": ["x"],
    "tensordot": ["x1", "x2", "axes"],
    "trace": ["x", "offset", "dtype"],
    "vecdot": ["x1", "x2", "axis"],
    "vector_norm": ["x", "axis", "keepdims", "ord"],
}


def test_every_function_of_the_standard_with_its_arguments() -> None:
    found = {name: [*inspect.signature(getattr(linalg, name)).parameters] for name in STANDARD}
    assert found == STANDARD


def test_what_is_in_both_namespaces_is_one_function() -> None:
    for name in ("matmul", "matrix_transpose", "tensordot", "vecdot", "vector_norm", "kron"):
        assert getattr(cr, name) is getattr(linalg, name)
