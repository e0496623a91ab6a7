"""Optimizers, learning-rate schedules and gradient clipping.

    gradients = loss.backward()
    optimizer.step(gradients)

An optimizer is a rule (two pure functions) applied to every parameter; a schedule is a function of
the step; clipping is a function of the gradients.
"""

from __future__ import annotations

from chainrule.optim.adagrad import Adagrad as Adagrad
from chainrule.optim.adam import Adam as Adam
from chainrule.optim.adam import AdamW as AdamW
from chainrule.optim.by_name import by_name as by_name
from chainrule.optim.clipping import clip_by_global_norm as clip_by_global_norm
from chainrule.optim.clipping import clip_by_norm as clip_by_norm
from chainrule.optim.clipping import clip_by_value as clip_by_value
from chainrule.optim.clipping import global_norm as global_norm
from chainrule.optim.decay import Coupled as Coupled
from chainrule.optim.decay import Decoupled as Decoupled
from chainrule.optim.decay import everything as everything
from chainrule.optim.decay import matrices as matrices
from chainrule.optim.optimizer import Optimizer as Optimizer
from chainrule.optim.rmsprop import RMSprop as RMSprop
from chainrule.optim.rule import Rule as Rule
from chainrule.optim.schedules.cosine import Cosine as Cosine
from chainrule.optim.schedules.cosine import CosineRestarts as CosineRestarts
from chainrule.optim.schedules.one_cycle import OneCycle as OneCycle
from chainrule.optim.schedules.decreasing import Exponential as Exponential
from chainrule.optim.schedules.decreasing import MultiStep as MultiStep
from chainrule.optim.schedules.decreasing import Polynomial as Polynomial
from chainrule.optim.schedules.decreasing import StepDecay as StepDecay
from chainrule.optim.schedules.plateau import Plateau as Plateau
from chainrule.optim.schedules.schedule import Constant as Constant
from chainrule.optim.schedules.schedule import Schedule as Schedule
from chainrule.optim.schedules.schedule import Then as Then
from chainrule.optim.schedules.warmup import LinearWarmup as LinearWarmup
from chainrule.optim.sgd import SGD as SGD
