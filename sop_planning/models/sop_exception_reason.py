from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import format_date, formatLang

from .sop_money_mixin import HIDDEN

MAIN_SHARE = 0.5  # of a family's deviation, from which on one product is said to be its cause


class SopException(models.Model):
    """The sentence of an exception: its arithmetic, in words that a meeting understands."""

    _inherit = "sop.exception"

    @api.depends(
        "kind", "qty_consensus", "qty_reference", "deviation", "amount_impact", "reference", "facts"
    )
    @api.depends_context("lang", "uid", "sop_without_money")
    def _compute_reason(self):
        for exception in self:
            sentence = getattr(exception, f"_reason_{exception.kind}", None)
            exception.reason = sentence and exception._shown(sentence())

    def _reason_deviation(self):
        values = {
            "subject": self.product_id.display_name or self.family_id.name,
            "months": self._months_label(),
            "plan": formatLang(self.env, self.qty_consensus, digits=0),
            "reference": formatLang(self.env, self.qty_reference, digits=0),
            "deviation": self._deviation_label(),
            "impact": self._impact_label(),
        }
        if self.is_new:
            return self.env._(
                "%(subject)s: %(plan)s planned for %(months)s, worth %(impact)s, and nothing to"
                " compare with: new demand.",
                **values,
            )
        sentence = self._sentences().get(self.reference, "%(subject)s") % values
        return " ".join(part for part in (sentence, self._driver_sentence()) if part)

    def _driver_sentence(self):
        """Which product a family's deviation comes from."""
        facts = self.sudo().facts or {}
        driver = self.env["product.product"].browse(facts.get("driver_id")).exists()
        if not driver:
            return ""
        impact = self.sudo().amount_impact
        share = abs(facts["driver_amount"]) / impact if impact else 0.0
        values = {
            "product": driver.display_name,
            "qty": self._signed(facts["driver_qty"]),
            "share": self._percent(share),
        }
        if share >= MAIN_SHARE:
            return self.env._("Mainly %(product)s (%(qty)s).", **values)
        return self.env._("Largest part: %(product)s (%(qty)s, %(share)s of it).", **values)

    def _sentences(self):
        """A whole sentence a reference, so that translators can inflect it."""
        return {
            "trend": self.env._(
                "%(subject)s: %(plan)s planned for %(months)s against %(reference)s by trend (last"
                " year times growth): %(deviation)s, worth %(impact)s."
            ),
            "statistical": self.env._(
                "%(subject)s: %(plan)s planned for %(months)s against a statistical forecast of"
                " %(reference)s: %(deviation)s, worth %(impact)s."
            ),
            "last_plan": self.env._(
                "%(subject)s: %(plan)s planned for %(months)s against %(reference)s in the last"
                " approved plan: %(deviation)s, worth %(impact)s."
            ),
            "last_year": self.env._(
                "%(subject)s: %(plan)s planned for %(months)s against %(reference)s in the same"
                " months last year: %(deviation)s, worth %(impact)s."
            ),
            "budget": self.env._(
                "%(subject)s: %(plan)s planned for %(months)s against a budget of %(reference)s:"
                " %(deviation)s, worth %(impact)s."
            ),
        }

    def _reason_customer(self):
        facts = self.sudo().facts or {}
        values = {
            "customer": self.partner_id.display_name,
            "months": self._months_label(),
            "impact": self._impact_label(),
            "share": self._deviation_label(),
            "orders_recent": formatLang(self.env, facts.get("orders_recent") or 0.0, digits=0),
            "orders_expected": formatLang(self.env, facts.get("orders_expected") or 0.0, digits=1),
            **{
                name: self._whole_amount(facts.get(name) or 0.0)
                for name in (
                    "amount_recent", "amount_expected", "order_value_recent",
                    "order_value_expected",
                )
            },
            "gained": self._family_name(facts.get("gained_family_id")),
            "lost": self._family_name(facts.get("lost_family_id")),
            "gained_recent": self._percent(facts.get("gained_share_recent")),
            "gained_expected": self._percent(facts.get("gained_share_expected")),
            "lost_recent": self._percent(facts.get("lost_share_recent")),
            "lost_expected": self._percent(facts.get("lost_share_expected")),
        }  # fmt: skip
        return self._customer_sentences().get(facts.get("change"), "%(customer)s") % values

    def _whole_amount(self, amount):
        """An amount without its currency, beside one that has it."""
        return formatLang(self.env, amount, digits=0) if self._sees_money() else HIDDEN

    def _customer_sentences(self):
        return {
            "stopped": self.env._(
                "%(customer)s ordered nothing in %(months)s, where %(orders_expected)s order days"
                " worth %(amount_expected)s were usual: %(impact)s less."
            ),
            "surge": self.env._(
                "%(customer)s ordered for %(amount_recent)s in %(months)s against a usual"
                " %(amount_expected)s: %(share)s, %(impact)s more."
            ),
            "drop": self.env._(
                "%(customer)s ordered for %(amount_recent)s in %(months)s against a usual"
                " %(amount_expected)s: %(share)s, %(impact)s less."
            ),
            "interval": self.env._(
                "%(customer)s ordered on %(orders_recent)s days in %(months)s against a usual"
                " %(orders_expected)s: the rhythm has changed, a difference of %(impact)s."
            ),
            "size": self.env._(
                "%(customer)s orders for %(order_value_recent)s at a time in %(months)s against a"
                " usual %(order_value_expected)s: a difference of %(impact)s."
            ),
            "mix": self.env._(
                "%(customer)s orders other things in %(months)s: %(gained)s has %(gained_recent)s"
                " of the orders against %(gained_expected)s, %(lost)s %(lost_recent)s against"
                " %(lost_expected)s: a difference of %(impact)s."
            ),
        }

    def _family_name(self, family_id):
        family = self.env["product.category"].browse(family_id or []).exists()
        return family.name or self.env._("Products without family")

    def _percent(self, ratio):
        return f"{100 * (ratio or 0.0):,.0f} %"

    def _signed(self, qty):
        return f"{'+' if qty > 0 else ''}{formatLang(self.env, qty, digits=0)}"

    def _reason_launch(self):
        facts = self.sudo().facts or {}
        sentences = {
            "no_like_item": self.env._(
                "%(product)s is launched in %(days)s days, on %(date)s, and %(event)s has no"
                " like-item: choose one, or nothing is planned for it."
            ),
            "no_stock": self.env._(
                "%(product)s is launched in %(days)s days, on %(date)s, and there is neither stock"
                " nor an open order of it: produce or buy the first quantity."
            ),
            "no_like_item_no_stock": self.env._(
                "%(product)s is launched in %(days)s days, on %(date)s, without a like-item in"
                " %(event)s and without stock or open orders: choose a like-item and order the"
                " first quantity."
            ),
        }
        return sentences.get(facts.get("gap"), "%(product)s") % {
            "product": self.product_id.display_name,
            "event": self.event_id.name,
            "days": facts.get("days"),
            "date": facts.get("date") and format_date(self.env, facts["date"]),
        }

    def _reason_order_intake(self):
        values = {
            "product": self.product_id.display_name,
            "family": self.family_id.name,
            "count": (self.sudo().facts or {}).get("products"),
            "orders": formatLang(self.env, self.qty_consensus, digits=0),
            "plan": formatLang(self.env, self.qty_reference, digits=0),
            "deviation": self._deviation_label(),
            "months": self._months_label(),
            "impact": self._impact_label(),
        }
        if not self.product_id:
            sentence = self.env._(
                "%(family)s: %(orders)s ordered already in %(count)s products where %(plan)s are"
                " planned in %(months)s: %(deviation)s, worth %(impact)s. Raise the plan.",
                **values,
            )
            return " ".join(part for part in (sentence, self._driver_sentence()) if part)
        if self.is_new:
            return self.env._(
                "%(product)s: %(orders)s ordered for %(months)s, worth %(impact)s, and nothing"
                " planned: raise the plan.",
                **values,
            )
        return self.env._(
            "%(product)s: %(orders)s ordered already where %(plan)s are planned in %(months)s:"
            " %(deviation)s, worth %(impact)s. Raise the plan.",
            **values,
        )

    def _reason_bias(self):
        facts = self.sudo().facts or {}
        values = {
            "product": self.product_id.display_name,
            "months": facts.get("months"),
            "bias": self._deviation_label(),
            "units": self._signed(facts.get("units") or 0.0),
            "signal": f"{facts.get('signal') or 0.0:+,.1f}",
            "impact": self._impact_label(),
        }
        if facts.get("source") == "backtest":
            return self.env._(
                "%(product)s: the statistical forecast leans to one side, %(units)s units or"
                " %(bias)s over %(months)s months (tracking signal %(signal)s, in control up to 4),"
                " worth %(impact)s.",
                **values,
            )
        return self.env._(
            "%(product)s: the consensus leans to one side, %(units)s units or %(bias)s over"
            " %(months)s months (tracking signal %(signal)s, in control up to 4), worth"
            " %(impact)s.",
            **values,
        )

    def _reason_no_product_data(self):
        values = {"product": self.product_id.display_name, "impact": self._impact_label()}
        if (self.sudo().facts or {}).get("gap") == "price":
            return self.env._(
                "%(product)s is sold but has neither a price nor a value in its orders, so its"
                " plan is worth nothing: enter a sales price.",
                **values,
            )
        return self.env._(
            "%(product)s is archived or not for sale, and %(impact)s of open orders are not in the"
            " plan: make it available again, or cancel the orders.",
            **values,
        )

    def _reason_no_family(self):
        return self.env._(
            "%(product)s has no product category, so its %(impact)s of the last twelve months"
            " belong to no family: give the product a category.",
            product=self.product_id.display_name,
            impact=self._impact_label(),
        )

    def _reason_unit_mismatch(self):
        return self.env._(
            "%(impact)s of orders for %(product)s are in a unit that cannot be converted to"
            " %(unit)s and are left out of its history: correct the unit of the orders.",
            product=self.product_id.display_name,
            unit=self.product_id.uom_id.name,
            impact=self._impact_label(),
        )

    def _impact_label(self):
        return self._money(self.sudo().amount_impact)

    def _months_label(self):
        last = self.bucket_end - relativedelta(months=1)
        labels = [
            format_date(self.env, day, date_format="MMM yyyy") for day in (self.bucket_start, last)
        ]
        return " - ".join(dict.fromkeys(labels))
