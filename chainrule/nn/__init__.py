"""Neural networks: layers, activations, initializers and losses, under PyTorch's names.

What there is:

    Module                  what holds parameters; models are made of it
    Sequential, Residual    layers one after the other
    Linear, Dropout, …      layers
    ReLU and relu, …        activations, as layers and as functions
    cross_entropy, mse, …   losses
    initializers            how weights are drawn
"""

from __future__ import annotations

from chainrule.build.functions.exponential import sigmoid as sigmoid
from chainrule.build.functions.softmax import log_softmax as log_softmax, softmax as softmax
from chainrule.build.functions.trigonometry import tanh as tanh
from chainrule.nn import initializers as initializers
from chainrule.nn.activations.clipped import (
    HardSigmoid as HardSigmoid,
    HardSwish as HardSwish,
    HardTanh as HardTanh,
    ReLU6 as ReLU6,
    hardsigmoid as hardsigmoid,
    hardswish as hardswish,
    hardtanh as hardtanh,
    relu6 as relu6,
)
from chainrule.nn.activations.distributions import (
    LogSoftmax as LogSoftmax,
    Softmax as Softmax,
    Softmin as Softmin,
    softmin as softmin,
)
from chainrule.nn.activations.exponential_units import (
    CELU as CELU,
    ELU as ELU,
    SELU as SELU,
    celu as celu,
    elu as elu,
    selu as selu,
)
from chainrule.nn.activations.gates import (
    GELU as GELU,
    GLU as GLU,
    Mish as Mish,
    SiLU as SiLU,
    gelu as gelu,
    glu as glu,
    mish as mish,
    silu as silu,
)
from chainrule.nn.activations.rectifiers import (
    LeakyReLU as LeakyReLU,
    PReLU as PReLU,
    ReLU as ReLU,
    Threshold as Threshold,
    leaky_relu as leaky_relu,
    prelu as prelu,
    relu as relu,
    threshold as threshold,
)
from chainrule.nn.activations.shrinkage import (
    Hardshrink as Hardshrink,
    Softshrink as Softshrink,
    Tanhshrink as Tanhshrink,
    hardshrink as hardshrink,
    softshrink as softshrink,
    tanhshrink as tanhshrink,
)
from chainrule.nn.activations.squashing import (
    LogSigmoid as LogSigmoid,
    Sigmoid as Sigmoid,
    Softplus as Softplus,
    Softsign as Softsign,
    Tanh as Tanh,
    logsigmoid as logsigmoid,
    softplus as softplus,
    softsign as softsign,
)
from chainrule.nn.distance import (
    cosine_similarity as cosine_similarity,
    pairwise_distance as pairwise_distance,
)
from chainrule.nn.dropout import Dropout as Dropout, dropout as dropout
from chainrule.nn.flatten import Flatten as Flatten
from chainrule.nn.identity import Identity as Identity
from chainrule.nn.linear import Linear as Linear, linear as linear
from chainrule.nn.losses.binary import (
    binary_cross_entropy as binary_cross_entropy,
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
    hinge as hinge,
    soft_margin as soft_margin,
    squared_hinge as squared_hinge,
)
from chainrule.nn.losses.classification import cross_entropy as cross_entropy, nll as nll
from chainrule.nn.losses.contrast import info_nce as info_nce, nt_xent as nt_xent
from chainrule.nn.losses.divergence import (
    jensen_shannon as jensen_shannon,
    kl_divergence as kl_divergence,
)
from chainrule.nn.losses.focal import binary_focal as binary_focal, focal as focal
from chainrule.nn.losses.likelihood import (
    gaussian_nll as gaussian_nll,
    mixture_nll as mixture_nll,
    poisson_nll as poisson_nll,
)
from chainrule.nn.losses.margins import (
    categorical_hinge as categorical_hinge,
    multi_margin as multi_margin,
    multilabel_margin as multilabel_margin,
    multilabel_soft_margin as multilabel_soft_margin,
)
from chainrule.nn.losses.ordinal import ordinal as ordinal
from chainrule.nn.losses.overlap import dice as dice, jaccard as jaccard, tversky as tversky
from chainrule.nn.losses.pairs import (
    contrastive as contrastive,
    cosine_distance as cosine_distance,
    cosine_embedding as cosine_embedding,
    hinge_embedding as hinge_embedding,
    margin_ranking as margin_ranking,
)
from chainrule.nn.losses.regression import (
    huber as huber,
    log_cosh as log_cosh,
    mae as mae,
    mse as mse,
    quantile as quantile,
    smooth_l1 as smooth_l1,
)
from chainrule.nn.losses.relative import mape as mape, msle as msle
from chainrule.nn.losses.transport import earth_mover as earth_mover, wasserstein as wasserstein
from chainrule.nn.losses.triplet import triplet_margin as triplet_margin
from chainrule.nn.module import Module as Module
from chainrule.nn.residual import Residual as Residual
from chainrule.nn.sequential import Sequential as Sequential
