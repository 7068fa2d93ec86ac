"""Gaps over time: the same cause in overlapping buckets is the same gap, and the orders it hits."""

import numpy as np
import pandas as pd


def matched_runs(runs: pd.DataFrame, known: pd.DataFrame, cause: list[str]) -> list[str]:
    """The natural key of each run: that of the known run of the same cause which it overlaps most.

    ``runs`` and ``known`` have the ``cause`` columns, bucket_start and bucket_end (exclusive);
    ``known`` also natural_key. A known key is given once, to the run with the largest overlap; the
    other runs get a key of their own, made of their cause and first day.

    >>> days = lambda *texts: pd.to_datetime(list(texts))
    >>> known = pd.DataFrame({"kind": ["capacity"], "natural_key": ["capacity:2026-12-28"],
    ...     "bucket_start": days("2026-12-28"), "bucket_end": days("2027-01-18")})
    >>> runs = pd.DataFrame({"kind": ["capacity"] * 2,
    ...     "bucket_start": days("2027-01-04", "2027-03-01"),
    ...     "bucket_end": days("2027-01-25", "2027-03-08")})
    >>> matched_runs(runs, known, ["kind"])
    ['capacity:2026-12-28', 'capacity:2027-03-01']
    """
    keys = _own_keys(runs, cause)
    pairs = _overlaps(runs, known, cause)
    pairs = pairs.drop_duplicates("run").drop_duplicates("natural_key")
    taken = set(pairs["natural_key"])
    for position, key in zip(pairs["run"], pairs["natural_key"]):
        keys[position] = key
    matched = set(pairs["run"])
    return [
        f"{key}:new" if key in taken and position not in matched else key
        for position, key in enumerate(keys)
    ]


def _own_keys(runs: pd.DataFrame, cause: list[str]) -> list[str]:
    days = pd.to_datetime(runs["bucket_start"]).dt.strftime("%Y-%m-%d")
    parts = [runs[name].astype(str) for name in cause] + [days]
    return [":".join(words) for words in zip(*parts)]


def _overlaps(runs: pd.DataFrame, known: pd.DataFrame, cause: list[str]) -> pd.DataFrame:
    """Pairs of a run and a known run of the same cause that overlap, the largest overlap first."""
    span = ["bucket_start", "bucket_end"]
    left = runs[[*cause, *span]].assign(run=np.arange(len(runs)))
    right = known[[*cause, *span, "natural_key"]]
    for name in span:
        left[name], right = (
            pd.to_datetime(left[name]),
            right.assign(**{name: pd.to_datetime(right[name])}),
        )
    pairs = left.merge(right, on=cause, suffixes=("", "_known"))
    begin = pairs[["bucket_start", "bucket_start_known"]].max(axis=1)
    end = pairs[["bucket_end", "bucket_end_known"]].min(axis=1)
    pairs = pairs.assign(overlap=(end - begin).dt.days)
    pairs = pairs[pairs["overlap"] > 0]
    return pairs.sort_values(["overlap", "run"], ascending=[False, True], kind="stable")


def orders_within(runs: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Customer orders promised inside each run: order_count and amount, a row a run.

    ``runs`` has family_id, bucket_start and bucket_end (exclusive); ``orders`` a row an open order
    line: order_id, family_id, day, amount.

    >>> runs = pd.DataFrame({"family_id": [1], "bucket_start": pd.to_datetime(["2027-01-04"]),
    ...     "bucket_end": pd.to_datetime(["2027-01-11"])})
    >>> orders = pd.DataFrame({"order_id": [5, 5, 6], "family_id": [1, 1, 1],
    ...     "day": pd.to_datetime(["2027-01-04", "2027-01-10", "2027-01-11"]),
    ...     "amount": [10.0, 5.0, 7.0]})
    >>> orders_within(runs, orders).to_dict("list")
    {'order_count': [1], 'amount': [15.0]}
    """
    left = runs[["family_id", "bucket_start", "bucket_end"]].assign(run=np.arange(len(runs)))
    pairs = left.merge(orders, on="family_id")
    day = pd.to_datetime(pairs["day"])
    inside = (day >= pd.to_datetime(pairs["bucket_start"])) & (
        day < pd.to_datetime(pairs["bucket_end"])
    )
    sums = (
        pairs[inside]
        .groupby("run")
        .agg(order_count=("order_id", "nunique"), amount=("amount", "sum"))
    )
    sums = sums.reindex(np.arange(len(runs)), fill_value=0)
    return sums.astype({"order_count": "int64", "amount": "float64"}).reset_index(drop=True)
