"""Levenberg-Marquardt: NIST's certified parameters, from both starts; refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import optim
from chainrule.build.tensor import Array
from tests.optim.nist import FOLDER, MODELS, SMALL, Problem, problem

DIGITS = 6

needs_the_data = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no regressions of NIST: {FOLDER} is missing (see CHAINRULE_DATA)"
)


def digits(found: Any, certified: Array) -> float:
    """How many digits agree, in the parameter where they are fewest."""
    error = float(np.abs(np.asarray(found) / certified - 1).max())
    return float(-np.log10(max(error, 1e-16)))


def check(given: Problem, device: str) -> None:
    """Both starts lead to what is certified: parameters, their deviations, the sum of squares."""
    fitter = optim.LevenbergMarquardt(given.residuals, device=device)
    for start in given.starts:
        with np.errstate(all="ignore"):  # of a step too far, which is taken back
            fit = fitter.fit(start)
        assert fit.converged
        assert digits(fit.parameters, given.parameters) >= DIGITS
        if given.sum_of_squares > 1e-20:  # a square of rounding errors has no digits
            assert digits(fit.sum_of_squares, np.array(given.sum_of_squares)) >= DIGITS
            assert digits(fit.standard_deviations, given.deviations) >= DIGITS


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("device", ["native", "numpy"])
def test_small_regressions(name: str, device: str) -> None:
    check(SMALL[name], device)


@needs_the_data
@pytest.mark.parametrize("name", MODELS)
def test_all_regressions(name: str) -> None:
    check(problem(name), "numpy")


@needs_the_data
@pytest.mark.parametrize("name", SMALL)
def test_the_small_ones_are_those_of_the_files(name: str) -> None:
    found, expected = SMALL[name], problem(name)
    for field in ("x", "y", "starts", "parameters", "deviations", "sum_of_squares"):
        np.testing.assert_array_equal(getattr(found, field), getattr(expected, field))


def test_all_models_are_there() -> None:
    assert len(MODELS) == 27


def line(b: Any) -> Any:
    return b[0] + b[1] * np.array([0.0, 1.0, 2.0]) - np.array([1.0, 3.0, 5.0])


def test_a_fit_without_noise() -> None:
    fit = optim.LevenbergMarquardt(line).fit(np.zeros(2))
    np.testing.assert_allclose(fit.parameters, [1.0, 2.0], rtol=1e-12)
    assert fit.residuals.shape == (3,)
    np.testing.assert_allclose(fit.slopes, [[1, 0], [1, 1], [1, 2]])


def test_single_precision() -> None:
    fit = optim.LevenbergMarquardt(lambda b: cr.exp(b) - 2.0).fit(np.zeros(1, np.float32))
    assert fit.parameters.dtype == cr.float32
    assert float(fit.parameters[0]) == pytest.approx(np.log(2), rel=1e-6)


def test_the_covariance_of_a_line() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.0])
    y = np.array([1.0, 2.0, 2.0, 4.0])
    fit = optim.LevenbergMarquardt(lambda b: b[0] + b[1] * x - y, device="numpy").fit(np.zeros(2))
    expected = np.polyfit(x, y, 1, cov=True)[1][::-1, ::-1]
    np.testing.assert_allclose(fit.covariance, expected, rtol=1e-10)


def test_a_parameter_that_makes_no_difference() -> None:
    fit = optim.LevenbergMarquardt(lambda b: b[0] - np.array([1.0, 3.0]), device="numpy").fit(
        np.array([0.0, 7.0])
    )
    np.testing.assert_allclose(fit.parameters, [2.0, 7.0])
    with pytest.raises(cr.MatrixError, match="singular"):
        _ = fit.covariance


def test_too_few_steps() -> None:
    given = SMALL["BoxBOD"]
    fit = optim.LevenbergMarquardt(given.residuals, most_steps=3, device="numpy").fit(
        given.starts[0]
    )
    assert (fit.converged, fit.steps) == (False, 3)


def test_refusals() -> None:
    with pytest.raises(cr.OptionError, match="damping must be greater than 0"):
        optim.LevenbergMarquardt(line, damping=0)
    fitter = optim.LevenbergMarquardt(line, device="numpy")
    with pytest.raises(cr.ShapeError, match=r"are a vector, got shape \(1, 2\)"):
        fitter.fit(np.zeros((1, 2)))
    with pytest.raises(cr.DTypeError, match="are floating numbers, got int64"):
        fitter.fit([0, 0])
    with (
        pytest.raises(cr.DataError, match="at the start are not finite"),
        np.errstate(all="ignore"),
    ):
        optim.LevenbergMarquardt(lambda b: cr.log(b), device="numpy").fit(np.array([-1.0]))  # noqa: PLW0108
