"""A change to a total reaches its lines, and nothing else changes."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import EngineError
from engine.adjust import adjusted, adjusted_lines, units_worth


def plan(figures, statistical=None, locked=()):
    """Lines of figures {month: [product 1, product 2, ...]}."""
    rows = [
        (product + 1, pd.Timestamp(month), qty, (statistical or figures)[month][product])
        for month, quantities in figures.items()
        for product, qty in enumerate(quantities)
    ]
    lines = pd.DataFrame(
        rows, columns=["product_id", "bucket_start", "qty_consensus", "qty_statistical"]
    )
    return lines.assign(is_locked=lines["product_id"].isin(locked))


TWO = {"2026-11-01": [30, 10, 20], "2026-12-01": [0, 5, 5]}


def test_set_the_total_of_each_month():
    assert adjusted_lines(plan(TWO), "set", 120).tolist() == [60, 20, 40, 0, 60, 60]
    assert adjusted_lines(plan(TWO), "set", np.array([60, 0])).tolist() == [30, 10, 20, 0, 0, 0]


def test_set_the_total_over_all_months():
    assert adjusted_lines(plan(TWO), "set", 140, whole=True).tolist() == [60, 20, 40, 0, 10, 10]


def test_percent_and_units():
    assert adjusted_lines(plan(TWO), "percent", 10).tolist() == [33, 11, 22, 0, 6, 5]
    assert adjusted_lines(plan(TWO), "percent", -100).tolist() == [0] * 6
    assert adjusted_lines(plan(TWO), "delta", np.array([6, -5])).tolist() == [33, 11, 22, 0, 3, 2]
    assert adjusted_lines(plan(TWO), "delta", 7, whole=True).tolist() == [33, 11, 22, 0, 6, 5]


def test_halves_of_the_total_go_up():
    assert adjusted(np.array([5.0]), "percent", 10).tolist() == [6]
    assert adjusted(np.array([0.05]), "percent", 10, digits=2).tolist() == [0.06]


def test_locked_products_keep_their_figure():
    lines = plan(TWO, locked=[1])
    assert adjusted_lines(lines, "set", 90).tolist() == [30, 20, 40, 0, 45, 45]
    assert adjusted_lines(lines, "percent", 10).tolist() == [30, 12, 24, 0, 6, 5]


def test_nothing_yet_shares_as_statistics_do_else_equally():
    zero = {"2026-11-01": [0, 0, 0], "2026-12-01": [0, 0, 0]}
    share = {"2026-11-01": [1, 3, 0], "2026-12-01": [0, 0, 0]}
    assert adjusted_lines(plan(zero, share), "set", 12).tolist() == [3, 9, 0, 4, 4, 4]
    partly = plan({"2026-11-01": [7, 0, 0]}, {"2026-11-01": [7, 1, 3]}, locked=[1])
    assert adjusted_lines(partly, "set", 15).tolist() == [7, 2, 6]


def test_a_total_that_stays_keeps_figures_that_are_not_rounded():
    odd = np.array([1.26, 2.5])
    assert adjusted(odd, "percent", 0).tolist() == odd.tolist()
    assert adjusted(odd, "delta", 0).tolist() == odd.tolist()
    assert adjusted(np.array([1.5, 2.5]), "set", 4).tolist() == [1.5, 2.5]


def refused(*args, **options):
    with pytest.raises(EngineError) as caught:
        adjusted_lines(*args, **options)
    return caught.value.code, caught.value.details.get("months")


def test_never_negative():
    assert refused(plan(TWO), "delta", -11) == ("negative", ["2026-12"])
    assert refused(plan(TWO), "set", np.array([-1, 5])) == ("negative", ["2026-11"])
    assert refused(plan(TWO), "percent", -101) == ("negative", ["2026-11", "2026-12"])
    assert refused(plan(TWO), "set", -1, whole=True) == ("negative", ["2026-11", "2026-12"])


def test_locked_products_may_leave_no_room():
    assert refused(plan(TWO, locked=[1]), "set", 25) == ("locked", ["2026-11"])
    assert refused(plan(TWO, locked=[1, 2, 3]), "percent", 10) == ("locked", ["2026-11", "2026-12"])
    everything = plan(TWO, locked=[1, 2, 3])
    assert adjusted_lines(everything, "set", np.array([60, 10])).tolist() == [30, 10, 20, 0, 5, 5]


@pytest.mark.parametrize(
    "kind, value, code",
    [
        ("double", 2, "kind"),
        ("set", np.nan, "value"),
        ("percent", np.inf, "value"),
        ("set", np.array([1, 2, 3]), "value"),
    ],
)
def test_impossible_changes_are_refused(kind, value, code):
    assert refused(plan(TWO), kind, value)[0] == code


def test_no_line_nothing_to_do():
    assert adjusted_lines(plan(TWO).iloc[:0], "set", 5).tolist() == []


@st.composite
def scopes(draw):
    """Lines of a scope at 0 to 2 decimals, some locked, rows in any order."""
    digits, products, months = (draw(st.integers(*limits)) for limits in ((0, 2), (1, 6), (1, 4)))
    size = products * months
    units = draw(st.lists(st.integers(0, 5000), min_size=size, max_size=size))
    share = draw(st.lists(st.integers(0, 5), min_size=size, max_size=size))
    locked = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    lines = pd.DataFrame(
        {
            "product_id": np.repeat(np.arange(products), months),
            "bucket_start": np.tile(
                pd.date_range("2026-11-01", periods=months, freq="MS"), products
            ),
            "qty_consensus": np.round(np.array(units) / 10.0**digits, digits),
            "qty_statistical": share,
            "is_locked": locked,
        }
    )
    return lines, digits


def changed(lines, *change, **options):
    """The lines after a change; those it cannot do are no examples."""
    try:
        return adjusted_lines(lines, *change, **options)
    except EngineError as error:
        assume(error.code not in ("locked", "negative"))
        raise


CHANGES = st.one_of(
    st.tuples(st.just("set"), st.integers(0, 40_000)),
    st.tuples(st.just("percent"), st.integers(-100, 300)),
    st.tuples(st.just("delta"), st.integers(-100, 10_000)),
)


def exact_total(before, kind, value, digits):
    """The new total in decimal arithmetic."""
    before = Decimal(str(round(before, digits)))
    after = {
        "set": Decimal(value),
        "percent": before * (100 + value) / 100,
        "delta": before + value,
    }
    return float(after[kind].quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


@given(scopes(), CHANGES, st.booleans())
def test_sums_are_exact_and_locked_lines_stay(scope, change, whole):
    lines, digits = scope
    new = changed(lines, *change, whole=whole, digits=digits)
    is_locked = lines["is_locked"]
    assert (new[is_locked] == lines["qty_consensus"][is_locked]).all()
    assert (new >= 0).all()
    assert new == pytest.approx(np.round(new, digits), abs=1e-9)
    key = pd.Series(0, lines.index) if whole else lines["bucket_start"]
    before, after = (pd.Series(qty).groupby(key).sum() for qty in (lines["qty_consensus"], new))
    expected = [exact_total(total, *change, digits) for total in before]
    assert after.tolist() == pytest.approx(expected, abs=1e-6)


@given(scopes(), CHANGES, st.booleans(), st.randoms())
def test_the_order_of_the_rows_does_not_matter(scope, change, whole, random):
    lines, digits = scope
    new = changed(lines, *change, whole=whole, digits=digits)
    rows = list(range(len(lines)))
    random.shuffle(rows)
    assert (changed(lines.iloc[rows], *change, whole=whole, digits=digits) == new[rows]).all()


@given(scopes(), st.sampled_from(["percent", "delta"]), st.booleans())
def test_a_change_of_zero_changes_nothing(scope, kind, whole):
    lines, digits = scope
    same = adjusted_lines(lines, kind, 0, whole=whole, digits=digits)
    assert (same == lines["qty_consensus"]).all()


# ---- totals in money ----


def worth(figures, price, kind, value, groups=None, statistical=None, locked=None):
    """Figures after the total of each group was changed in money, and what they are worth."""
    current = np.array(figures, float)
    options = {
        "groups": np.zeros(len(current), np.int64) if groups is None else np.array(groups),
        "statistical": np.zeros(len(current)) if statistical is None else np.array(statistical),
        "locked": np.zeros(len(current), bool) if locked is None else np.array(locked, bool),
    }
    price = np.array(price, float)
    units = units_worth(current, kind, np.array(value, float), price, **options)
    new = adjusted(current, "set", units, **options)
    return new.tolist(), np.bincount(options["groups"], new * price).tolist()


def test_a_total_in_money_becomes_the_units_that_are_worth_it():
    assert worth([30, 10], [10, 14], "set", [880]) == ([60, 20], [880])
    assert worth([30, 10], [10, 14], "delta", [-220]) == ([15, 5], [220])
    assert worth([30, 10, 5], [10, 14, 2], "set", [880, 20], groups=[0, 0, 1])[1] == [880, 20]
    # whole units come as near as they can
    assert worth([30, 10], [10, 14], "set", [885]) == ([60, 20], [880])


def test_money_of_locked_products_stays():
    new, [total] = worth([30, 10], [10, 14], "set", [740], locked=[False, True])
    assert (new, total) == ([60, 10], 740)
    with pytest.raises(EngineError, match="locked"):
        worth([30, 10], [10, 14], "set", [100], locked=[False, True])
    with pytest.raises(EngineError, match="locked"):
        worth([30, 10], [10, 14], "delta", [50], locked=[True, True])
    assert worth([30, 10], [10, 14], "delta", [0], locked=[True, True])[0] == [30, 10]


def test_money_of_what_is_not_planned_yet_follows_the_statistical_shares():
    assert worth([0, 0], [10, 40], "set", [500], statistical=[3, 1]) == ([22, 7], [500])
    assert worth([0, 0], [10, 40], "set", [500])[0] == [10, 10]


def test_products_without_a_price_have_no_units_for_an_amount():
    with pytest.raises(EngineError, match="price") as caught:
        worth([30, 10, 5], [10, 14, 0], "set", [880, 20], groups=[0, 0, 1])
    assert caught.value.details["groups"] == [1]


@given(scopes(), st.integers(0, 500_000), st.lists(st.integers(1, 900), min_size=1))
def test_the_worth_is_kept_but_for_the_rounding(scope, value, prices):
    lines, digits = scope
    price = np.resize(np.array(prices, float), len(lines))
    current = lines["qty_consensus"].to_numpy(float)
    locked = lines["is_locked"].to_numpy(bool)
    options = {"groups": np.zeros(len(lines), np.int64), "locked": locked,
               "statistical": lines["qty_statistical"].to_numpy(float)}  # fmt: skip
    assume(len(lines) and not locked.all() and value >= (price * current)[locked].sum())
    units = units_worth(current, "set", np.array([float(value)]), price, **options)
    new = adjusted(current, "set", units, digits=digits, **options)
    off = abs((price * new).sum() - value)
    assert off <= price.max() * (len(lines) + 1) * 10.0**-digits
