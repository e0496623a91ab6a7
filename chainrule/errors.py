"""The exceptions that chainrule raises: one base, one type for each kind of mistake.

Every message says what was wrong, where, and what to do about it.
"""

from __future__ import annotations


class ChainruleError(Exception):
    """Base of every error that chainrule raises on purpose."""


class ShapeError(ChainruleError, ValueError, IndexError):
    """Arrays whose shapes do not fit together, or an axis that is not there."""


class DTypeError(ChainruleError, TypeError):
    """A data type that an operation cannot take, or two that do not combine."""


class ValueUnknownError(ChainruleError, RuntimeError):
    """A number was asked of a tensor that is only being recorded and has none yet."""


class OptionError(ChainruleError, ValueError):
    """An argument outside what a function accepts: an unknown name, a bad rate."""


class DataError(ChainruleError, ValueError, IndexError):
    """Data that cannot be used: an unknown column, an index or a label out of range, a NaN."""


class MatrixError(ChainruleError, ValueError):
    """A matrix without what is asked of it: a singular one to divide by, one without a factor."""


class FileError(ChainruleError, OSError):
    """A file or folder that is missing, truncated, or not what it should be."""


class GradientError(ChainruleError, AssertionError):
    """A gradient that finite differences of the same function contradict."""
