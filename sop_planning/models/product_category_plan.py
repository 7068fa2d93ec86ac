from odoo import api, fields, models

from .navigation import open_action

MOST_FAMILIES = 30  # more than a meeting can go through


class ProductCategory(models.Model):
    """Families proposed from the catalogue, and what the current plan says of a family."""

    _inherit = "product.category"

    sop_red_count = fields.Integer(
        string="Red exceptions",
        compute="_compute_sop_red_count",
        groups="sop_planning.sop_planning_group_viewer",
    )
    sop_gap_count = fields.Integer(
        string="Supply gaps",
        compute="_compute_sop_red_count",
        groups="sop_planning.sop_planning_group_viewer",
    )

    def _compute_sop_red_count(self):
        own = [
            ("company_id", "=", self.env.company.id),
            ("cycle_id.is_current", "=", True),
            ("family_id", "in", self.ids),
        ]
        reds = self._sop_counted("sop.exception", [*own, ("severity", "=", "red")])
        gaps = self._sop_counted("sop.supply.gap", [*own, ("scenario_id.is_followed", "=", True)])
        for category in self:
            category.sop_red_count = reds.get(category.id, 0)
            category.sop_gap_count = gaps.get(category.id, 0)

    def _sop_counted(self, model, domain):
        rows = self.env[model]._read_group(
            [*domain, ("state", "in", ("open", "in_progress"))], ["family_id"], ["__count"]
        )
        return {family.id: count for family, count in rows}

    def action_open_sop_reviews(self):
        """The family's reviews, cycle by cycle."""
        domain = [("family_id", "in", self.ids)]
        return open_action(self.env, "sop_demand_review_action", domain)

    def action_make_sop_family(self):
        """Plan the chosen categories as families."""
        self.write({"is_sop_family": True})

    # ---- proposal ----

    @api.model
    def _sop_goods(self, company):
        """The categories of the goods that the company sells."""
        rows = self.env["product.template"]._read_group(
            [
                ("type", "=", "consu"),
                ("sale_ok", "=", True),
                ("categ_id", "!=", False),
                ("company_id", "in", (False, *company.parent_ids.ids)),
            ],
            ["categ_id"],
        )
        return self.union(*(category for (category,) in rows))

    @api.model
    def _sop_proposal(self, company):
        """Categories to be families: of the goods for sale that are in none, at the deepest level
        of the tree that has a number people can review."""
        goods = self._sop_goods(company)
        outside = goods.filtered(lambda category: not category.sop_family_id.is_sop_family)
        paths = [[int(part) for part in row.parent_path.split("/")[:-1]] for row in outside]
        levels = [
            {path[:depth][-1] for path in paths}
            for depth in range(max(map(len, paths), default=0), 0, -1)
        ]
        fitting = [level for level in levels if len(level) <= MOST_FAMILIES]
        several = [level for level in fitting if len(level) > 1]
        chosen = (several or fitting[: len(levels) == len(fitting)] or levels or [set()])[0]
        return self.browse(sorted(chosen))
