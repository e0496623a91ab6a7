"""Initializers: how a layer's weights are drawn before training, and why so.

A weight of shape (outputs, inputs, …) has fan-in, the number of terms that each output sums, and
fan-out, the number of terms that each input's gradient sums. Variance 1/fan-in keeps the size of
activations from layer to layer, variance 1/fan-out that of gradients; an activation's gain makes up
for what the activation takes away. `nn.Sequential` gives each layer the default that suits the
activation behind it:

    default          for                                     source
    he_normal        ReLU and activations shaped like it     He et al. 2015
    lecun_normal     SELU                                    Klambauer et al. 2017; LeCun 1998
    glorot_uniform   tanh, sigmoid, softmax, none, others    Glorot, Bengio 2010

Biases start at 0.
"""

from __future__ import annotations

from chainrule.nn.initializers.distribution import (
    constant as constant,
    normal as normal,
    ones as ones,
    truncated_normal as truncated_normal,
    uniform as uniform,
    zeros as zeros,
)
from chainrule.nn.initializers.initializer import Initializer as Initializer
from chainrule.nn.initializers.orthogonal import orthogonal as orthogonal
from chainrule.nn.initializers.scaled import (
    fans as fans,
    glorot_normal as glorot_normal,
    glorot_uniform as glorot_uniform,
    he_normal as he_normal,
    he_uniform as he_uniform,
    lecun_normal as lecun_normal,
    lecun_uniform as lecun_uniform,
)
