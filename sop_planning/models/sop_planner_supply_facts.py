import numpy as np
import pandas as pd

from odoo import models

from .. import engine

MONEY_DIGITS = 2
WEEKS_OF_RATE = 13  # a quarter: the rate of demand that stock is judged by


class SopPlanner(models.AbstractModel):
    """What the supply plan says of each product and vendor."""

    _inherit = "sop.planner"

    def _supply_facts(self, inputs, plan, rows, suppliers, today):
        """The columns of sop.supply.product for the products that anything happens with."""
        digits, items, net, buckets = self._digits(), inputs.items, plan.net, inputs.buckets
        n = len(items)
        stock = items["stock"].to_numpy(float)
        price, cost = items["price"].to_numpy(float), items["cost"].to_numpy(float)
        lead = items["days_lead"].to_numpy(int)
        first = engine.first_short(net.short)
        worst = net.short.max(axis=1)
        latest, is_late = engine.latest_order(
            stock, net.receipts, plan.gross, net.target, lead, buckets, today
        )
        holds_stock = ~inputs.kind_is("kit")
        days, is_capped = engine.days_of_supply(stock, plan.gross, buckets.days)
        is_late, days = is_late & holds_stock, np.where(holds_stock, days, 0.0)
        latest = np.where(holds_stock, latest, np.datetime64("NaT"))
        rate = plan.gross[:, :WEEKS_OF_RATE].sum(axis=1) / buckets.days[:WEEKS_OF_RATE].sum()
        safety = plan.safety[:, :WEEKS_OF_RATE].mean(axis=1)
        excess = engine.excess(stock, safety, rate, lead, inputs.review_days)
        vendor = rows.set_index("product_id")["partner_id"].reindex(items["product_id"])
        measured = suppliers.set_index("partner_id")["days_late_mean"].reindex(vendor)
        cumulative = engine.cumulative_lead(inputs.structure, lead)
        facts = pd.DataFrame(
            {
                "product_id": items["product_id"],
                "family_id": items["family_id"],
                "partner_id": vendor.fillna(0).astype("int64").to_numpy(),
                "supply_kind": items["kind"],
                "is_component": np.diff(inputs.structure.bom.tocsr().indptr) > 0,
                "days_lead": lead,
                "days_lead_cumulative": cumulative,
                "days_lead_measured": np.where(
                    measured.notna(), np.maximum(lead + measured.fillna(0).to_numpy(float), 0), 0
                ).round(1),
                "has_lead_measured": measured.notna().to_numpy(),
                "qty_on_hand": np.round(stock, digits),
                "qty_safety_proposed": np.round(safety, digits),
                "qty_safety_current": np.round(items["minimum"].to_numpy(float), digits),
                "has_rule": items["has_rule"],
                "service_level": items["service_level"],
                "days_of_supply": np.round(days, 1),
                "is_days_capped": is_capped,
                "qty_excess": np.round(excess, digits),
                "amount_excess": np.round(excess * cost, MONEY_DIGITS),
                "amount_on_hand": np.round(np.maximum(stock, 0) * cost, MONEY_DIGITS),
                "qty_short": np.round(worst, digits),
                "amount_short": np.round(worst * price, MONEY_DIGITS),
                "amount_year": np.round(self._year_value(inputs), MONEY_DIGITS),
                "bucket_short": _dates(buckets.starts, first),
                "week_short": np.where(first >= 0, buckets.weeks[np.maximum(first, 0)], 0),
                "date_order_latest": pd.Series(latest).where(pd.notna(latest)).to_numpy(),
                "is_order_late": np.asarray(is_late, bool).reshape(n),
            }
        )
        return facts[plan.is_moving].reset_index(drop=True)

    def _supplier_exposure(self, inputs, plan, rows, suppliers):
        """What depends on each vendor: (partner_id, amount_at_risk, week_needed), and
        (partner_id, family_id, amount). A replacement takes the promised lead time, and as long
        again as the vendor is late on average."""
        ids, buckets = inputs.items["product_id"].to_numpy(), inputs.buckets
        partners = suppliers["partner_id"].to_numpy("int64")
        vendor = rows.set_index("product_id")["partner_id"].reindex(ids).fillna(0)
        late = suppliers["days_late_mean"].clip(lower=0).fillna(0)
        delay = late.set_axis(partners).reindex(vendor).fillna(0.0).to_numpy(float)
        start = buckets.starts[0]
        days = inputs.items["days_lead"].to_numpy(float) + delay
        until = buckets.locate(start + pd.to_timedelta(np.ceil(days), unit="D"))
        exposed = engine.exposure(
            inputs.structure,
            plan.gross,
            inputs.demand,
            inputs.items["stock"].to_numpy(float),
            inputs.items["price"].to_numpy(float),
            inputs.family_index,
            len(inputs.family_ids),
            pd.Index(partners).get_indexer(vendor.astype("int64")),
            len(partners),
            np.where(until < 0, buckets.count - 1, until),
        )
        first = exposed.first_bucket
        risks = pd.DataFrame(
            {
                "partner_id": partners,
                "amount_at_risk": np.round(exposed.amount, MONEY_DIGITS),
                "week_needed": np.where(first >= 0, buckets.weeks[np.maximum(first, 0)], 0),
            }
        )
        row, column = np.nonzero(exposed.by_family)
        by_family = pd.DataFrame(
            {
                "partner_id": partners[row],
                "family_id": inputs.family_ids[column],
                "amount": exposed.by_family[row, column],
            }
        )
        return risks, by_family


def _dates(starts, position):
    """First days of buckets, NaT where there is none."""
    days = pd.Series(starts[np.maximum(position, 0)])
    return days.where(position >= 0).to_numpy()
