"""What people know becomes units by product and month: by days, once, and never below zero."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Buckets, EngineError
from engine.event_effects import EFFECTS, UNUSED_EVENTS, event_effects
from engine.events import EVENTS, OPEN_END

YEAR = Buckets.months(date(2026, 1, 1), 6)  # January to June: 31, 28, 31, 30, 31, 30 days
IDS = np.array([7, 8, 9, 10])
OLD, NEXT, LAST, OTHER = IDS.tolist()
DEFAULTS = {"other_id": 0, "end": OPEN_END, "rate": 0.0, "qty": 0.0, "is_qty": False,
            "ramp_months": 0, "usual": 0.0}  # fmt: skip


def event(kind, product_id, start, event_id=1, **values):
    row = {"event_id": event_id, "kind": kind, "product_id": product_id, "start": start}
    return {**row, **DEFAULTS, **values}


def table(*rows):
    return EVENTS.build(list(rows))


def run(*rows, baseline=None, past=None, past_ids=IDS, months=YEAR):
    """Effects as {(event, product): [units by month]}, and the codes of unused events."""
    if baseline is None:
        baseline = np.full((len(IDS), months.count), 0.0)
    past = np.zeros((len(past_ids), 12)) if past is None else past
    effects, unused = event_effects(table(*rows), IDS, baseline, months, past, past_ids)
    wide = effects.pivot(index=["event_id", "product_id"], columns="bucket_start", values="qty")
    wide = wide.reindex(columns=months.starts).fillna(0.0)
    found = {key: values.round(9).tolist() for key, values in zip(wide.index, wide.to_numpy())}
    return found, unused[["event_id", "product_id", "code"]].to_numpy().tolist()


def flat(units):
    return np.full((len(IDS), YEAR.count), float(units))


# promotions


def test_a_promotion_lifts_the_forecast_on_its_days():
    promotion = event("promotion", OLD, date(2026, 1, 17), end=date(2026, 3, 1), rate=0.2)
    assert run(promotion, baseline=flat(310)) == ({(1, OLD): [30, 62, 0, 0, 0, 0]}, [])


def test_units_are_spread_over_the_days():
    promotion = event("promotion", OLD, date(2026, 1, 22), end=date(2026, 2, 11), qty=60.0,
                      is_qty=True, rate=9.0)  # fmt: skip
    assert run(promotion)[0] == {(1, OLD): [30, 30, 0, 0, 0, 0]}


def test_units_of_days_before_the_plan_are_not_caught_up():
    promotion = event("promotion", OLD, date(2025, 12, 22), end=date(2026, 1, 11), qty=60.0,
                      is_qty=True)  # fmt: skip
    assert run(promotion)[0] == {(1, OLD): [30, 0, 0, 0, 0, 0]}


def test_events_on_the_same_product_add_up():
    march = {"end": date(2026, 4, 1)}
    effects, _ = run(
        event("promotion", OLD, date(2026, 3, 1), 1, rate=0.5, **march),
        event("promotion", OLD, date(2026, 3, 1), 2, rate=-0.1, **march),
        event("commitment", OLD, date(2026, 3, 1), 3, rate=1.0, qty=30, usual=20, **march),
        baseline=flat(100),
    )
    assert [effects[number, OLD][2] for number in (1, 2, 3)] == [50, -10, 10]


# launches

LIKE = np.zeros((4, 12))
LIKE[1] = [0, 0, 0, 0, 0, 0, 0, 0, 10, 40, 90, 100]  # NEXT started four months ago


def test_a_launch_follows_the_like_items_own_start_then_its_forecast():
    launch = event("launch", OLD, date(2026, 2, 15), other_id=NEXT, rate=0.5, ramp_months=6)
    baseline = flat(0)
    baseline[1] = 120.0
    expected = [0, 0.5 * 10 * 14 / 28, 20, 45, 50, 60]
    assert run(launch, baseline=baseline, past=LIKE)[0] == {(1, OLD): expected}


def test_a_like_item_that_was_always_there_lends_its_level_by_a_ramp():
    launch = event("launch", OLD, date(2026, 2, 1), other_id=NEXT, rate=1.0, ramp_months=4)
    baseline, always = flat(0), np.full((4, 12), 80.0)
    baseline[1] = [100, 100, 100, 120, 120, 120]
    expected = [0, 25, 50, 90, 120, 120]
    assert run(launch, baseline=baseline, past=always)[0] == {(1, OLD): expected}
    always[1, :5] = 0.0  # too short a silence for a launch
    assert run(launch, baseline=baseline, past=always)[0] == {(1, OLD): expected}
    at_once = {**launch, "ramp_months": 0}
    assert run(at_once, baseline=baseline, past=always)[0][1, OLD] == [0, 100, 100, 120, 120, 120]


def test_a_like_item_that_nobody_plans_lends_its_last_year():
    launch = event("launch", OLD, date(2026, 1, 1), other_id=99, rate=1.0)
    past = np.concatenate([np.full(12, 500.0), np.full(6, 40.0), np.full(6, 60.0)])[None]
    effects, unused = run(launch, past=past, past_ids=np.array([99]))
    assert (effects, unused) == ({(1, OLD): [50] * 6}, [])


def test_the_products_own_forecast_is_not_counted_twice():
    launch = event("launch", OLD, date(2026, 1, 1), other_id=NEXT, rate=1.0, ramp_months=2)
    baseline = flat(100)
    baseline[0] = 30.0
    assert run(launch, baseline=baseline, past=flat(100))[0] == {(1, OLD): [20, 70, 70, 70, 70, 70]}
    two = {**launch, "event_id": 2, "other_id": LAST}
    effects, _ = run(launch, two, baseline=baseline, past=flat(100))
    sums = np.sum(list(effects.values()), axis=0) + 30
    assert sums.tolist() == [100, 200, 200, 200, 200, 200]


def test_a_launch_gives_way_to_the_own_sales_until_the_ramp_is_over():
    def started(month):
        launch = event("launch", OLD, month, other_id=NEXT, rate=1.0, ramp_months=3)
        return run(launch, baseline=flat(90), past=flat(90))

    assert started(date(2025, 11, 1))[0] == {}  # at the full level from January on: effect 0
    # one of three months is out: the curve counts for two thirds
    assert started(date(2025, 12, 1))[0] == {(1, OLD): pytest.approx([-20, 0, 0, 0, 0, 0])}
    baseline = flat(90)
    baseline[0] = 50.0
    launch = event("launch", OLD, date(2025, 10, 1), other_id=NEXT, rate=1.0, ramp_months=3)
    assert run(launch, baseline=baseline, past=flat(90)) == ({}, [])


def test_a_promotion_of_a_launched_product_lifts_the_launch():
    effects, _ = run(
        event("launch", OLD, date(2026, 1, 1), 1, other_id=NEXT, rate=1.0),
        event("promotion", OLD, date(2026, 2, 1), 2, end=date(2026, 3, 1), rate=0.5),
        baseline=np.vstack([np.zeros((1, 6)), np.full((3, 6), 80.0)]),
        past=flat(80),
    )
    assert effects[2, OLD] == [0, 40, 0, 0, 0, 0]


# phase-outs


def test_a_phase_out_hands_its_demand_to_the_successor():
    phase_out = event("phase_out", OLD, date(2026, 1, 11), other_id=NEXT, rate=0.6)
    effects, _ = run(phase_out, baseline=flat(310))
    assert effects == {
        (1, OLD): [-210, -310, -310, -310, -310, -310],
        (1, NEXT): [126, 186, 186, 186, 186, 186],
    }


def test_a_phase_out_long_ago_still_holds_and_needs_no_successor():
    phase_out = event("phase_out", OLD, date(2024, 5, 1), end=date(2024, 6, 1), rate=1.0)
    assert run(phase_out, baseline=flat(10)) == ({(1, OLD): [-10] * 6}, [])


def test_units_and_commitments_are_served_until_the_end():
    effects, _ = run(
        event("phase_out", OLD, date(2026, 2, 1), 1, end=date(2026, 4, 16), rate=0.0),
        event("promotion", OLD, date(2026, 1, 1), 2, end=date(2026, 7, 1), rate=0.5),
        event("commitment", OLD, date(2026, 1, 1), 3, rate=1.0, qty=40),
        baseline=flat(100),
    )
    total = 100 + np.sum(list(effects.values()), axis=0)
    assert total.tolist() == [190, 40, 40, 20, 0, 0]


def test_demand_moves_on_along_a_chain_of_successors():
    baseline = np.vstack([flat(0)[:3] + [[100.0], [50.0], [10.0]], np.zeros((1, 6))])
    effects, _ = run(
        event("phase_out", NEXT, date(2026, 3, 1), 1, other_id=LAST, rate=0.5),
        event("phase_out", OLD, date(2026, 2, 1), 2, other_id=NEXT, rate=0.8),
        baseline=baseline,
    )
    assert effects[2, NEXT] == [0, 80, 80, 80, 80, 80]
    assert effects[1, NEXT] == [0, 0, -130, -130, -130, -130]
    assert effects[1, LAST] == [0, 0, 65, 65, 65, 65]


def test_two_phase_outs_share_what_there_is():
    effects, _ = run(
        event("phase_out", OLD, date(2026, 1, 1), 1, other_id=NEXT, rate=1.0),
        event("phase_out", OLD, date(2026, 1, 1), 2, other_id=LAST, rate=1.0),
        baseline=flat(100),
    )
    assert effects[1, OLD] == effects[2, OLD] == [-50] * 6
    assert effects[1, NEXT] == effects[2, LAST] == [50] * 6


# commitments


@pytest.mark.parametrize("probability, units", [(1.0, -20), (0.5, -10), (0.0, 0)])
def test_a_commitment_adds_its_difference_to_the_usual(probability, units):
    commitment = event("commitment", OLD, date(2026, 4, 16), end=date(2026, 6, 1),
                       rate=probability, qty=80.0, usual=100.0)  # fmt: skip
    effects, _ = run(commitment, baseline=flat(500))
    expected = {(1, OLD): [0, 0, 0, units / 2, units, 0]} if units else {}
    assert effects == expected


def test_negative_effects_are_reduced_in_proportion_when_there_is_too_little():
    effects, _ = run(
        event("commitment", OLD, date(2026, 1, 1), 1, rate=1.0, usual=30.0),
        event("commitment", OLD, date(2026, 1, 1), 2, rate=1.0, usual=10.0),
        baseline=flat(20),
    )
    assert effects == {(1, OLD): [-15] * 6, (2, OLD): [-5] * 6}


def test_what_a_successor_inherits_can_be_taken_away_again():
    baseline = flat(0)
    baseline[0] = 100.0
    effects, _ = run(
        event("phase_out", OLD, date(2026, 1, 1), 1, other_id=NEXT, rate=1.0),
        event("commitment", NEXT, date(2026, 1, 1), 2, rate=1.0, usual=60.0),
        baseline=baseline,
    )
    assert effects[2, NEXT] == [-60] * 6


# what cannot be used

FEBRUARY = date(2026, 2, 1)


@pytest.mark.parametrize(
    "wrong, code",
    [
        (event("launch", OLD, FEBRUARY, rate=1.0), "no_like_item"),
        (event("launch", OLD, FEBRUARY, rate=1.0, other_id=99), "unknown_like_item"),
        (event("launch", OLD, FEBRUARY, rate=1.0, other_id=NEXT), "like_item_without_demand"),
        (event("promotion", 99, FEBRUARY, rate=1.0), "unknown_product"),
        (event("promotion", OLD, FEBRUARY, end=FEBRUARY, rate=1.0), "dates"),
        (event("phase_out", OLD, FEBRUARY, end=date(2026, 1, 1)), "dates"),
        (event("promotion", OLD, FEBRUARY, rate=-1.1), "rate"),
        (event("commitment", OLD, FEBRUARY, rate=1.1, qty=5), "rate"),
        (event("phase_out", OLD, FEBRUARY, rate=-0.1), "rate"),
        (event("promotion", OLD, FEBRUARY, qty=50.0, is_qty=True), "open_end"),
        (event("phase_out", OLD, FEBRUARY, rate=1.0, other_id=OLD), "cycle"),
        (event("price change", OLD, FEBRUARY, rate=1.0), "kind"),
    ],
)
def test_what_cannot_be_used_is_said_and_changes_nothing(wrong, code):
    fine = event("promotion", LAST, FEBRUARY, event_id=2, end=date(2026, 3, 1), rate=0.1)
    baseline = flat(100)
    baseline[1] = 0.0
    effects, unused = run(wrong, fine, baseline=baseline)
    assert unused == [[1, wrong["product_id"], code]]
    assert effects == {(2, LAST): [0, 10, 0, 0, 0, 0]}


def test_a_circle_of_successors_is_refused_but_not_what_hangs_on_it():
    rows = [
        event("phase_out", OLD, FEBRUARY, 1, other_id=NEXT, rate=1.0),
        event("phase_out", NEXT, FEBRUARY, 2, other_id=OLD, rate=1.0),
        event("phase_out", LAST, FEBRUARY, 3, other_id=OLD, rate=1.0),
    ]
    effects, unused = run(*rows, baseline=flat(10))
    assert unused == [[1, OLD, "cycle"], [2, NEXT, "cycle"]]
    assert set(effects) == {(3, LAST), (3, OLD)}


def test_a_phase_out_without_a_known_successor_still_ends_the_product():
    phase_out = event("phase_out", OLD, date(2026, 6, 1), other_id=99, rate=1.0)
    effects, unused = run(phase_out, baseline=flat(10))
    assert (effects, unused) == (
        {(1, OLD): [0, 0, 0, 0, 0, -10]},
        [[1, OLD, "unknown_successor"]],
    )


@pytest.mark.parametrize(
    "outside",
    [
        event("promotion", OLD, date(2026, 7, 1), end=date(2026, 8, 1), rate=0.5),
        event("promotion", OLD, date(2025, 12, 1), end=date(2026, 1, 1), rate=0.5),
        event("launch", OLD, date(2026, 7, 1), rate=1.0),
        event("launch", OLD, date(2020, 1, 1), rate=1.0),
        event("phase_out", OLD, date(2026, 7, 1), rate=1.0),
        event("promotion", 99, date(2027, 7, 1), end=date(2027, 8, 1), rate=0.5),
    ],
)
def test_events_outside_the_plan_have_no_rows_and_no_complaint(outside):
    assert run(outside, baseline=flat(10)) == ({}, [])


def test_no_event_no_effect_but_the_columns():
    effects, unused = event_effects(
        EVENTS.empty(), IDS, flat(10), YEAR, np.zeros((0, 12)), np.array([], int)
    )
    pd.testing.assert_frame_equal(effects, EFFECTS.empty())
    pd.testing.assert_frame_equal(unused, UNUSED_EVENTS.empty())


@pytest.mark.parametrize(
    "baseline, past, months, code",
    [
        (np.ones((3, 6)), np.ones((4, 12)), YEAR, "shape"),
        (np.ones((4, 5)), np.ones((4, 12)), YEAR, "shape"),
        (np.ones((4, 6)), np.ones((3, 12)), YEAR, "shape"),
        (np.ones((4, 6)), np.ones((4, 12)), Buckets.weeks(date(2026, 1, 5), 6), "bucket_unit"),
    ],
)
def test_figures_that_do_not_fit_are_refused(baseline, past, months, code):
    with pytest.raises(EngineError) as caught:
        event_effects(EVENTS.empty(), IDS, baseline, months, past, IDS)
    assert caught.value.code == code


# invariants

DAYS = st.integers(-200, 300).map(lambda days: date(2026, 1, 1) + timedelta(days))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["promotion", "launch", "phase_out", "commitment"]),
            "product_id": st.sampled_from([*IDS.tolist(), 99]),
            "other_id": st.sampled_from([0, *IDS.tolist(), 99]),
            "start": DAYS,
            "length": st.one_of(st.integers(1, 300), st.none()),
            "rate": st.floats(-1, 1.2),
            "qty": st.floats(0, 500),
            "is_qty": st.booleans(),
            "ramp_months": st.integers(0, 8),
            "usual": st.floats(0, 500),
        }
    ),
    max_size=8,
)


def numbered(rows):
    """Rows with ids and ends."""
    for number, row in enumerate(rows):
        days = row["length"]
        end = row["start"] + timedelta(days) if days else OPEN_END
        yield {**{k: v for k, v in row.items() if k != "length"}, "event_id": number, "end": end}


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(0, 2**32 - 1))
def test_nothing_falls_below_zero_and_successors_get_their_share(rows, seed):
    rng = np.random.default_rng(seed)
    baseline = rng.integers(0, 2, (4, 1)) * rng.uniform(0, 200, (4, 6))
    past = rng.uniform(0, 200, (4, 24)) * (np.arange(24) >= rng.integers(0, 25, (4, 1)))
    events = EVENTS.build(list(numbered(rows)) or EVENTS.empty())
    effects, unused = event_effects(events, IDS, baseline, YEAR, past, IDS)

    total = baseline.copy()
    place = pd.Index(IDS).get_indexer(effects["product_id"]), YEAR.locate(effects["bucket_start"])
    np.add.at(total, place, effects["qty"])
    assert total.min() >= -1e-6

    known = events.set_index("event_id")
    for (number, _month), part in effects.groupby(["event_id", "bucket_start"]):
        row = known.loc[number]
        units = part.set_index("product_id")["qty"]
        assert set(units.index) <= {row["product_id"], row["other_id"]}
        if row["kind"] == "phase_out":
            lost = units.get(row["product_id"], 0.0)
            assert lost <= 0
            if row["other_id"] in IDS:
                assert units.get(row["other_id"], 0.0) == pytest.approx(-row["rate"] * lost)
        else:
            assert list(units.index) == [row["product_id"]]

    silent = set(unused.loc[unused["code"] != "unknown_successor", "event_id"])
    assert not silent & set(effects["event_id"])
    again, _ = event_effects(events[::-1], IDS, baseline, YEAR, past, IDS)
    pd.testing.assert_frame_equal(again, effects)


@settings(max_examples=30, deadline=None)
@given(DAYS, st.integers(1, 120))
def test_units_of_a_promotion_inside_the_plan_are_kept(start, length):
    long = Buckets.months(date(2025, 1, 1), 36)
    row = event("promotion", OLD, start, end=start + timedelta(length), qty=77.0, is_qty=True)
    effects, _ = event_effects(
        table(row), IDS, np.zeros((4, 36)), long, np.zeros((0, 1)), np.array([], int)
    )
    assert effects["qty"].sum() == pytest.approx(77.0)


def test_twenty_thousand_products_at_once():
    ids = np.arange(1, 20_001)
    kinds = np.array(["promotion", "launch", "phase_out", "commitment"])[ids % 4]
    frame = pd.DataFrame(
        {**DEFAULTS, "event_id": ids, "kind": kinds, "product_id": ids,
         "other_id": np.roll(ids, -1), "start": pd.Timestamp(2026, 2, 10),
         "end": pd.Timestamp(2026, 5, 1), "rate": 0.5, "ramp_months": 3}
    )  # fmt: skip
    baseline = np.full((20_000, 18), 10.0)
    effects, unused = event_effects(
        frame, ids, baseline, Buckets.months(date(2026, 1, 1), 18), np.ones((20_000, 36)), ids
    )
    assert unused.empty
    march = effects[effects["bucket_start"] == pd.Timestamp(2026, 3, 1)]
    assert (
        march.groupby("kind")["qty"].agg(["size", "sum"]).round(6).to_dict("index")
        == {
            "launch": {"size": 5_000, "sum": 5_000 * (0.5 * 10 * 2 / 3 - 10)},
            "phase_out": {"size": 10_000, "sum": -5_000 * 10 * 0.5},
            "promotion": {"size": 5_000, "sum": 5_000 * 5},
        }
        or march["kind"].nunique() == 3
    )
