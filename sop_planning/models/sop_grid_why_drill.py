from odoo import models
from odoo.fields import Domain

from .navigation import open_action


class SopDemandLine(models.Model):
    """What a cell of demand is made of: the native documents, and the plan's own records."""

    _inherit = "sop.demand.line"

    def _cell_actions(self, cell):
        [(orders, last_year, quotations, products)] = self._read_group(
            cell.spot,
            [],
            ["qty_orders:sum", "qty_last_year:sum", "qty_quotation:sum",
             "product_id:count_distinct"],
        )  # fmt: skip
        events = self.env["sop.event.effect"]._read_group(
            self._event_domain(cell), [], ["event_id:count_distinct"]
        )[0][0]
        exceptions = len(self._cell_exceptions(cell))
        sold = "sale.order.line"
        is_product = cell.subject._name == "product.product"
        return [
            self._drill("orders", self.env._("Orders"), orders or 0, model=sold),
            self._drill("last_year", self.env._("Orders of last year"), last_year or 0, model=sold),
            quotations and self._drill("quotations", self.env._("Quotations"), quotations,
                                       model="sale.order"),
            not is_product and self._drill("products", self.env._("Products"), products),
            is_product and self._drill("products", self.env._("Forecast")),
            events and self._drill("events", self.env._("Events"), events),
            exceptions and self._drill("exceptions", self.env._("Exceptions"), exceptions),
            self._drill("lines", self.env._("Plan lines")),
            self._drill("history", self.env._("History")),
        ]  # fmt: skip

    def _open_cell_orders(self, cell):
        return self.search(cell.spot).action_open_orders()

    def _open_cell_last_year(self, cell):
        return self.search(cell.spot).action_open_last_year()

    def _open_cell_quotations(self, cell):
        products = self.search(cell.spot).product_id
        return self.env["sop.source"]._action_quotations(cell.cycle, products, cell.first, cell.end)

    def _open_cell_products(self, cell):
        domain = Domain("cycle_id", "=", cell.cycle.id) & self._subject_domain(cell)
        return open_action(self.env, "sop_demand_product_action", list(domain))

    def _open_cell_events(self, cell):
        return open_action(self.env, "sop_event_effect_action", list(self._event_domain(cell)))

    def _open_cell_exceptions(self, cell):
        domain = [("id", "in", self._cell_exceptions(cell).ids)]
        return open_action(self.env, "sop_exception_action", domain)

    def _open_cell_lines(self, cell):
        return open_action(self.env, "sop_demand_line_action", list(cell.spot), "list")

    def _open_cell_changes(self, cell):
        domain = [("line_ids.line_id", "in", self.search(cell.spot).ids)]
        return open_action(self.env, "sop_demand_override_action", domain)

    def _open_cell_history(self, cell):
        domain = Domain("company_id", "=", cell.cycle.company_id.id) & self._subject_domain(cell)
        return open_action(self.env, "sop_demand_history_action", list(domain))

    def _cell_question(self, cell):
        groups = self._cell_groups(cell)
        return self.env._(
            "%(subject)s, %(month)s: is %(consensus)s right? The statistical forecast says"
            " %(statistical)s.",
            subject=cell.name,
            month=cell.label,
            consensus=self._number(sum(group["qty_consensus"] for group in groups)),
            statistical=self._number(sum(group["qty_statistical"] for group in groups)),
        )
