"""The fit that the benchmarks of scores and siblings share: logistic, with signs held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

Floats = npt.NDArray[np.float64]


def fit(inputs: Floats, right: Floats, weight: Floats, signs: Sequence[int]) -> Floats:
    """Coefficients by weighed logistic loss; ridge 1 spares the first, the constant; `signs` are of the others."""

    def loss(coefficients: Floats) -> float:
        odds = inputs @ coefficients
        return float((weight * (np.logaddexp(0, odds) - right * odds)).sum() + (coefficients[1:] ** 2).sum() / 2)

    def gradient(coefficients: Floats) -> Floats:
        return inputs.T @ (weight * (expit(inputs @ coefficients) - right)) + np.r_[0, coefficients[1:]]

    bounds = [(None, None), *((0, None) if sign > 0 else (None, 0) for sign in signs)]
    return minimize(loss, np.zeros(inputs.shape[1]), jac=gradient, method="L-BFGS-B", bounds=bounds).x
