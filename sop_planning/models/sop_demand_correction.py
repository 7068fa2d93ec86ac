from odoo import api, fields, models
from odoo.exceptions import UserError

from .navigation import open_action

KINDS = [
    ("outlier", "Outlier"),
    ("stock_out", "Stock-out"),
    ("promotion", "Past promotion"),
    ("manual", "By hand"),
]


class SopDemandCorrection(models.Model):
    """A month of history that the forecast reads differently: the actual figure stays as it is."""

    _name = "sop.demand.correction"
    _description = "S&OP History Correction"
    _inherit = ["sop.readonly.mixin", "sop.money.mixin", "sop.bucket.mixin"]
    _order = "bucket_start desc, amount_difference desc, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('type', '=', 'consu')]",
        check_company=True,
    )
    family_id = fields.Many2one(
        related="product_id.categ_id.sop_family_id", string="Family", store=True, index=True
    )
    bucket_start = fields.Date(readonly=False)
    kind = fields.Selection(KINDS, required=True, readonly=True, default="manual")
    qty_actual = fields.Float(
        string="Actual",
        digits="Product Unit",
        readonly=True,
        help="What was ordered; it is never changed.",
    )
    qty_corrected = fields.Float(
        string="Read as",
        digits="Product Unit",
        help="The figure that the forecast takes for this month instead.",
    )
    qty_difference = fields.Float(
        string="Difference",
        digits="Product Unit",
        compute="_compute_difference",
        store=True,
    )
    amount_difference = fields.Monetary(
        string="Difference in value", readonly=True, help="Absolute, at the product's price."
    )
    is_applied = fields.Boolean(
        string="Applied",
        default=True,
        help="Switch off to let the forecast read the actual figure; a refresh remembers it.",
    )
    event_id = fields.Many2one("sop.event", readonly=True, ondelete="set null")
    note = fields.Char(help="Why the month was corrected, or why not.")
    reason = fields.Char(compute="_compute_reason", help="The correction in one sentence.")

    _company_product_month_unique = models.Constraint(
        "UNIQUE (company_id, product_id, bucket_start)",
        "A product has one correction a month.",
    )

    @api.depends("product_id", "bucket_start")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.product_id.display_name} {record.bucket_label or ''}"

    @api.depends("qty_actual", "qty_corrected")
    def _compute_difference(self):
        for record in self:
            record.qty_difference = record.qty_corrected - record.qty_actual

    @api.depends("kind", "qty_actual", "qty_corrected", "event_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        for record in self:
            record.reason = record._sentence() % {
                "month": record.bucket_label or "",
                "actual": f"{record.qty_actual:,.0f}",
                "corrected": f"{record.qty_corrected:,.0f}",
                "event": record.event_id.name or self.env._("a promotion"),
            }

    def _sentence(self):
        match self.kind:
            case "outlier":
                return self.env._(
                    "%(actual)s in %(month)s is far from its neighbours and from the same month of"
                    " other years: the forecast reads %(corrected)s."
                )
            case "stock_out":
                return self.env._(
                    "%(actual)s in %(month)s, when the product was out of stock most of the time:"
                    " the forecast reads %(corrected)s."
                )
            case "promotion":
                return self.env._(
                    "%(actual)s in %(month)s was lifted by %(event)s: the forecast reads"
                    " %(corrected)s."
                )
            case _:
                return self.env._("%(actual)s in %(month)s: the forecast reads %(corrected)s.")

    @api.model_create_multi
    def create(self, vals_list):
        """A person's correction takes the place of the computed one of the same month."""
        records = self.browse()
        for vals in vals_list:
            vals = self._with_first_day({"company_id": self.env.company.id, **vals})
            known = self.search(
                [
                    (name, "=", vals.get(name))
                    for name in ("company_id", "product_id", "bucket_start")
                ]
            )
            if known:
                known.write({k: vals[k] for k in ("qty_corrected", "note") if k in vals})
                records += known
            else:
                record = super().create([vals])
                record.sudo().qty_actual = record._actual()
                records += record
        records._check_corrected()
        return records

    @api.model
    def _with_first_day(self, vals):
        if vals.get("bucket_start"):
            day = fields.Date.to_date(vals["bucket_start"])
            vals = {**vals, "bucket_start": day.replace(day=1)}
        return vals

    def write(self, vals):
        vals = self._with_first_day(vals)
        if "qty_corrected" in vals and not self.env.su:
            self.sudo().write({"kind": "manual", "is_applied": True})
        result = super().write(vals)
        if {"product_id", "bucket_start"} & set(vals):
            for record in self:
                record.sudo().qty_actual = record._actual()
        self._check_corrected()
        return result

    def _actual(self):
        history = self.env["sop.demand.history"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("product_id", "=", self.product_id.id),
                ("bucket_start", "=", self.bucket_start),
            ]
        )
        return sum(history.mapped("qty"))

    def _check_corrected(self):
        for record in self:
            record._check_not_negative(record.qty_corrected)
            today = record.company_id._sop_today()
            if record.bucket_start >= record.company_id._sop_month(today):
                raise UserError(
                    self.env._(
                        "%s is not over: only months of history are corrected. Plan the coming"
                        " months by events, sales input or overrides.",
                        record.bucket_label,
                    )
                )

    def action_reverse(self):
        """Let the forecast read the actual figures again."""
        self.write({"is_applied": False})

    def action_apply(self):
        self.write({"is_applied": True})

    def action_open_history(self):
        """The product's demand month by month."""
        domain = [
            ("product_id", "in", self.product_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        return open_action(self.env, "sop_demand_history_action", domain)

    def action_open_orders(self):
        """The sale order lines behind the actual figures."""
        return self.env["sop.source"]._action_demand_lines(
            [(row.company_id, row.product_id.id, row.bucket_start) for row in self]
        )
