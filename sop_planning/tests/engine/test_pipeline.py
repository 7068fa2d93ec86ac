"""Quotations count as often as they used to become orders, and never twice."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import EngineError
from engine.pipeline import CONVERSIONS, added_pipeline, conversion, weighted_pipeline

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def rates(*rows):
    return conversion(CONVERSIONS.build(rows))


def quotations(*rows):
    names = ["product_id", "bucket_start", "qty", "stage", "team_id"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(bucket_start=pd.to_datetime(frame["bucket_start"]))


def test_many_decisions_are_believed_as_they_are():
    many = rates(("sent", 1, 3000, 7000), ("sent", 2, 6000, 4000), ("draft", 1, 1000, 9000))
    assert many.by_team[("sent", 1)] == pytest.approx(0.3, abs=0.005)
    assert many.by_team[("sent", 2)] == pytest.approx(0.6, abs=0.005)
    assert many.by_stage["sent"] == pytest.approx(0.45, abs=0.005)
    assert many.overall == pytest.approx(1 / 3, abs=0.001)
    assert (many.decisions, many.is_known) == (30_000, True)


def test_few_decisions_are_drawn_to_the_others():
    few = rates(("sent", 1, 30, 70), ("sent", 2, 28, 72), ("sent", 3, 2, 0))
    assert 0.3 < few.by_team[("sent", 3)] < 0.6
    assert few.by_team[("sent", 1)] == pytest.approx(0.3, abs=0.02)


def test_alike_teams_share_more_than_teams_that_differ():
    alike = rates(*[("sent", team, 30 + team % 2, 70) for team in range(10)], ("sent", 99, 5, 0))
    unlike = rates(*[("sent", team, 80 * (team % 2) + 10, 90 - 80 * (team % 2))
                     for team in range(10)], ("sent", 99, 5, 0))  # fmt: skip
    newcomer = ("sent", 99)
    assert alike.by_team[newcomer] < 0.4
    assert unlike.by_team[newcomer] > 0.75


def test_what_was_never_decided_takes_the_next_wider_rate():
    known = rates(("sent", 1, 300, 700), ("draft", 1, 100, 900))
    asked = known.rates(pd.Series(["sent", "sent", "won soon"]), pd.Series([1, 7, 1]))
    assert asked.tolist() == [known.by_team[("sent", 1)], known.by_stage["sent"], known.overall]


def test_without_decisions_nothing_is_known():
    blank = rates()
    assert (blank.overall, blank.is_known) == (0.0, False)
    assert rates(("sent", 1, 0, 0)).is_known is False
    assert blank.rates(pd.Series(["sent"]), pd.Series([1])).tolist() == [0.0]
    weighted = weighted_pipeline(quotations((7, JANUARY, 50.0, "sent", 1)), blank)
    assert weighted["qty"].tolist() == [0.0]


@pytest.mark.parametrize("won, lost", [(1, 0), (0, 1), (5, 0), (0, 500), (1e6, 1e6)])
def test_one_stage_and_team_lies_between_never_and_always(won, lost):
    only = rates(("sent", 1, won, lost))
    assert 0 < only.by_team.iloc[0] < 1
    assert only.by_team.iloc[0] == pytest.approx(only.overall, abs=0.01 + 0.2 / (won + lost))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=12))
def test_rates_are_shares_and_nobody_is_left_out(counts):
    rows = [(f"stage {i % 3}", i, *pair) for i, pair in enumerate(counts)]
    found = rates(*rows)
    for values in (found.by_team, found.by_stage):
        assert values.between(0, 1).all()
    team_totals = found.by_team.index.get_level_values("team_id")
    assert sorted(team_totals) == list(range(len(counts)))


def test_quantities_are_weighted_and_added_by_product_and_month():
    known = rates(("sent", 1, 3000, 7000), ("draft", 1, 1000, 9000))
    sent, draft = known.by_team[("sent", 1)], known.by_team[("draft", 1)]
    weighted = weighted_pipeline(
        quotations(
            (7, JANUARY, 100.0, "sent", 1),
            (7, JANUARY, 50.0, "draft", 1),
            (7, FEBRUARY, 10.0, "sent", 1),
            (7, FEBRUARY, -30.0, "sent", 1),
            (5, FEBRUARY, 1.0, "draft", 1),
        ),
        known,
    )
    assert weighted[["product_id", "bucket_start"]].to_numpy().tolist() == [
        [5, pd.Timestamp(FEBRUARY)],
        [7, pd.Timestamp(JANUARY)],
        [7, pd.Timestamp(FEBRUARY)],
    ]
    assert weighted["qty"].tolist() == pytest.approx([draft, 100 * sent + 50 * draft, 10 * sent])


def test_no_quotation_is_an_empty_table():
    assert weighted_pipeline(quotations(), rates(("sent", 1, 1, 1))).empty


def test_only_what_exceeds_the_forecast_is_added():
    statistical, orders = np.array([[100.0, 100, 100, 100, 0]]), np.array([[0.0, 80, 120, 40, 0]])
    weighted = np.array([[90.0, 50, 50, 60, 5]])
    assert added_pipeline(statistical, orders, weighted).tolist() == [[0, 30, 50, 0, 5]]


UNITS = st.floats(0, 1e6)


@given(UNITS, UNITS, UNITS, UNITS)
def test_quotations_consume_the_forecast_as_orders_do(statistical, orders, weighted, more):
    added = added_pipeline(statistical, orders, weighted)
    slack = 1e-6 * (1 + statistical + orders + weighted)
    assert -slack <= added <= weighted
    assert added_pipeline(statistical, orders, 0.0) == 0
    assert added <= added_pipeline(statistical, orders, weighted + more) + slack
    assert added <= added_pipeline(statistical, orders + more, weighted) + slack
    rule = max(0, orders + weighted - statistical) - max(0, orders - statistical)
    assert added == pytest.approx(rule, abs=slack)
    # as if the quotations were orders: demand is the larger of orders and forecast
    total = max(statistical, orders) + added
    assert total == pytest.approx(max(statistical, orders + weighted), abs=slack)


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(EngineError):
        CONVERSIONS.build([("sent", 1, 3)])
