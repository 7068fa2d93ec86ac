from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.suppliers import (
    ENTRIES,
    PROMISES,
    RECEIVED,
    delivery_windows,
    line_facts,
    promise_states,
    supplier_facts,
)
from engine.tables import EngineError

TODAY = date(2026, 11, 18)


def promise(line, day, qty=10.0, last=None, partner=7, qty_first=None, **flags):
    return {
        "line_id": line,
        "partner_id": partner,
        "product_id": 1,
        "first_day": pd.Timestamp(day),
        "last_day": pd.Timestamp(last or day),
        "qty_first": qty if qty_first is None else qty_first,
        "qty": qty,
        "amount": 5.0 * qty,
        "is_cancelled": False,
        "is_closed": False,
        **flags,
    }


def bought(*rows):
    return PROMISES.build(list(rows)) if rows else PROMISES.empty()


def came(*rows):
    return RECEIVED.build([(line, pd.Timestamp(day), qty) for line, day, qty in rows])


def vendor(promises, received, **options):
    facts = supplier_facts(promises, received, TODAY, **options)
    assert len(facts) == 1
    return facts.iloc[0]


def test_exactly_the_last_two_windows_missed_flags():
    promises = bought(promise(1, "2026-10-20"), promise(2, "2026-11-03"), promise(3, "2026-11-10"))
    row = vendor(promises, came((1, "2026-10-20", 10), (2, "2026-11-05", 10)))
    assert (row.missed_windows, row.windows_due, row.is_flagged) == (2, 3, True)
    assert row.rate_otif_first == pytest.approx(1 / 3)


def test_one_missed_window_does_not_flag():
    promises = bought(promise(1, "2026-11-03"), promise(2, "2026-11-10"))
    row = vendor(promises, came((1, "2026-11-03", 10), (2, "2026-11-12", 10)))
    assert (row.missed_windows, row.is_flagged) == (1, False)


def test_kept_window_ends_the_run_whatever_was_missed_before():
    promises = bought(*(promise(n, f"2026-11-0{n}") for n in range(1, 6)))
    row = vendor(promises, came((5, "2026-11-05", 10)))
    assert (row.missed_windows, row.windows_due) == (0, 5)
    assert row.rate_otif_first == pytest.approx(0.2)


def test_window_is_missed_when_any_of_its_lines_is():
    promises = bought(promise(1, "2026-11-03"), promise(2, "2026-11-03"))
    received = came((1, "2026-11-03", 10), (2, "2026-11-03", 9))
    row = vendor(promises, received)
    assert (row.windows_due, row.missed_windows, row.rate_otif_first) == (1, 1, 0.5)
    windows = delivery_windows(line_facts(promises, received, TODAY))
    assert windows[["lines", "lines_missed", "place"]].iloc[0].tolist() == [2, 1, 0]


def test_open_overdue_line_is_missed_and_not_left_out():
    row = vendor(bought(promise(1, "2026-11-08")), RECEIVED.empty())
    assert (row.missed_windows, row.lines_due, row.rate_otif_first) == (1, 1, 0.0)
    assert (row.days_late_mean, row.qty_overdue, row.amount_overdue) == (10.0, 10.0, 50.0)


def test_no_data_is_not_on_time():
    row = vendor(bought(promise(1, "2026-11-18")), RECEIVED.empty())  # due today: not over yet
    assert row.lines_due == row.windows_due == row.missed_windows == 0
    assert np.isnan(row.rate_otif_first) and np.isnan(row.rate_otif_last)
    assert np.isnan(row.days_late_mean) and np.isnan(row.days_late_std)
    assert not row.is_flagged
    assert row.amount_open == 50.0


def test_postponed_date_helps_the_last_promise_only():
    promises = bought(promise(1, "2026-11-03", last="2026-11-12"))
    row = vendor(promises, came((1, "2026-11-12", 10)))
    assert (row.rate_otif_first, row.rate_otif_last) == (0.0, 1.0)
    assert (row.missed_windows, row.days_late_mean) == (1, 0.0)


def test_postponed_beyond_today_is_missed_by_the_first_promise_already():
    row = vendor(bought(promise(1, "2026-11-03", last="2026-12-01")), RECEIVED.empty())
    assert (row.missed_windows, row.lines_due) == (1, 1)
    assert np.isnan(row.rate_otif_last)
    assert row.amount_overdue == 0.0 and row.amount_open == 50.0


def test_partial_receipt_is_not_in_full():
    received = came((1, "2026-11-03", 6), (1, "2026-11-09", 4))
    row = vendor(bought(promise(1, "2026-11-03")), received)
    assert (row.rate_otif_first, row.days_late_mean) == (0.0, 6.0)
    assert row.amount_open == 0.0


def test_return_before_the_window_ends_makes_it_missed_and_after_it_does_not():
    for back, missed in (("2026-11-03", 1), ("2026-11-09", 0)):
        received = came((1, "2026-11-02", 10), (1, back, -10))
        row = vendor(bought(promise(1, "2026-11-03")), received)
        assert row.missed_windows == missed
        assert row.qty_overdue == 10.0  # what was sent back is expected again


def test_line_closed_short_is_missed_but_nothing_is_expected():
    promises = bought(promise(1, "2026-01-05", is_closed=True))
    row = vendor(promises, came((1, "2026-01-05", 9)))
    assert (row.missed_windows, row.rate_otif_first) == (1, 0.0)
    assert row.amount_open == row.amount_overdue == row.lines_open == 0
    assert np.isnan(row.days_late_mean)  # never complete, and no longer late


def test_cancelled_lines_do_not_count():
    promises = bought(promise(1, "2026-11-03", is_cancelled=True), promise(2, "2026-11-03"))
    row = vendor(promises, came((2, "2026-11-03", 10)))
    assert (row.lines_due, row.rate_otif_first, row.missed_windows) == (1, 1.0, 0)
    assert supplier_facts(promises.head(1), RECEIVED.empty(), TODAY).empty


def test_quantity_added_later_was_not_promised_for_the_first_day():
    promises = bought(promise(1, "2026-11-03", qty=15.0, qty_first=10.0, last="2026-11-25"))
    row = vendor(promises, came((1, "2026-11-03", 10)))
    assert (row.missed_windows, row.rate_otif_first) == (0, 1.0)
    assert row.amount_open == pytest.approx(25.0)


def test_tolerance_moves_the_end_of_the_window():
    promises, received = bought(promise(1, "2026-11-15")), came((1, "2026-11-17", 10))
    assert vendor(promises, received).missed_windows == 1
    row = vendor(promises, received, tolerance_days=2)
    assert (row.missed_windows, row.rate_otif_first) == (0, 1.0)
    row = vendor(promises, RECEIVED.empty(), tolerance_days=3)  # until today: not due yet
    assert row.windows_due == 0


def test_rounding_of_units_is_no_shortage_but_a_missing_piece_is():
    promises = bought(promise(1, "2026-11-03", qty=33.33))
    assert vendor(promises, came((1, "2026-11-03", 33.3267))).missed_windows == 0
    promises = bought(promise(1, "2026-11-03", qty=10_000))
    assert vendor(promises, came((1, "2026-11-03", 9_999))).missed_windows == 1


def test_delay_is_signed_and_spreads_like_a_sample():
    promises = bought(*(promise(n, "2026-11-05") for n in (1, 2, 3)))
    received = came((1, "2026-11-01", 10), (2, "2026-11-05", 10), (3, "2026-11-13", 10))
    row = vendor(promises, received)
    assert row.days_late_mean == pytest.approx(np.mean([-4, 0, 8]))
    assert row.days_late_std == pytest.approx(np.std([-4, 0, 8], ddof=1))


def test_partners_are_kept_apart():
    promises = bought(
        promise(1, "2026-11-03", partner=5), promise(2, "2026-11-03", partner=9),
        promise(3, "2026-11-10", partner=9),
    )  # fmt: skip
    facts = supplier_facts(promises, came((1, "2026-11-02", 10)), TODAY).set_index("partner_id")
    assert facts["missed_windows"].to_dict() == {5: 0, 9: 2}
    assert facts["is_flagged"].to_dict() == {5: False, 9: True}


def test_nothing_bought_is_an_empty_table():
    facts = supplier_facts(PROMISES.empty(), RECEIVED.empty(), TODAY)
    assert facts.empty and "rate_otif_first" in facts


def test_impossible_settings_are_refused():
    with pytest.raises(EngineError, match="windows"):
        supplier_facts(PROMISES.empty(), RECEIVED.empty(), TODAY, windows=0)
    with pytest.raises(EngineError, match="tolerance"):
        supplier_facts(PROMISES.empty(), RECEIVED.empty(), TODAY, tolerance_days=-1)


def test_states_of_the_ledger():
    def entry(number, day, line=1, cancelled=False):
        return (number, line, pd.Timestamp(day), 10.0, cancelled, False)

    entries = ENTRIES.build(
        [
            entry(1, "2026-11-03"),
            entry(2, "2026-11-09"),
            entry(3, "2026-11-10", line=2),
            entry(4, "2026-11-25", line=2),
            entry(5, "2026-11-03", line=3, cancelled=True),
            entry(6, "2026-11-25", line=4),
        ]
    )
    received = came((1, "2026-11-02", 4), (1, "2026-11-08", 6), (4, "2026-11-11", 10))
    rows = promise_states(entries, received, TODAY).set_index("entry_id")
    assert rows["state"].tolist() == ["missed", "kept", "missed", "open", "cancelled", "kept"]
    assert rows["qty_received"].tolist() == [4, 10, 0, 0, 0, 10]
    assert rows["days_late"].fillna(-99).tolist() == [5, -1, 8, -99, -99, -14]


lines = st.lists(
    st.tuples(
        st.integers(1, 3),  # partner
        st.integers(-30, 10),  # first promise, days from today
        st.integers(0, 15),  # postponed by
        st.integers(1, 9),  # quantity
        st.lists(st.tuples(st.integers(-40, 0), st.integers(-3, 9)), max_size=4),  # receipts
    ),
    min_size=1,
    max_size=8,
)


def tables(rows, tolerance=0):
    promises = bought(
        *(
            promise(n, TODAY + timedelta(first), qty, TODAY + timedelta(first + later), partner)
            for n, (partner, first, later, qty, _receipts) in enumerate(rows)
        )
    )
    by_day = {}
    for n, row in enumerate(rows):
        for day, qty in row[4]:
            key = (n, pd.Timestamp(TODAY + timedelta(day)))
            by_day[key] = by_day.get(key, 0) + qty
    return promises, RECEIVED.build([(*key, qty) for key, qty in by_day.items()])


@given(lines, st.integers(0, 5))
def test_agrees_with_the_definition_line_by_line(rows, tolerance):
    promises, received = tables(rows)
    facts = supplier_facts(promises, received, TODAY, 2, tolerance).set_index("partner_id")
    for partner in {row[0] for row in rows}:
        windows = {}
        for owner, first, _later, qty, receipts in rows:
            if owner == partner and first + tolerance < 0:
                got = sum(q for day, q in receipts if day <= first + tolerance)
                windows.setdefault(first, []).append(got >= qty)
        missed = 0
        for day in sorted(windows, reverse=True):
            if all(windows[day]):
                break
            missed += 1
        hits = [hit for day in windows for hit in windows[day]]
        assert facts["missed_windows"][partner] == missed
        assert facts["windows_due"][partner] == len(windows)
        assert facts["is_flagged"][partner] == (missed >= 2)
        if hits:
            assert facts["rate_otif_first"][partner] == pytest.approx(np.mean(hits))
        else:
            assert np.isnan(facts["rate_otif_first"][partner])


@given(lines)
def test_order_of_reading_changes_nothing(rows):
    promises, received = tables(rows)
    expected = supplier_facts(promises, received, TODAY)
    shuffled = supplier_facts(
        PROMISES.build(promises.iloc[::-1]), RECEIVED.build(received.iloc[::-1]), TODAY
    )
    pd.testing.assert_frame_equal(shuffled, expected)


@given(lines)
def test_ledger_and_lines_agree(rows):
    promises, received = tables(rows)
    facts = line_facts(promises, received, TODAY)
    entries = ENTRIES.build(
        promises.rename(columns={"last_day": "day"}).assign(entry_id=promises["line_id"])[
            list(ENTRIES.columns)
        ]
    )
    states = promise_states(entries, received, TODAY)
    assert (states["state"] == "kept").tolist() == facts["is_in_last"].tolist()
    np.testing.assert_array_equal(states["days_late"], facts["days_late"])
