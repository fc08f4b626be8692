"""SC-CONC: nominal size on series without a change, power on one with, and repeatability."""

import numpy as np
import pytest

from jobs.domains.supply_chain.methods.concentration import block_counts, concentration_jump
from tests.builders.configs import CONFIG

RULES = (CONFIG.concentration, CONFIG.vulnerability)
ITEMS, ORIGINS, MONTHS = 400, 5, 42
ITEM = np.repeat(np.arange(ITEMS), ORIGINS)
LAST = np.array([MONTHS - 1])


@pytest.fixture(scope="module")
def trade():
    rng = np.random.default_rng(11)
    level = rng.normal(0, 1.5, (ITEMS, ORIGINS, 1))
    value = np.exp(level + 0.5 * rng.normal(size=(ITEMS, ORIGINS, MONTHS)))
    value *= rng.random(value.shape) > 0.1
    return value


def flat(value):
    return value.reshape(-1, value.shape[-1])


def test_false_alarms_stay_near_the_nominal_rate(trade):
    jump = concentration_jump(flat(trade), ITEM, ITEMS, LAST, *RULES)
    assert jump.is_testable.all()
    assert np.mean(jump.p <= 0.05) <= 0.06
    assert np.mean(jump.p <= 0.01) <= 0.025


def test_losing_all_but_one_origin_is_found(trade):
    cut = trade.copy()
    leader = cut.sum(axis=2).argmax(axis=1)
    keep = np.arange(ORIGINS) == leader[:, None]
    cut[..., -3:] *= np.where(keep, 1.0, 0.05)[..., None]
    jump = concentration_jump(flat(cut), ITEM, ITEMS, LAST, *RULES)
    contested = jump.top1_before[:, 0] < 0.5
    assert np.mean(jump.p[contested] <= 0.01) > 0.8
    assert jump.crossed_dependent[contested].mean() > 0.9


def test_the_answer_repeats_and_ignores_the_order_of_rows(trade):
    shuffled = np.random.default_rng(0).permutation(len(ITEM))
    a = concentration_jump(flat(trade), ITEM, ITEMS, LAST, *RULES)
    b = concentration_jump(flat(trade)[shuffled], ITEM[shuffled], ITEMS, LAST, *RULES)
    assert np.allclose(a.p, b.p, rtol=1e-9)


def test_the_future_does_not_reach_back(trade):
    changed = trade.copy()
    changed[..., 30:] *= 100 * np.random.default_rng(3).random(changed[..., 30:].shape)
    a = concentration_jump(flat(trade), ITEM, ITEMS, np.array([29]), *RULES)
    b = concentration_jump(flat(changed), ITEM, ITEMS, np.array([29]), *RULES)
    assert np.array_equal(a.p, b.p)


def test_short_histories_and_items_without_rows_are_not_testable(trade):
    jump = concentration_jump(flat(trade[..., :14]), ITEM, ITEMS + 1, np.array([13]), *RULES)
    assert not jump.is_testable.any()
    jump = concentration_jump(flat(trade), ITEM, ITEMS + 1, LAST, *RULES)
    assert not jump.is_testable[-1, 0]
    assert jump.is_testable[:-1].all()


def test_bootstrap_windows_hold_as_many_months_as_the_real_ones():
    recent, before = block_counts(20, (3, 12), 3, 50, np.random.default_rng(1))
    assert (recent.sum(axis=0) == 3).all()
    assert (before.sum(axis=0) == 12).all()
