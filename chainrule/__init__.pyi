"""What `chainrule` offers, and where each name comes from."""

from __future__ import annotations

from chainrule import linalg as linalg, nn as nn, optim as optim
from chainrule.array.constants import (
    e as e,
    inf as inf,
    nan as nan,
    newaxis as newaxis,
    pi as pi,
)
from chainrule.array.dtype import (
    bool_ as bool,  # noqa: F401 - the Array API's name for it
    float32 as float32,
    float64 as float64,
    int8 as int8,
    int16 as int16,
    int32 as int32,
    int64 as int64,
    uint8 as uint8,
    uint16 as uint16,
    uint32 as uint32,
    uint64 as uint64,
)
from chainrule.build.convert import asarray as asarray
from chainrule.build.functions.arithmetic import (
    abs as abs,
    add as add,
    clip as clip,
    divide as divide,
    floor_divide as floor_divide,
    hypot as hypot,
    maximum as maximum,
    minimum as minimum,
    multiply as multiply,
    negative as negative,
    positive as positive,
    pow as pow,
    reciprocal as reciprocal,
    remainder as remainder,
    rsqrt as rsqrt,
    sign as sign,
    sqrt as sqrt,
    square as square,
    subtract as subtract,
)
from chainrule.build.functions.at import At as At, put_along_axis as put_along_axis
from chainrule.build.functions.closeness import (
    allclose as allclose,
    array_equal as array_equal,
    isclose as isclose,
)
from chainrule.build.functions.comparison import (
    bitwise_and as bitwise_and,
    bitwise_invert as bitwise_invert,
    bitwise_left_shift as bitwise_left_shift,
    bitwise_or as bitwise_or,
    bitwise_right_shift as bitwise_right_shift,
    bitwise_xor as bitwise_xor,
    equal as equal,
    greater as greater,
    greater_equal as greater_equal,
    isfinite as isfinite,
    isinf as isinf,
    isnan as isnan,
    less as less,
    less_equal as less_equal,
    logical_and as logical_and,
    logical_not as logical_not,
    logical_or as logical_or,
    logical_xor as logical_xor,
    nan_to_num as nan_to_num,
    not_equal as not_equal,
    signbit as signbit,
    where as where,
)
from chainrule.build.functions.counting import bincount as bincount, histogram as histogram
from chainrule.build.functions.creation import (
    arange as arange,
    empty as empty,
    empty_like as empty_like,
    eye as eye,
    from_dlpack as from_dlpack,
    full as full,
    full_like as full_like,
    linspace as linspace,
    ones as ones,
    ones_like as ones_like,
    zeros as zeros,
    zeros_like as zeros_like,
)
from chainrule.build.functions.data_types import (
    can_cast as can_cast,
    finfo as finfo,
    iinfo as iinfo,
    isdtype as isdtype,
    result_type as result_type,
)
from chainrule.build.functions.detach import stop_gradient as stop_gradient
from chainrule.build.functions.einsum import einsum as einsum
from chainrule.build.functions.exponential import (
    exp as exp,
    exp2 as exp2,
    expm1 as expm1,
    log as log,
    log1p as log1p,
    log2 as log2,
    log10 as log10,
    logaddexp as logaddexp,
    sigmoid as sigmoid,
    xlog1py as xlog1py,
    xlogy as xlogy,
)
from chainrule.build.functions.extension import pad as pad, repeat as repeat, tile as tile
from chainrule.build.functions.grids import (
    meshgrid as meshgrid,
    tri as tri,
    tril as tril,
    triu as triu,
)
from chainrule.build.functions.indexing import take as take, take_along_axis as take_along_axis
from chainrule.build.functions.inspection import (
    namespace_info as __array_namespace_info__,  # noqa: F401 - the Array API's name for it
)
from chainrule.build.functions.labels import one_hot as one_hot
from chainrule.build.functions.linear_algebra import (
    diagonal as diagonal,
    matmul as matmul,
    matrix_transpose as matrix_transpose,
    outer as outer,
    tensordot as tensordot,
    trace as trace,
    vecdot as vecdot,
)
from chainrule.build.functions.manipulation import (
    astype as astype,
    broadcast_arrays as broadcast_arrays,
    broadcast_to as broadcast_to,
    concat as concat,
    expand_dims as expand_dims,
    flatten as flatten,
    moveaxis as moveaxis,
    permute_dims as permute_dims,
    reshape as reshape,
    split as split,
    squeeze as squeeze,
    stack as stack,
    unstack as unstack,
)
from chainrule.build.functions.matrix_products import kron as kron
from chainrule.build.functions.missing import (
    nanmax as nanmax,
    nanmean as nanmean,
    nanmin as nanmin,
    nanprod as nanprod,
    nanstd as nanstd,
    nansum as nansum,
    nanvar as nanvar,
)
from chainrule.build.functions.norm import norm as norm, vector_norm as vector_norm
from chainrule.build.functions.ordering import argsort as argsort, sort as sort, topk as topk
from chainrule.build.functions.parts import conj as conj, imag as imag, real as real
from chainrule.build.functions.piecewise import (
    heaviside as heaviside,
    interp as interp,
    lerp as lerp,
)
from chainrule.build.functions.quantiles import median as median, quantile as quantile
from chainrule.build.functions.reduction import (
    all as all,
    any as any,
    argmax as argmax,
    argmin as argmin,
    count_nonzero as count_nonzero,
    max as max,
    mean as mean,
    min as min,
    prod as prod,
    std as std,
    sum as sum,
    var as var,
)
from chainrule.build.functions.rounding import (
    ceil as ceil,
    copysign as copysign,
    floor as floor,
    nextafter as nextafter,
    round as round,
    trunc as trunc,
)
from chainrule.build.functions.scan import (
    cumulative_logsumexp as cumulative_logsumexp,
    cumulative_max as cumulative_max,
    cumulative_min as cumulative_min,
    cumulative_prod as cumulative_prod,
    cumulative_sum as cumulative_sum,
    diff as diff,
)
from chainrule.build.functions.searching import (
    argwhere as argwhere,
    nonzero as nonzero,
    searchsorted as searchsorted,
)
from chainrule.build.functions.segments import (
    segment_max as segment_max,
    segment_mean as segment_mean,
    segment_min as segment_min,
    segment_prod as segment_prod,
    segment_sum as segment_sum,
)
from chainrule.build.functions.sets import (
    unique_all as unique_all,
    unique_counts as unique_counts,
    unique_inverse as unique_inverse,
    unique_values as unique_values,
)
from chainrule.build.functions.softmax import (
    log_softmax as log_softmax,
    logsumexp as logsumexp,
    softmax as softmax,
)
from chainrule.build.functions.special import (
    digamma as digamma,
    erf as erf,
    erfc as erfc,
    erfinv as erfinv,
    lgamma as lgamma,
    polygamma as polygamma,
)
from chainrule.build.functions.trigonometry import (
    acos as acos,
    acosh as acosh,
    asin as asin,
    asinh as asinh,
    atan as atan,
    atan2 as atan2,
    atanh as atanh,
    cos as cos,
    cosh as cosh,
    sin as sin,
    sinc as sinc,
    sinh as sinh,
    tan as tan,
    tanh as tanh,
)
from chainrule.build.functions.turning import flip as flip, roll as roll, rot90 as rot90
from chainrule.build.functions.windows import unfold as unfold
from chainrule.build.random import (
    Generator as Generator,
    default_generator as default_generator,
    seed as seed,
)
from chainrule.build.tensor import Tensor as Tensor
from chainrule.build.variable import Variable as Variable
from chainrule.derive.batch import vmap as vmap
from chainrule.derive.custom import custom_vjp as custom_vjp
from chainrule.derive.forward import hessian as hessian, jacobian as jacobian, jvp as jvp
from chainrule.derive.grad import grad as grad, value_and_grad as value_and_grad, vjp as vjp
from chainrule.derive.numeric import check_gradients as check_gradients
from chainrule.derive.remember import checkpoint as checkpoint
from chainrule.errors import (
    ChainruleError as ChainruleError,
    DataError as DataError,
    DTypeError as DTypeError,
    FileError as FileError,
    GradientError as GradientError,
    MatrixError as MatrixError,
    OptionError as OptionError,
    ShapeError as ShapeError,
    ValueUnknownError as ValueUnknownError,
)
from chainrule.run.compile import compile as compile
from chainrule.run.threads import get_threads as get_threads, set_threads as set_threads
from chainrule.train.callback import Callback as Callback
from chainrule.train.metric import Metric as Metric
from chainrule.train.saving import load as load, save as save
from chainrule.train.trainer import Trainer as Trainer
from chainrule.view.walkthrough import walkthrough as walkthrough

__version__: str
__array_api_version__: str
