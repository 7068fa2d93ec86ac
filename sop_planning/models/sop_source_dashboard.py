from odoo import api, models
from odoo.tools import SQL


class SopSource(models.AbstractModel):
    """What moved in the native records since a plan was computed."""

    _inherit = "sop.source"

    @api.model
    def _count_changed_orders(self, company, since, limit):
        """Orders of the company written after a moment, they or their lines, each kind counted up
        to ``limit``: {model: count}. Drafts and quotations are no part of a plan."""
        self.env.flush_all()
        counts = self._query(
            SQL(" UNION ALL ").join(
                SQL("SELECT %s AS name, COUNT(*) AS count FROM (%s LIMIT %s) AS changed",
                    model, query, limit)
                for model, query in self._changed_orders(company, since)
            )
        )  # fmt: skip
        return dict(zip(counts["name"], counts["count"].tolist()))

    def _changed_orders(self, company, since):
        """(model, statement of the ids of its changed orders)."""
        changed = SQL("company_id = %s AND write_date > %s", company.id, since)
        return [
            (
                "sale.order",
                SQL(
                    "SELECT id FROM sale_order WHERE %s AND state IN ('sale', 'cancel')"
                    " UNION SELECT order_id FROM sale_order_line WHERE %s"
                    " AND state IN ('sale', 'cancel')",
                    changed,
                    changed,
                ),
            ),
            (
                "purchase.order",
                SQL(
                    "SELECT id FROM purchase_order WHERE %s AND state IN ('purchase', 'cancel')"
                    " UNION SELECT line.order_id FROM purchase_order_line line"
                    " JOIN purchase_order po ON po.id = line.order_id"
                    " WHERE line.company_id = %s AND line.write_date > %s"
                    " AND po.state IN ('purchase', 'cancel')",
                    changed,
                    company.id,
                    since,
                ),
            ),
            (
                "mrp.production",
                SQL("SELECT id FROM mrp_production WHERE %s AND state != 'draft'", changed),
            ),
        ]
