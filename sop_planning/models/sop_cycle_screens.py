from odoo import models

from .navigation import open_action


class SopCycle(models.Model):
    """The screens that a cycle opens on its own records."""

    _inherit = "sop.cycle"

    def _open(self, xmlid, **context):
        domain = [("cycle_id", "in", self.ids)]
        return open_action(self.env, xmlid, domain, default_cycle_id=self[:1].id, **context)

    def action_open_reviews(self):
        return self._open("sop_demand_review_action")

    def action_open_lines(self):
        return self._open("sop_demand_grid_action", search_default_by_family=1)

    def action_open_products(self):
        return self._open("sop_demand_product_action")

    def action_open_exceptions(self):
        return self._open("sop_exception_action", search_default_open=1)

    def action_open_runs(self):
        return self._open("sop_run_action")

    def action_open_report(self):
        return self._open("sop_plan_report_action")
