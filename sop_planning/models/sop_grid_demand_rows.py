from odoo import models
from odoo.fields import Domain


class SopDemandLine(models.Model):
    """What a row of the demand grid is, who may change it, and what to do where there is none."""

    _inherit = "sop.demand.line"

    # ---- what a row is ----

    def _grid_limits(self, owner):
        return owner.sop_threshold_amber, owner.sop_threshold_red

    def _grid_family_limits(self, company, families):
        """{family: (amber, red)}: the family's own ones, else the company's."""
        return {
            family: self._grid_limits(family if family.sop_own_thresholds else company)
            for family in families.sudo()
        }

    def _grid_ordered(self, grid, spec, values):
        """Families as their reviews are ordered, the largest deviation in money first; others as
        their own records are."""
        if spec != "family_id":
            return values
        order = {review.family_id: n for n, review in enumerate(self._grid_reviews(grid.cycle))}
        return sorted(values, key=lambda family: order.get(family, len(order)))

    def _grid_reviews(self, cycle):
        return self.env["sop.demand.review"].search_fetch(
            [("cycle_id", "=", cycle.id)],
            ["family_id", "user_id", "state", "severity", "deviation", "is_new", "reference"],
        )

    def _grid_facts(self, grid, spec, values):
        """{value: {row: what is known of the row, limits: (amber, red)}}."""
        if spec == "family_id":
            return self._grid_family_facts(grid, self.env["product.category"].union(*values))
        if spec == "product_id":
            return self._grid_product_facts(grid, values)
        return {}

    def _grid_family_facts(self, grid, families):
        limits = self._grid_family_limits(grid.cycle.company_id, families)
        facts = {family: {"row": {"tags": []}, "limits": own} for family, own in limits.items()}
        reviews = self._grid_reviews(grid.cycle)
        references = dict(reviews._fields["reference"]._description_selection(self.env))
        for review in reviews:
            if review.family_id not in facts:
                continue
            facts[review.family_id]["row"] |= {
                "owner": review.user_id.sudo().name or "",
                "state": review.state,
                "res_model": review._name,
                "res_id": review.id,
                # the deviation of the next three months, as on the dashboard
                "tags": [review.severity_label] if review.severity != "none" else [],
                "about": self._grid_review_words(review, references),
            }
        for family, count in self.env["sop.demand.product"]._read_group(
            [("cycle_id", "=", grid.cycle.id), ("is_locked", "=", True)], ["family_id"], ["__count"]
        ):
            if family in facts:
                facts[family]["row"]["tags"].append(self.env._("%s locked", count))
        return facts

    def _grid_review_words(self, review, references):
        """From what the family deviates: the cells beside it do from the statistical forecast."""
        if review.severity == "none":
            return ""
        return self.env._(
            "Next three months: %(deviation)s against the reference %(reference)s",
            deviation=review.severity_label,
            reference=references.get(review.reference),
        )

    def _grid_product_facts(self, grid, products):
        domain = [("cycle_id", "=", grid.cycle.id)]
        if grid.parent or len(products) < 100:
            domain += [("product_id", "in", [product.id for product in products])]
        known = self.env["sop.demand.product"]._read_group(
            domain, ["product_id", "family_id", "is_locked"], ["id:max"]
        )
        families = self.env["product.category"].union(*(family for _p, family, *_rest in known))
        limits = self._grid_family_limits(grid.cycle.company_id, families)
        return {
            product: {
                "row": {
                    "is_locked": is_locked,
                    "locked_text": self.env._("Locked: unlock the product to change its figures.")
                    if is_locked
                    else "",
                    "res_model": "sop.demand.product",
                    "res_id": fact_id,
                },
                "limits": limits.get(family),
            }
            for product, family, is_locked, fact_id in known
        }

    def _grid_editable(self, grid, spec, domain):
        """The rows that the user may change altogether; None for all of them."""
        if grid.cycle.is_frozen or not self._grid_may("sales"):
            return set()
        if self._grid_may("controller"):
            return None
        rule = Domain(self.env["ir.rule"]._compute_domain(self._name, "write"))
        counts = dict(self._read_group(domain, [spec], ["__count"]))
        own = self._read_group(domain & rule, [spec], ["__count"])
        return {value for value, count in own if counts.get(value) == count}

    def _grid_edit(self, grid):
        company = grid.cycle.company_id
        reason = self._grid_closed_reason(grid)
        amber = company.sop_threshold_amber
        return {
            "can_edit": not reason,
            "reason": reason,
            "reasons": self.env["sop.override.reason"].search_read([], ["name", "code"]),
            "amber": amber,
            "reason_rule": self.env._(
                "A reason is needed where a change takes a figure more than %(amber)s from the"
                " statistical forecast, or more than the family's own threshold.",
                amber=f"{100 * amber:g} %",
            ),
        }

    def _grid_closed_reason(self, grid):
        """Why nothing in the grid can be changed, in a sentence; nothing where something can."""
        if not self._grid_may("sales"):
            return self.env._("You may read this plan. Controllers change the consensus, sales"
                              " contributors the sales input of their families.")  # fmt: skip
        if grid.cycle.is_frozen:
            return self._grid_closed(grid.cycle)(grid.cycle.month)
        return ""

    def _grid_empty(self, grid):
        cycle = grid.cycle
        if not cycle.date_snapshot:
            return {
                "title": self.env._("No demand plan yet"),
                "text": self.env._("Press Refresh in %s to compute the forecast.", cycle.name),
                "action": "sop_planning.sop_dashboard_action",
            }
        return {
            "title": self.env._("All clear"),
            "text": self.env._("No row of %s matches the filters: take one away.", cycle.name),
            "action": None,
        }
