"""Neural networks: layers, activations, initializers and losses, under PyTorch's names.

What there is:

    Module                  what holds parameters; models are made of it
    Sequential, Residual    layers one after the other
    Linear, Conv2d, …       layers
    ReLU and relu, …        activations, as layers and as functions
    MaxPool2d, Upsample, …  what makes images smaller or larger, as layers and as functions
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
from chainrule.nn.activations.gated_units import (
    GEGLU as GEGLU,
    ReGLU as ReGLU,
    SwiGLU as SwiGLU,
    geglu as geglu,
    reglu as reglu,
    swiglu as swiglu,
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
from chainrule.nn.activations.random_slopes import RReLU as RReLU, rrelu as rrelu
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
from chainrule.nn.alpha_dropout import (
    AlphaDropout as AlphaDropout,
    FeatureAlphaDropout as FeatureAlphaDropout,
    alpha_dropout as alpha_dropout,
)
from chainrule.nn.attention.blocks import FeedForward as FeedForward
from chainrule.nn.attention.decoder import (
    Transformer as Transformer,
    TransformerDecoder as TransformerDecoder,
    TransformerDecoderLayer as TransformerDecoderLayer,
)
from chainrule.nn.attention.encoder import (
    TransformerEncoder as TransformerEncoder,
    TransformerEncoderLayer as TransformerEncoderLayer,
)
from chainrule.nn.attention.multihead import MultiheadAttention as MultiheadAttention
from chainrule.nn.attention.positions import (
    RotaryEmbedding as RotaryEmbedding,
    SinusoidalPositions as SinusoidalPositions,
    alibi as alibi,
    sinusoidal_positions as sinusoidal_positions,
)
from chainrule.nn.attention.product import (
    scaled_dot_product_attention as scaled_dot_product_attention,
)
from chainrule.nn.bags import EmbeddingBag as EmbeddingBag, embedding_bag as embedding_bag
from chainrule.nn.bilinear import Bilinear as Bilinear, bilinear as bilinear
from chainrule.nn.convolutions.functions import (
    conv1d as conv1d,
    conv2d as conv2d,
    conv3d as conv3d,
    conv_transpose1d as conv_transpose1d,
    conv_transpose2d as conv_transpose2d,
    conv_transpose3d as conv_transpose3d,
)
from chainrule.nn.convolutions.layers import Conv1d as Conv1d, Conv2d as Conv2d, Conv3d as Conv3d
from chainrule.nn.convolutions.transposed import (
    ConvTranspose1d as ConvTranspose1d,
    ConvTranspose2d as ConvTranspose2d,
    ConvTranspose3d as ConvTranspose3d,
)
from chainrule.nn.distance import (
    cosine_similarity as cosine_similarity,
    pairwise_distance as pairwise_distance,
)
from chainrule.nn.dropout import Dropout as Dropout, dropout as dropout
from chainrule.nn.embedding import Embedding as Embedding, embedding as embedding
from chainrule.nn.feature_dropout import (
    Dropout1d as Dropout1d,
    Dropout2d as Dropout2d,
    Dropout3d as Dropout3d,
    DropPath as DropPath,
    feature_dropout as feature_dropout,
)
from chainrule.nn.flatten import Flatten as Flatten, Unflatten as Unflatten
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
from chainrule.nn.normalization.batch import (
    BatchNorm1d as BatchNorm1d,
    BatchNorm2d as BatchNorm2d,
    BatchNorm3d as BatchNorm3d,
    batch_norm as batch_norm,
)
from chainrule.nn.normalization.group import (
    GroupNorm as GroupNorm,
    InstanceNorm1d as InstanceNorm1d,
    InstanceNorm2d as InstanceNorm2d,
    InstanceNorm3d as InstanceNorm3d,
    group_norm as group_norm,
    instance_norm as instance_norm,
)
from chainrule.nn.normalization.layer import (
    LayerNorm as LayerNorm,
    RMSNorm as RMSNorm,
    layer_norm as layer_norm,
    rms_norm as rms_norm,
)
from chainrule.nn.normalization.length import normalize as normalize
from chainrule.nn.normalization.local_response import (
    LocalResponseNorm as LocalResponseNorm,
    local_response_norm as local_response_norm,
)
from chainrule.nn.normalization.weights import (
    spectral_norm as spectral_norm,
    weight_norm as weight_norm,
)
from chainrule.nn.pooling.adaptive import (
    adaptive_avg_pool1d as adaptive_avg_pool1d,
    adaptive_avg_pool2d as adaptive_avg_pool2d,
    adaptive_avg_pool3d as adaptive_avg_pool3d,
    adaptive_max_pool1d as adaptive_max_pool1d,
    adaptive_max_pool2d as adaptive_max_pool2d,
    adaptive_max_pool3d as adaptive_max_pool3d,
    global_avg_pool as global_avg_pool,
    global_max_pool as global_max_pool,
)
from chainrule.nn.pooling.adaptive_layers import (
    AdaptiveAvgPool1d as AdaptiveAvgPool1d,
    AdaptiveAvgPool2d as AdaptiveAvgPool2d,
    AdaptiveAvgPool3d as AdaptiveAvgPool3d,
    AdaptiveMaxPool1d as AdaptiveMaxPool1d,
    AdaptiveMaxPool2d as AdaptiveMaxPool2d,
    AdaptiveMaxPool3d as AdaptiveMaxPool3d,
    GlobalAvgPool as GlobalAvgPool,
    GlobalMaxPool as GlobalMaxPool,
)
from chainrule.nn.pooling.average import (
    AvgPool1d as AvgPool1d,
    AvgPool2d as AvgPool2d,
    AvgPool3d as AvgPool3d,
    avg_pool1d as avg_pool1d,
    avg_pool2d as avg_pool2d,
    avg_pool3d as avg_pool3d,
)
from chainrule.nn.pooling.maximum import (
    MaxPool1d as MaxPool1d,
    MaxPool2d as MaxPool2d,
    MaxPool3d as MaxPool3d,
    max_pool1d as max_pool1d,
    max_pool2d as max_pool2d,
    max_pool3d as max_pool3d,
)
from chainrule.nn.pooling.power import (
    LPPool1d as LPPool1d,
    LPPool2d as LPPool2d,
    LPPool3d as LPPool3d,
    lp_pool1d as lp_pool1d,
    lp_pool2d as lp_pool2d,
    lp_pool3d as lp_pool3d,
)
from chainrule.nn.pooling.unpooling import (
    MaxUnpool1d as MaxUnpool1d,
    MaxUnpool2d as MaxUnpool2d,
    MaxUnpool3d as MaxUnpool3d,
    max_unpool1d as max_unpool1d,
    max_unpool2d as max_unpool2d,
    max_unpool3d as max_unpool3d,
)
from chainrule.nn.residual import Residual as Residual
from chainrule.nn.sampling.borders import (
    CircularPad1d as CircularPad1d,
    CircularPad2d as CircularPad2d,
    CircularPad3d as CircularPad3d,
    ConstantPad1d as ConstantPad1d,
    ConstantPad2d as ConstantPad2d,
    ConstantPad3d as ConstantPad3d,
    ReflectionPad1d as ReflectionPad1d,
    ReflectionPad2d as ReflectionPad2d,
    ReflectionPad3d as ReflectionPad3d,
    ReplicationPad1d as ReplicationPad1d,
    ReplicationPad2d as ReplicationPad2d,
    ReplicationPad3d as ReplicationPad3d,
    ZeroPad1d as ZeroPad1d,
    ZeroPad2d as ZeroPad2d,
    ZeroPad3d as ZeroPad3d,
)
from chainrule.nn.sampling.grids import affine_grid as affine_grid, grid_sample as grid_sample
from chainrule.nn.sampling.patches import (
    Fold as Fold,
    Unfold as Unfold,
    fold as fold,
    unfold as unfold,
)
from chainrule.nn.sampling.resizing import Upsample as Upsample, interpolate as interpolate
from chainrule.nn.sampling.shuffles import (
    ChannelShuffle as ChannelShuffle,
    PixelShuffle as PixelShuffle,
    PixelUnshuffle as PixelUnshuffle,
    channel_shuffle as channel_shuffle,
    pixel_shuffle as pixel_shuffle,
    pixel_unshuffle as pixel_unshuffle,
)
from chainrule.nn.sequential import Sequential as Sequential
