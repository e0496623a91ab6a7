"""Linear algebra: the Array API's extension `linalg`, and what the field adds.

    x = linalg.solve(a, b)

All of it has derivatives, of any order, and takes batches: matrices are the last two axes.
"""

from __future__ import annotations

from chainrule.build.functions.equations import (
    LstsqResult as LstsqResult,
    SlogdetResult as SlogdetResult,
    cholesky_solve as cholesky_solve,
    det as det,
    inv as inv,
    lstsq as lstsq,
    lu_solve as lu_solve,
    pinv as pinv,
    slogdet as slogdet,
    solve as solve,
    solve_triangular as solve_triangular,
)
from chainrule.build.functions.factors import (
    EighResult as EighResult,
    LUFactors as LUFactors,
    LUResult as LUResult,
    QRResult as QRResult,
    SVDResult as SVDResult,
    cholesky as cholesky,
    eigh as eigh,
    eigvalsh as eigvalsh,
    lu as lu,
    lu_factor as lu_factor,
    qr as qr,
    svd as svd,
    svdvals as svdvals,
)
from chainrule.build.functions.linear_algebra import (
    diagonal as diagonal,
    matmul as matmul,
    matrix_transpose as matrix_transpose,
    outer as outer,
    tensordot as tensordot,
    trace as trace,
    vecdot as vecdot,
)
from chainrule.build.functions.matrix_exponential import expm as expm
from chainrule.build.functions.matrix_products import (
    cross as cross,
    kron as kron,
    matrix_power as matrix_power,
    multi_dot as multi_dot,
)
from chainrule.build.functions.norm import norm as norm, vector_norm as vector_norm
from chainrule.build.functions.spectrum import (
    cond as cond,
    matrix_norm as matrix_norm,
    matrix_rank as matrix_rank,
)
