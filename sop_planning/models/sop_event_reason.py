from odoo import api, models

from .sop_event import FIRM, LAUNCH, PROMOTION


class SopEvent(models.Model):
    """An event in words: what it expects, and what it lacks to count."""

    _inherit = "sop.event"

    @api.depends(
        "kind",
        "product_ids.active",
        "product_ids.sale_ok",
        "family_ids",
        "like_product_id",
        "successor_id",
        "uplift_unit",
        "date_end",
        "unused_code",
    )
    @api.depends_context("lang")
    def _compute_problem(self):
        for event in self:
            event.problem = event._missing()

    def _missing(self):
        products = self.with_context(active_test=False).product_ids
        retired = products.filtered(lambda product: not (product.active and product.sale_ok))
        if not products and not self.family_ids:
            return self.env._("Choose the products or families that the event is about.")
        if retired:
            return self.env._(
                "%s: archived or not for sale, so nothing is planned. Make it available again, or"
                " take it off the event.",
                ", ".join(retired.mapped("display_name")),
            )
        if self.kind == LAUNCH and not self.like_product_id:
            return self.env._(
                "Choose a like-item: without one the launch adds nothing to the plan."
            )
        if self.kind == PROMOTION and self.uplift_unit == "qty" and not self.date_end:
            return self.env._("Enter the last day: units in total need one to be spread over.")
        return self._unused_sentence()

    def _unused_sentence(self):
        """What the last refresh found wrong, beyond what the form can see."""
        if not self.unused_code:
            return False
        sentences = {
            "unknown_like_item": self.env._(
                "The like-item %(like)s was never sold, so nothing can be copied: choose another."
            ),
            "like_item_without_demand": self.env._(
                "The like-item %(like)s has no demand to copy: choose another."
            ),
            "cycle": self.env._(
                "The successors of the phase-outs lead back to the first product, so none of them"
                " counts: choose another successor than %(successor)s."
            ),
            "unknown_successor": self.env._(
                "The successor %(successor)s is not in the plan, so its demand goes to nobody:"
                " make it available again, or choose another."
            ),
        }
        other = self.env._("The last refresh could not use the event: check its dates and figures.")
        return sentences.get(self.unused_code, other) % {
            "like": self.like_product_id.display_name,
            "successor": self.successor_id.display_name,
        }

    @api.depends(
        "kind",
        "rate_uplift",
        "uplift_unit",
        "qty",
        "like_product_id",
        "rate_like",
        "successor_id",
        "rate_transfer",
        "partner_id",
        "certainty",
        "rate_probability",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for event in self:
            event.summary = getattr(event, f"_summary_{event.kind}", lambda: "")()

    def _summary_promotion(self):
        if self.uplift_unit == "qty":
            return self.env._("%s units more", f"{self.qty:+,.0f}")
        return self.env._("%s %% of demand", f"{100 * self.rate_uplift:+,.0f}")

    def _summary_launch(self):
        if not self.like_product_id:
            return self.env._("No like-item yet")
        return self.env._(
            "%(rate)s %% of %(like)s within %(months)s months",
            rate=f"{100 * self.rate_like:,.0f}",
            like=self.like_product_id.display_name,
            months=self.ramp_months,
        )

    def _summary_phase_out(self):
        if not self.successor_id:
            return self.env._("Ends without a successor")
        return self.env._(
            "%(rate)s %% goes to %(successor)s",
            rate=f"{100 * self.rate_transfer:,.0f}",
            successor=self.successor_id.display_name,
        )

    def _summary_commitment(self):
        rate = 1.0 if self.certainty == FIRM else self.rate_probability
        return self.env._(
            "%(qty)s a month for %(customer)s, %(rate)s %% certain",
            qty=f"{self.qty:,.0f}",
            customer=self.partner_id.display_name or "",
            rate=f"{100 * rate:,.0f}",
        )
