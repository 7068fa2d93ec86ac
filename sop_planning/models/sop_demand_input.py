from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class SopDemandInput(models.Model):
    """What one contributor expects of a product in a month; typed, or imported from a file."""

    _name = "sop.demand.input"
    _description = "S&OP Sales Input"
    _inherit = ["sop.readonly.mixin", "sop.bucket.mixin"]
    _order = "cycle_id desc, product_id, bucket_start, id"

    cycle_id = fields.Many2one(
        "sop.cycle",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_cycle_id(),
        domain="[('state', 'not in', ('approved', 'cancelled'))]",
    )
    company_id = fields.Many2one(related="cycle_id.company_id", store=True, index=True)
    product_id = fields.Many2one("product.product", required=True, index=True, ondelete="cascade")
    family_id = fields.Many2one(
        related="product_id.categ_id.sop_family_id", string="Family", store=True, index=True
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    bucket_start = fields.Date(readonly=False, help="Any day of the month.")
    user_id = fields.Many2one(
        "res.users",
        string="Contributor",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    qty = fields.Float(
        string="Expected demand",
        digits="Product Unit",
        required=True,
        help="Expected orders of the month in the product's unit; 0 is a figure too.",
    )
    note = fields.Char(help="What the figure rests on.")

    _contributor_unique = models.Constraint(
        "UNIQUE (cycle_id, product_id, bucket_start, user_id)",
        "A contributor has one figure a product and month.",
    )

    @api.model
    def _default_cycle_id(self):
        open_cycles = self.env["sop.cycle"]._open_cycles(self.env.company)
        return open_cycles[:1]

    @api.depends("product_id", "bucket_start")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.product_id.display_name} {record.bucket_label or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        """A second figure for the same product and month replaces the contributor's first one, so
        that a file can be imported again."""
        vals_list = [self._with_first_day(vals) for vals in vals_list]
        if not self.env.su:
            own = {"product_id", "cycle_id", "bucket_start", "qty", "note"}
            vals_list = [
                {**{k: v for k, v in vals.items() if k in own}, "user_id": self.env.uid}
                for vals in vals_list
            ]
        keys = [self._key(vals) for vals in vals_list]
        known = self._known(vals_list)
        figures = {}
        for key, vals in zip(keys, vals_list):
            figures[key] = {**figures.get(key, {}), **vals}
        new = {key: vals for key, vals in figures.items() if key not in known}
        for key in figures.keys() & known.keys():
            vals = {name: figures[key][name] for name in ("qty", "note") if name in figures[key]}
            known[key].with_context(sop_apply_later=True).write(vals)
        known.update(zip(new, super().create(list(new.values()))))
        records = self.browse([known[key].id for key in keys])
        records._check_entered()
        records._apply()
        return records

    def write(self, vals):
        self._check_open()
        vals = self._with_first_day(vals)
        if self.env.context.get("sop_apply_later"):  # create does it for all together
            return super().write(vals)
        before = self._plan_lines()
        before._check_months_open()
        result = super().write(vals)
        self.check_access("write")  # the product may have become somebody else's
        self._check_entered()
        self._apply(before)
        return result

    def unlink(self):
        self._check_open()
        lines = self._plan_lines()
        lines._check_months_open()
        result = super().unlink()
        self.env["sop.planner"]._apply_inputs(lines)
        return result

    @api.model
    def _with_first_day(self, vals):
        if vals.get("bucket_start"):
            day = fields.Date.to_date(vals["bucket_start"])
            vals = {**vals, "bucket_start": day.replace(day=1)}
        return vals

    @api.model
    def _key(self, vals):
        cycle = vals.get("cycle_id") or self._default_cycle_id().id
        day = fields.Date.to_date(vals.get("bucket_start"))
        return cycle, vals.get("product_id"), day, vals.get("user_id", self.env.uid)

    @api.model
    def _known(self, vals_list):
        # {(cycle id, product id, month, user id): record}
        keys = [self._key(vals) for vals in vals_list]
        cycles, products, months, users = (list(set(part)) for part in zip(*keys or [("",) * 4]))
        known = self.search(
            [
                ("cycle_id", "in", cycles),
                ("product_id", "in", products),
                ("bucket_start", "in", [month for month in months if month]),
                ("user_id", "in", users),
            ]
        )
        return {(r.cycle_id.id, r.product_id.id, r.bucket_start, r.user_id.id): r for r in known}

    def _check_open(self):
        self.cycle_id._check_not_frozen()
        is_controller = self.env.user.has_group("sop_planning.sop_planning_group_controller")
        if not self.env.su and not is_controller and self.user_id - self.env.user:
            raise AccessError(
                self.env._(
                    "A sales input belongs to its contributor: only %s may change it.",
                    ", ".join((self.user_id - self.env.user).mapped("name")),
                )
            )

    def _check_entered(self):
        self.cycle_id._check_not_frozen()
        planned = self._plan_lines()
        known = {(line.cycle_id, line.product_id, line.bucket_start) for line in planned}
        for record in self:
            record._check_not_negative(record.qty)
            if (record.cycle_id, record.product_id, record.bucket_start) not in known:
                raise UserError(record._sentence_outside_plan())
        planned._check_months_open()

    def _sentence_outside_plan(self):
        cycle = self.cycle_id
        if not cycle.month <= self.bucket_start < cycle.date_end:
            return self.env._(
                "%(month)s is not planned in %(cycle)s, which runs from %(first)s to %(last)s.",
                month=self.bucket_label,
                cycle=cycle.name,
                first=cycle._month_label(cycle.month),
                last=cycle._month_label(fields.Date.subtract(cycle.date_end, months=1)),
            )
        return self.env._(
            "%(product)s is not in the plan of %(cycle)s: confirm a sale of it, or plan its launch"
            " as an event, and refresh the cycle.",
            product=self.product_id.display_name,
            cycle=cycle.name,
        )

    def _plan_lines(self):
        lines = self.env["sop.demand.line"].search(
            [
                ("cycle_id", "in", self.cycle_id.ids),
                ("product_id", "in", self.product_id.ids),
                ("bucket_start", "in", list(set(self.mapped("bucket_start")))),
            ]
        )
        keys = {(r.cycle_id, r.product_id, r.bucket_start) for r in self}
        return lines.filtered(lambda ln: (ln.cycle_id, ln.product_id, ln.bucket_start) in keys)

    def _apply(self, lines=None):
        lines = self._plan_lines() | (lines or self.env["sop.demand.line"])
        self.env["sop.planner"]._apply_inputs(lines)

    @api.model
    def _enter(self, lines, qty):
        """The current user's figure for plan lines; ``None`` takes it back. A controller takes
        everybody's figures back."""
        inputs = self.search(
            [
                ("cycle_id", "in", lines.cycle_id.ids),
                ("product_id", "in", lines.product_id.ids),
                ("bucket_start", "in", list(set(lines.mapped("bucket_start")))),
            ]
        )
        if qty is None:
            is_controller = self.env.user.has_group("sop_planning.sop_planning_group_controller")
            own = (
                inputs
                if is_controller
                else inputs.filtered_domain([("user_id", "=", self.env.uid)])
            )
            (own & own._of_lines(lines)).unlink()
            return
        self.create(
            [
                {
                    "cycle_id": line.cycle_id.id,
                    "product_id": line.product_id.id,
                    "bucket_start": line.bucket_start,
                    "qty": qty,
                }
                for line in lines
            ]
        )

    def _of_lines(self, lines):
        keys = {(line.cycle_id, line.product_id, line.bucket_start) for line in lines}
        return self.filtered(lambda r: (r.cycle_id, r.product_id, r.bucket_start) in keys)

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Sales Input"),
                "template": "/sop_planning/static/xls/sales_input.xlsx",
            }
        ]
