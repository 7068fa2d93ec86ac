"""The mathematics under the forecast: what one Cholesky factor promises."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from engine.filters import build_bank
from engine.mixture import combine, evidence_of, fit_all, learn_prior, posterior

BANK = build_bank(30, 12)
QTY = np.random.default_rng(11).gamma(5, 20, (4, 24))
SIMPLE = 0  # a level with the smallest constant, no trend, no season


def fits_of(qty):
    return fit_all(BANK, qty, None, None)


def test_every_filter_is_a_proper_covariance():
    unit = BANK.factor @ BANK.whiten
    assert np.allclose(unit, np.eye(30), atol=1e-5)
    assert not (BANK.has_season & BANK.has_trend)[SIMPLE]


def test_errors_and_determinant_are_the_density_of_the_whole_history():
    errors = QTY[0] @ BANK.whiten[SIMPLE, :24, :24].T
    covariance = BANK.factor[SIMPLE, :24, :24] @ BANK.factor[SIMPLE, :24, :24].T
    log_det = np.log(np.diagonal(BANK.factor[SIMPLE])[:24]).sum()
    density = -0.5 * errors @ errors - log_det - 12 * np.log(2 * np.pi)
    assert density == pytest.approx(multivariate_normal(cov=covariance).logpdf(QTY[0]), rel=1e-6)


def test_a_level_filter_is_exponential_smoothing_from_the_best_first_level():
    alpha = 0.03

    def smooth(level):
        errors = []
        for value in QTY[0]:
            errors.append(value - level)
            level += alpha * errors[-1]
        return np.array(errors), level

    base, step = smooth(0.0)[0], smooth(1.0)[0] - smooth(0.0)[0]  # errors are linear in the level
    best = -(base @ step) / (step @ step)
    forecast = BANK.factor[SIMPLE, 24, :24] @ (BANK.whiten[SIMPLE, :24, :24] @ QTY[0])
    assert forecast == pytest.approx(smooth(best)[1], rel=1e-6)


def test_what_comes_later_changes_no_earlier_forecast():
    later = QTY.copy()
    later[:, 20:] *= 1.7
    weights = np.full((4, 300), 1 / 300)
    before, after = (combine(fits_of(qty), 20, 4, weights).mean for qty in (QTY, later))
    assert after == pytest.approx(before, rel=1e-3)


def test_the_scale_of_a_history_does_not_choose_its_filters():
    prior = np.full(300, 1 / 300)
    small = posterior(evidence_of(fits_of(QTY), 24), prior)
    large = posterior(evidence_of(fits_of(QTY * 5000), 24), prior)
    assert large == pytest.approx(small, abs=1e-5)


def test_histories_with_zeros_are_not_looked_at_as_logarithms():
    gaps = QTY.copy()
    gaps[1, 5] = 0.0
    weights = posterior(evidence_of(fits_of(gaps), 24), np.full(300, 1 / 300))
    assert weights[1, 200:].sum() == 0
    assert weights[0, 200:].sum() > 0


def test_a_catalogue_teaches_its_products():
    season = 1 + 0.5 * np.sin(np.arange(30) * 2 * np.pi / 12)
    noise = np.random.default_rng(12).lognormal(0, 0.1, (200, 24))
    prior = learn_prior(evidence_of(fits_of(100 * season[:24] * noise), 24))
    assert prior.sum() == pytest.approx(1)
    assert prior[np.tile(BANK.has_season, 3)].sum() > 0.95


def test_peers_draw_the_prior_from_that_of_all_to_their_own():
    evidence = np.zeros((40, 3))
    evidence[:, 2] = 5.0
    common = np.array([0.8, 0.1, 0.1])
    few, many = (learn_prior(evidence[:n], common, few=20.0) for n in (2, 40))
    assert few.sum() == pytest.approx(1) and many.sum() == pytest.approx(1)
    assert common[2] < few[2] < many[2]
    assert learn_prior(evidence[:0], common) == pytest.approx(common)
