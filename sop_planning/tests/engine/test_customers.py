"""Customers who changed are found; those who look different by chance or season are not."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from engine import Buckets, EngineError
from engine.customers import CHANGES, ORDERING, customer_changes
from engine.predictive import Rate, amount_tails, company_season, count_tails, false_discovery

MONTHS = Buckets.months(date(2024, 1, 1), 27)  # the recent months are January to March 2026
STARTS = MONTHS.starts.to_numpy()
SUMMER = np.array([0.6, 0.7, 0.8, 1, 1.1, 1.3, 1.5, 1.4, 1.1, 0.9, 0.8, 0.8])
STABLE = {
    "poisson": {},
    "seasonal": {"season": SUMMER},
    "intermittent": {"rates": (0.3, 1.0)},
    "clumped": {"clumps": 0.5},
    "lumpy": {"sigma": 1.3},
}


def order_days(rng, n=150, rates=(2.0, 8.0), season=1.0, clumps=0.0, sigma=0.5, families=4):
    """One row an order day of n customers: partner, month, family, amount."""
    mean = rng.uniform(*rates, n)[:, None] * np.resize(season, 12)[np.arange(27) % 12]
    if clumps:
        mean = mean * rng.gamma(1 / clumps, clumps, mean.shape)
    count = rng.poisson(mean)
    partner, month = (
        np.repeat(index, count.ravel()) for index in np.indices(count.shape).reshape(2, -1)
    )
    shares = np.cumsum(rng.dirichlet(np.full(families, 2.0), n), axis=1)
    family = (rng.random(len(partner))[:, None] > shares[partner, :-1]).sum(axis=1)
    amount = rng.lognormal(5, 1, n)[partner] * rng.lognormal(0, sigma, len(partner))
    return pd.DataFrame({"partner": partner, "month": month, "family": family, "amount": amount})


def table(days):
    rows = pd.DataFrame(
        {
            "partner_id": days["partner"] + 1,
            "family_id": days["family"] + 10,
            "month": STARTS[days["month"]],
            "qty": days["amount"] / 10,
            "amount": days["amount"],
            "orders": 1.0,
            "lines": 1,
        }
    )
    keys = ["partner_id", "family_id", "month"]
    return ORDERING.build(rows.groupby(keys, as_index=False).sum())


def steady(partner, months, orders=8, amount=800.0, family=1):
    """Rows of a customer who orders the same each month."""
    return [(partner, family, STARTS[m], orders, amount, orders, orders) for m in months]


def changes(rows, **options):
    return customer_changes(ORDERING.build(rows), MONTHS, **options)


@pytest.mark.parametrize("case", STABLE)
def test_stable_customers_are_rarely_raised(case):
    # measured with 300 customers, 100 seeds: an alarm in 2, 7, 1, 4 and 9 % of the seeds
    seeds = [np.random.default_rng(seed) for seed in range(20)]
    found = [len(customer_changes(table(order_days(rng, **STABLE[case])), MONTHS)) for rng in seeds]
    assert np.count_nonzero(found) <= 4
    assert sum(found) <= 6  # of 3,000 customers


def planted(change, seed=7, n=10, rates=(6.0, 9.0)):
    """Kinds found among n changed of 150 customers, and how many of the others were raised."""
    days = order_days(np.random.default_rng(seed), rates=rates)
    is_changed = (days["partner"] < n) & (days["month"] >= 24)
    found = customer_changes(table(change(days, is_changed)), MONTHS)
    is_hit = found["partner_id"] <= n
    return found[is_hit], (~is_hit).sum()


def stop(days, where):
    return days[~where]


def threefold(days, where):
    return pd.concat([days, days[where], days[where]])


def fifth(days, where):
    return days[~where | (days.groupby("partner").cumcount() % 5 == 0)]


def more_often(days, where):
    often = threefold(days, where)
    return often.assign(amount=often["amount"] / np.where(often.index.duplicated(keep=False), 3, 1))


def fewer_and_larger(days, where):
    keep = ~where | (days.groupby("partner").cumcount() % 3 == 0)
    return days.assign(amount=days["amount"] * np.where(where, 3.0, 1.0))[keep]


def other_family(days, where):
    return days.assign(family=days["family"].mask(where, 9))


@pytest.mark.parametrize(
    "change, kinds, least",
    [
        (stop, {"stopped"}, 9),
        (threefold, {"surge", "interval"}, 8),
        (fifth, {"drop", "interval"}, 8),
        (more_often, {"interval", "size"}, 9),
        (fewer_and_larger, {"size", "interval"}, 7),
        (other_family, {"mix"}, 9),
    ],
)
def test_planted_changes_are_found(change, kinds, least):
    found, false = planted(change)
    assert set(found["kind"]) <= kinds and len(found) >= least
    assert found["partner_id"].is_unique
    assert false <= 2
    assert (found["p_value"] < 0.05).all()


def test_figures_of_a_customer_who_stopped():
    row = changes(steady(1, range(24)) + steady(2, range(27))).iloc[0]
    assert row["partner_id"] == 1 and row["kind"] == "stopped"
    assert row["orders_recent"] == 0 and row["orders_expected"] == pytest.approx(24)
    assert row["amount_recent"] == 0 and row["amount_expected"] == pytest.approx(2400)
    assert row["amount_impact"] == pytest.approx(-2400)
    assert row["order_value_expected"] == pytest.approx(100)
    assert row["family_id"] == 1 and row["gained_family_id"] == row["lost_family_id"] == 0


def test_figures_of_a_surge_and_its_family():
    rows = steady(1, range(27)) + steady(1, range(24), 2, 100.0, family=2)
    rows += steady(1, range(24, 27), 30, 5000.0, family=2)
    row = changes(rows).iloc[0]
    assert row["kind"] == "surge" and row["family_id"] == 2
    assert row["amount_recent"] == pytest.approx(17400)
    assert row["amount_impact"] == pytest.approx(17400 - 2700)


def test_no_family_is_named_when_none_has_most_of_the_change():
    rows = [row for family in (1, 2, 3) for row in steady(1, range(24), family=family)]
    assert changes(rows).iloc[0]["family_id"] == 0


def test_figures_of_a_mix():
    rows = steady(1, range(24), family=1) + steady(1, range(27), family=2)
    rows += steady(1, range(24, 27), family=3)
    row = changes(rows).iloc[0]
    assert row["kind"] == "mix"
    assert (row["gained_family_id"], row["lost_family_id"], row["family_id"]) == (3, 1, 3)
    assert (row["gained_share_recent"], row["gained_share_expected"]) == (0.5, 0)
    assert (row["lost_share_recent"], row["lost_share_expected"]) == (0, 0.5)
    assert row["amount_impact"] == pytest.approx(2400)


def test_figures_of_larger_orders_at_the_same_amount():
    rows = steady(1, range(24)) + steady(1, range(24, 27), orders=1) + steady(2, range(27))
    row = changes(rows).iloc[0]
    assert row["kind"] == "interval"  # one cause, one kind
    assert (row["orders_recent"], row["orders_expected"]) == (3, pytest.approx(24))
    assert row["order_value_recent"] == pytest.approx(800)
    assert row["order_value_expected"] == pytest.approx(100)
    assert row["amount_impact"] == pytest.approx(0)


@pytest.mark.parametrize("orders", [2, 8, 20])
def test_a_pause_of_every_year_is_no_alarm(orders):
    working = [month for month in range(27) if month % 12 > 2]
    rows = steady(1, working, orders) + [r for p in range(2, 40) for r in steady(p, range(27))]
    assert changes(rows).empty
    assert len(changes(rows + steady(99, range(24), orders))) == 1  # who never paused is found


def test_a_season_of_all_customers_is_no_alarm():
    days = order_days(np.random.default_rng(3), season=np.r_[0.2, 0.2, 0.2, np.ones(9)])
    assert customer_changes(table(days), MONTHS).empty


def test_less_than_a_quarter_is_no_news():
    def surge(amount):
        return changes(steady(1, range(24), 20) + steady(1, range(24, 27), 20, amount))

    assert surge(980.0).empty
    assert surge(1600.0)["kind"].tolist() == ["surge"]


def mixed(recent):
    """A customer of 1,000 order days a month, half of them in each family until recently."""
    rows = steady(1, range(24), 500, family=1) + steady(1, range(24), 500, family=2)
    rows += steady(1, range(24, 27), 1000 - recent, family=1)
    return changes(rows + steady(1, range(24, 27), recent, family=2))["kind"].tolist()


def test_a_small_shift_between_families_is_no_news():
    assert mixed(recent=550) == []
    assert mixed(recent=650) == ["mix"]


def test_who_buys_this_one_quarter_and_that_the_next_is_no_alarm():
    quarters = [1, 2, 2, 1, 2, 1, 1, 2, 1]
    rows = [row for m in range(27) for row in steady(1, [m], family=quarters[m // 3])]
    assert changes(rows).empty


def test_returns_are_no_negative_demand():
    rows = steady(1, range(24)) + steady(1, range(24, 27), amount=-50.0) + steady(2, range(27))
    row = changes(rows).iloc[0]
    assert row["kind"] == "drop" and row["amount_recent"] == -150
    assert row["amount_impact"] == pytest.approx(-2550)


def test_little_base_is_not_judged():
    assert changes(steady(1, range(13, 24))).empty  # eleven months
    assert len(changes(steady(1, range(12, 24)))) == 1  # twelve
    assert changes(steady(1, range(0, 20, 4), orders=1)).empty  # five orders


@pytest.mark.parametrize("rows", [[], steady(1, [25]), steady(1, range(27))])
def test_no_customer_no_base_no_change(rows):
    found = changes(rows)
    assert found.empty
    assert list(found.columns) == list(CHANGES)
    assert found.dtypes.equals(changes(steady(1, range(24))).dtypes)


def test_months_outside_and_the_order_of_rows_do_not_matter():
    rows = steady(1, range(24)) + steady(2, range(27))
    outside = [(1, 1, np.datetime64("2026-04-01"), 9, 9e9, 9, 9)]
    pd.testing.assert_frame_equal(changes(rows), changes(rows[::-1] + outside))
    shuffled = ORDERING.build(rows).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(changes(rows), customer_changes(shuffled, MONTHS))


@pytest.mark.parametrize(
    "options, code",
    [
        ({"recent": 0}, "bucket_count"),
        ({"recent": 27}, "bucket_count"),
        ({"false_alarm_rate": 0}, "false_alarm_rate"),
        ({"false_alarm_rate": 1}, "false_alarm_rate"),
        ({"false_alarm_rate": np.nan}, "false_alarm_rate"),
    ],
)
def test_impossible_options_are_refused(options, code):
    with pytest.raises(EngineError) as caught:
        changes([], **options)
    assert caught.value.code == code


def test_count_tails_are_those_of_the_known_laws():
    count = np.arange(12.0)
    for law, variance in (
        (stats.poisson(3), 3.0),
        (stats.nbinom(3, 0.5), 6.0),
        (stats.binom(6, 0.5), 1.5),
    ):
        lower, upper = count_tails(count, np.full(12, 3.0), np.full(12, variance))
        assert lower == pytest.approx(law.cdf(count), abs=1e-5)
        if variance >= 3:
            assert upper == pytest.approx(law.sf(count - 1), abs=1e-5)
    lower, upper = count_tails(np.array([0.0, 2.0]), np.zeros(2), np.zeros(2))
    assert lower.tolist() == [1, 1] and upper.tolist() == [1, 0]


def test_amount_tails_are_those_of_a_ratio_of_gamma_laws():
    rng = np.random.default_rng(1)
    recent, base = rng.gamma(3 * 0.8, size=200_000), rng.gamma(24 * 0.8, size=200_000)
    lower, upper = amount_tails(*np.array([[1.0], [3.0], [24.0], [24.0], [0.8]]))
    assert lower[0] == pytest.approx((recent / base <= 1 / 24).mean(), abs=0.005)
    assert lower[0] + upper[0] == pytest.approx(1)


def test_an_uncertain_variance_has_the_tails_of_student():
    deviation = np.array([1.0, 2.0, 3.0])
    known = Rate(np.ones(3), np.ones(3), np.full(3, 10.0))

    def tails(variance):
        above = stats.norm.sf(deviation / np.sqrt(variance))
        return 1 - above, above

    assert known.averaged(tails)[1] == pytest.approx(stats.t.sf(deviation, 10), rel=0.1)


def test_false_discovery_example_of_benjamini_and_hochberg():
    # their section 3.2: 15 p-values, of which the first four are rejected at 5 %
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p_values += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert false_discovery(np.array(p_values), 0.05).tolist() == [True] * 4 + [False] * 11
    assert not false_discovery(np.array([np.nan]), 0.05).any()


def test_a_season_needs_two_years_that_agree():
    assert (company_season(np.arange(23.0), 12, 3) == 1).all()
    assert company_season(np.tile(SUMMER, 2), 12, 3) == pytest.approx(SUMMER[np.arange(27) % 12])
    noise = np.random.default_rng(0).uniform(50, 150, 24)
    assert np.abs(company_season(noise, 12, 3) - 1).max() < 0.25
