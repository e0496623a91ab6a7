"""Optimizers, learning-rate schedules and gradient clipping.

    gradients = loss.backward()
    optimizer.step(gradients)

An optimizer is a rule (two pure functions) applied to every parameter; a schedule is a function of
the step; clipping is a function of the gradients.
"""

from __future__ import annotations

from chainrule.optim.adadelta import Adadelta as Adadelta
from chainrule.optim.adafactor import Adafactor as Adafactor
from chainrule.optim.adagrad import Adagrad as Adagrad
from chainrule.optim.adam import Adam as Adam, AdamW as AdamW
from chainrule.optim.adamax import Adamax as Adamax
from chainrule.optim.any_optimizer import AnyOptimizer as AnyOptimizer, Stepping as Stepping
from chainrule.optim.asgd import ASGD as ASGD
from chainrule.optim.averaging import EMA as EMA, SWA as SWA
from chainrule.optim.by_name import by_name as by_name
from chainrule.optim.clipping import (
    clip_by_global_norm as clip_by_global_norm,
    clip_by_norm as clip_by_norm,
    clip_by_value as clip_by_value,
    global_norm as global_norm,
)
from chainrule.optim.decay import (
    Coupled as Coupled,
    Decoupled as Decoupled,
    everything as everything,
    matrices as matrices,
)
from chainrule.optim.groups import Groups as Groups
from chainrule.optim.layerwise import LAMB as LAMB, LARS as LARS
from chainrule.optim.lbfgs import LBFGS as LBFGS, Minimum as Minimum
from chainrule.optim.levenberg_marquardt import Fit as Fit, LevenbergMarquardt as LevenbergMarquardt
from chainrule.optim.lion import Lion as Lion
from chainrule.optim.muon import Muon as Muon
from chainrule.optim.nadam import NAdam as NAdam
from chainrule.optim.optimizer import Optimizer as Optimizer
from chainrule.optim.radam import RAdam as RAdam
from chainrule.optim.rmsprop import RMSprop as RMSprop
from chainrule.optim.rprop import Rprop as Rprop
from chainrule.optim.rule import Rule as Rule
from chainrule.optim.sam import SAM as SAM
from chainrule.optim.schedule_free import ScheduleFreeAdamW as ScheduleFreeAdamW
from chainrule.optim.schedules.cosine import Cosine as Cosine, CosineRestarts as CosineRestarts
from chainrule.optim.schedules.cyclic import Cyclic as Cyclic
from chainrule.optim.schedules.decreasing import (
    Exponential as Exponential,
    InverseSquareRoot as InverseSquareRoot,
    MultiStep as MultiStep,
    Polynomial as Polynomial,
    StepDecay as StepDecay,
)
from chainrule.optim.schedules.one_cycle import OneCycle as OneCycle
from chainrule.optim.schedules.plateau import Plateau as Plateau
from chainrule.optim.schedules.schedule import (
    Constant as Constant,
    Product as Product,
    Schedule as Schedule,
    Then as Then,
)
from chainrule.optim.schedules.warmup import LinearWarmup as LinearWarmup
from chainrule.optim.sgd import SGD as SGD
from chainrule.optim.wrappers import Accumulate as Accumulate, Lookahead as Lookahead
