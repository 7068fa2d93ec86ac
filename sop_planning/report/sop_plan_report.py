from odoo import fields, models
from odoo.tools import SQL, drop_view_if_exists


class SopPlanReport(models.Model):
    _name = "sop.plan.report"
    _description = "S&OP Plan Analysis"
    _inherit = ["sop.money.mixin", "sop.bucket.mixin"]
    _auto = False
    _order = "bucket_start"
    _depends = {
        "sop.cycle": ["company_id", "month", "state", "history_months"],
        "sop.demand.line": [
            "cycle_id", "product_id", "bucket_start", "family_id", "qty_consensus",
        ],
        "sop.demand.history": ["company_id", "product_id", "bucket_start", "qty", "amount"],
    }  # fmt: skip

    cycle_id = fields.Many2one("sop.cycle", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    cycle_month = fields.Date(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    family_id = fields.Many2one("product.category", readonly=True)
    period = fields.Selection(
        [("history", "History"), ("plan", "Plan")], readonly=True, help="Before the cycle or in it."
    )
    is_overridden = fields.Boolean(string="Overridden", readonly=True)
    qty_demand = fields.Float(
        string="Demand",
        digits="Product Unit",
        readonly=True,
        help="What was ordered in the months before the cycle, the consensus from then on.",
    )
    qty_actual = fields.Float(string="Ordered (actual)", digits="Product Unit", readonly=True)
    qty_last_year = fields.Float(string="Last year", digits="Product Unit", readonly=True)
    qty_statistical = fields.Float(string="Statistical", digits="Product Unit", readonly=True)
    qty_consensus = fields.Float(string="Consensus", digits="Product Unit", readonly=True)
    qty_orders = fields.Float(string="Orders", digits="Product Unit", readonly=True)
    amount_demand = fields.Monetary(
        string="Demand value",
        readonly=True,
        help="What was ordered in the months before the cycle, the consensus from then on.",
    )
    amount_actual = fields.Monetary(string="Ordered value (actual)", readonly=True)
    amount_last_year = fields.Monetary(string="Last year value", readonly=True)
    amount_statistical = fields.Monetary(string="Statistical value", readonly=True)
    amount_consensus = fields.Monetary(string="Consensus value", readonly=True)
    amount_orders = fields.Monetary(string="Orders value", readonly=True)

    def init(self):
        drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                "CREATE VIEW %s AS (%s UNION ALL %s)",
                SQL.identifier(self._table),
                self._select_plan(),
                self._select_history(),
            )
        )

    def _select_plan(self):
        """The plan lines, with what was ordered once their month is over."""
        return SQL(
            """
            SELECT line.id AS id, line.cycle_id, line.company_id, cycle.month AS cycle_month,
                   line.product_id, line.family_id, line.bucket_start,
                   'plan' AS period, line.is_overridden,
                   line.qty_consensus AS qty_demand, line.amount_consensus AS amount_demand,
                   actual.qty AS qty_actual, line.qty_last_year, line.qty_statistical,
                   line.qty_consensus, line.qty_orders,
                   actual.amount AS amount_actual, line.amount_last_year,
                   line.amount_statistical, line.amount_consensus, line.amount_orders
              FROM sop_demand_line line
              JOIN sop_cycle cycle ON cycle.id = line.cycle_id
         LEFT JOIN sop_demand_history actual
                ON actual.company_id = line.company_id
               AND actual.product_id = line.product_id
               AND actual.bucket_start = line.bucket_start
            """
        )

    def _select_history(self):
        """The history that each cycle was planned from."""
        return SQL(
            """
            SELECT -(history.id::bigint * 4096 + (cycle.id & 4095)) AS id,
                   cycle.id AS cycle_id, history.company_id, cycle.month AS cycle_month,
                   history.product_id, history.family_id, history.bucket_start,
                   'history' AS period, FALSE AS is_overridden,
                   history.qty AS qty_demand, history.amount AS amount_demand,
                   history.qty AS qty_actual, NULL, NULL, NULL, NULL,
                   history.amount AS amount_actual, NULL, NULL, NULL, NULL
              FROM sop_demand_history history
              JOIN sop_cycle cycle
                ON cycle.company_id = history.company_id
               AND history.bucket_start < cycle.month
               AND history.bucket_start
                   >= cycle.month - cycle.history_months * INTERVAL '1 month'
            """
        )

    def action_open_source(self):
        """What a row is made of: the orders of a past month, the plan line of a coming one."""
        self.ensure_one()
        if self.period == "history":
            return self.env["sop.source"]._action_demand_lines(
                [(self.company_id, self.product_id.id, self.bucket_start)]
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "sop.demand.line",
            "res_id": self.id,
            "views": [(False, "form")],
        }
