"""Whether vendors keep their promises: delivery windows, on time in full, delay."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from .tables import EngineError, Table

PROMISES = Table(
    "promises",
    {
        "line_id": "int64",
        "partner_id": "int64",
        "product_id": "int64",
        "first_day": "datetime64[s]",
        "last_day": "datetime64[s]",
        "qty_first": "float64",
        "qty": "float64",
        "amount": "float64",
        "is_cancelled": "bool",
        "is_closed": "bool",
    },
    key=("line_id",),
    units={
        "qty_first": "product unit, promised for first_day",
        "qty": "product unit, promised for last_day",
        "amount": "company currency, of qty",
        "is_closed": "nothing more is expected, whether or not all of it came",
    },
)
RECEIVED = Table(
    "received",
    {"line_id": "int64", "day": "datetime64[s]", "qty": "float64"},
    key=("line_id", "day"),
    units={"qty": "product unit; returns to the vendor are negative"},
)
ENTRIES = Table(
    "promise entries",
    {
        "entry_id": "int64",
        "line_id": "int64",
        "day": "datetime64[s]",
        "qty": "float64",
        "is_cancelled": "bool",
        "is_closed": "bool",
    },
    key=("entry_id",),
    units={"qty": "product unit"},
)
Total = Callable[[np.ndarray | pd.Series], np.ndarray]  # sums by partner
# quantities are stored with two decimals: what is missing below half of the last one is none
ROUNDING, ROUNDING_SHARE = 0.005, 0.001


def line_facts(
    promises: pd.DataFrame, received: pd.DataFrame, today: date, tolerance_days: int = 0
) -> pd.DataFrame:
    """One row a purchase line: was it in on time and in full, by its first and by its last promise?

    Columns: line_id, partner_id, first_day, last_day; is_due_first, is_in_first, is_due_last,
    is_in_last (bool; due: the day and the tolerance are over, in: all of it was there by then);
    qty_received; day_complete (NaT: not all there); days_late (signed days of the first full
    receipt after the last promise, of overdue lines until today, NaN for the others); qty_open,
    amount_open (still expected), qty_overdue, amount_overdue (expected by now). Cancelled lines are
    left out. Raises EngineError ``tolerance``.
    """
    if tolerance_days < 0:
        raise EngineError("tolerance", days=tolerance_days)
    rows = promises[~promises["is_cancelled"]].reset_index(drop=True)
    facts = rows[["line_id", "partner_id", "first_day", "last_day"]].copy()
    now, qty = pd.Timestamp(today), rows["qty"].to_numpy(float)
    receipts = _Receipts.of(rows["line_id"], received)
    for name, promised in (("first", rows["qty_first"]), ("last", rows["qty"])):
        until = rows[f"{name}_day"] + pd.Timedelta(days=tolerance_days)
        facts[f"is_due_{name}"] = until < now
        facts[f"is_in_{name}"] = _is_full(receipts.until(until), promised)
    facts["qty_received"] = receipts.total()
    facts["day_complete"] = receipts.day_complete(qty)
    missing = _missing(facts["qty_received"], qty, rows["is_closed"])
    facts["days_late"] = _days_late(facts["day_complete"], rows["last_day"], missing > 0, now)
    value = np.divide(rows["amount"], qty, out=np.zeros(len(rows)), where=qty > 0)
    overdue = np.where(facts["is_due_last"], missing, 0.0)
    return facts.assign(
        qty_open=missing,
        amount_open=missing * value,
        qty_overdue=overdue,
        amount_overdue=overdue * value,
    )


def delivery_windows(facts: pd.DataFrame) -> pd.DataFrame:
    """The windows already due, from ``line_facts``: one row a partner and first promised day.

    Columns: partner_id, day, lines, lines_missed, is_missed (any line was not fully in by its end),
    place (0: the partner's latest one); sorted by partner, latest first.
    """
    due = facts[facts["is_due_first"]]
    windows = (
        due.assign(is_late=~due["is_in_first"])
        .groupby(["partner_id", "first_day"])["is_late"]
        .agg(lines="size", lines_missed="sum")
        .reset_index()
        .rename(columns={"first_day": "day"})
        .sort_values(["partner_id", "day"], ascending=[True, False], ignore_index=True)
    )
    return windows.assign(
        is_missed=windows["lines_missed"] > 0, place=windows.groupby("partner_id").cumcount()
    )


def supplier_facts(
    promises: pd.DataFrame,
    received: pd.DataFrame,
    today: date,
    windows: int = 2,
    tolerance_days: int = 0,
) -> pd.DataFrame:
    """One row a partner with an uncancelled line: does it deliver what it promised?

    promises, received: PROMISES, RECEIVED. A delivery window is a partner and a first promised day;
    it is missed when any of its lines was not fully in by its end, open ones included. On time in
    full (OTIF) is binary a line: shares of the lines due, NaN without any, which is not 100 %.
    Columns: partner_id, windows_due, missed_windows (the latest ones in a row), is_flagged (at
    least ``windows`` of them), lines_due, rate_otif_first, rate_otif_last, days_late_mean,
    days_late_std (of a sample, NaN below two lines), lines_open, lines_overdue, qty_overdue,
    amount_overdue, amount_open. Raises EngineError ``windows`` or ``tolerance``.

    >>> day = lambda text: np.datetime64(text, "s")
    >>> bought = PROMISES.build([
    ...     (1, 7, 9, day("2026-11-03"), day("2026-11-03"), 5, 5, 50, False, False),
    ...     (2, 7, 9, day("2026-11-10"), day("2026-11-20"), 5, 5, 50, False, False)])
    >>> came = RECEIVED.build([(1, day("2026-11-05"), 5)])
    >>> row = supplier_facts(bought, came, date(2026, 11, 18)).iloc[0]
    >>> int(row.missed_windows), bool(row.is_flagged), float(row.rate_otif_first)
    (2, True, 0.0)
    """
    if windows < 1:
        raise EngineError("windows", windows=windows)
    lines = line_facts(promises, received, today, tolerance_days)
    partners, owner = np.unique(lines["partner_id"].to_numpy("int64"), return_inverse=True)
    count = len(partners)

    def total(values: np.ndarray | pd.Series) -> np.ndarray:
        return np.bincount(owner, weights=np.asarray(values, float), minlength=count)

    missed, due = _missed_in_a_row(delivery_windows(lines), partners)
    mean, std = _mean_and_std(lines["days_late"].to_numpy(float), total)
    return pd.DataFrame(
        {
            "partner_id": partners,
            "windows_due": due,
            "missed_windows": missed,
            "is_flagged": missed >= windows,
            "lines_due": total(lines["is_due_first"]).astype("int64"),
            "rate_otif_first": _share(lines["is_in_first"], lines["is_due_first"], total),
            "rate_otif_last": _share(lines["is_in_last"], lines["is_due_last"], total),
            "days_late_mean": mean,
            "days_late_std": std,
            "lines_open": total(lines["qty_open"] > 0).astype("int64"),
            "lines_overdue": total(lines["qty_overdue"] > 0).astype("int64"),
            "qty_overdue": total(lines["qty_overdue"]),
            "amount_overdue": total(lines["amount_overdue"]),
            "amount_open": total(lines["amount_open"]),
        }
    )


def promise_states(
    entries: pd.DataFrame, received: pd.DataFrame, today: date, tolerance_days: int = 0
) -> pd.DataFrame:
    """What became of each promise ever made, one row an entry of the ledger (ENTRIES).

    Columns: entry_id, qty_received (by the promised day and the tolerance), days_late (signed, NaN:
    nothing to tell), state: ``cancelled``, ``kept`` (all in by then), ``missed``, ``open`` (not due
    yet).
    """
    now, until = pd.Timestamp(today), entries["day"] + pd.Timedelta(days=tolerance_days)
    qty = entries["qty"].to_numpy(float)
    receipts = _Receipts.of(entries["line_id"], received)
    in_time = receipts.until(until)
    missing = _missing(receipts.total(), qty, entries["is_closed"])
    late = _days_late(receipts.day_complete(qty), entries["day"], missing > 0, now)
    is_cancelled = entries["is_cancelled"].to_numpy()
    return pd.DataFrame(
        {
            "entry_id": entries["entry_id"],
            "qty_received": np.maximum(in_time, 0.0),
            "days_late": np.where(is_cancelled, np.nan, late),
            "state": np.select(
                [is_cancelled, _is_full(in_time, qty), until < now],
                ["cancelled", "kept", "missed"],
                "open",
            ),
        }
    )


@dataclass(frozen=True)
class _Receipts:
    """The receipts of n lines: r pairs of a line (position) and a receipt, by line and day."""

    line: np.ndarray
    day: np.ndarray
    qty: np.ndarray
    count: int

    @classmethod
    def of(cls, line_ids: pd.Series, received: pd.DataFrame) -> "_Receipts":
        """Lines may repeat; ``received`` is sorted by line and day, as RECEIVED builds it."""
        known, ids = received["line_id"].to_numpy(), line_ids.to_numpy()
        first = np.searchsorted(known, ids, "left")
        many = np.searchsorted(known, ids, "right") - first
        before = np.cumsum(many) - many
        pick = np.arange(many.sum()) + np.repeat(first - before, many)
        return cls(
            np.repeat(np.arange(len(ids)), many),
            received["day"].to_numpy()[pick],
            received["qty"].to_numpy(float)[pick],
            len(ids),
        )

    def total(self) -> np.ndarray:
        """Quantity (n,) received so far, returns deducted."""
        return np.bincount(self.line, weights=self.qty, minlength=self.count)

    def until(self, days: pd.Series) -> np.ndarray:
        """Quantity (n,) received up to each line's day, this day included."""
        in_time = self.day <= days.to_numpy()[self.line]
        return np.bincount(self.line, weights=self.qty * in_time, minlength=self.count)

    def day_complete(self, needed: np.ndarray) -> np.ndarray:
        """The first day (n,) on which all of ``needed`` (n,) was there; NaT where not all is."""
        running = np.cumsum(self.qty)
        starts = np.searchsorted(self.line, np.arange(self.count))
        running = running - np.append(0.0, running)[starts][self.line]
        is_full = _is_full(running, needed[self.line])
        found, first = np.unique(self.line[is_full], return_index=True)
        days = np.full(self.count, np.datetime64("NaT"), dtype="datetime64[s]")
        days[found] = self.day[is_full][first]
        days[~_is_full(self.total(), needed)] = np.datetime64("NaT")  # sent back since
        return days


def _is_full(received: np.ndarray | pd.Series, needed: np.ndarray | pd.Series) -> np.ndarray:
    needed = np.asarray(needed, float)
    slack = np.minimum(ROUNDING, ROUNDING_SHARE * np.abs(needed))
    return np.asarray(received, float) >= needed - slack - 1e-9


def _missing(received: np.ndarray, qty: np.ndarray, is_closed: pd.Series) -> np.ndarray:
    """What is still expected (n,)."""
    is_done = is_closed.to_numpy() | _is_full(received, qty)
    return np.where(is_done, 0.0, np.maximum(qty - np.asarray(received, float), 0.0))


def _days_late(
    complete: np.ndarray | pd.Series, promised: pd.Series, is_missing: np.ndarray, now: pd.Timestamp
) -> np.ndarray:
    """Signed days (n,) of the full receipt after the promise; of what is overdue until now."""
    is_overdue = is_missing & (promised < now).to_numpy()
    arrival = np.where(is_overdue, np.datetime64(now, "s"), np.asarray(complete))
    late = arrival.astype("datetime64[s]") - promised.to_numpy()
    return np.where(np.isnat(late), np.nan, late / np.timedelta64(1, "D"))


def _missed_in_a_row(windows: pd.DataFrame, partners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The latest windows missed in a row, and the number of windows due, by partner (p,) each."""
    owner = np.searchsorted(partners, windows["partner_id"].to_numpy())
    due = np.bincount(owner, minlength=len(partners))
    missed = due.copy()
    kept = ~windows["is_missed"].to_numpy(bool)
    np.minimum.at(missed, owner[kept], windows["place"].to_numpy()[kept])
    return missed, due


def _share(is_in: pd.Series, is_due: pd.Series, total: Total) -> np.ndarray:
    """Share (p,) of what was due that was in; NaN where nothing was."""
    due = total(is_due)
    return np.divide(total(is_in & is_due), due, out=np.full(len(due), np.nan), where=due > 0)


def _mean_and_std(values: np.ndarray, total: Total) -> tuple[np.ndarray, np.ndarray]:
    """Mean (p,) and sample standard deviation (p,) of the known values; NaN without enough."""
    known = np.isfinite(values)
    count = total(known)
    blank = np.full(len(count), np.nan)
    mean = np.divide(total(np.where(known, values, 0.0)), count, out=blank.copy(), where=count > 0)
    squares = total(np.where(known, values, 0.0) ** 2) - count * np.nan_to_num(mean) ** 2
    variance = np.divide(np.maximum(squares, 0), count - 1, out=blank.copy(), where=count > 1)
    return mean, np.sqrt(variance)
