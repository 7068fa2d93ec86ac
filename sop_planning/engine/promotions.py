"""Which promotion stands behind a month of history."""

import numpy as np
import pandas as pd

from .buckets import Buckets
from .events import PROMOTION, day_shares


def promoting_events(events: pd.DataFrame, product_ids: np.ndarray, months: Buckets) -> np.ndarray:
    """Id (n, m) of the promotion that ran most days of each product's month; 0 where none did.

    events: an EVENTS table, product_ids (n,).
    """
    promotions = events[events["kind"] == PROMOTION]
    row = pd.Index(product_ids).get_indexer(promotions["product_id"])
    share = day_shares(promotions["start"], promotions["end"], months)
    event, column = np.nonzero((share > 0) & (row >= 0)[:, None])
    order = np.argsort(share[event, column], kind="stable")  # what is written last stays
    event, column = event[order], column[order]
    ids = np.zeros((len(product_ids), months.count), np.int64)
    ids[row[event], column] = promotions["event_id"].to_numpy(np.int64)[event]
    return ids
