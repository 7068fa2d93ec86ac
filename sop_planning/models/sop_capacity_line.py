from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..palette import glyph
from .navigation import open_action

LEVELS = [
    ("none", "Normal"),
    ("watch", "Watch"),
    ("amber", "Amber"),
    ("red", "Red"),
    ("critical", "Critical"),
]


class SopCapacityLine(models.Model):
    _name = "sop.capacity.line"
    _description = "S&OP Capacity Line"
    _inherit = ["sop.readonly.mixin", "sop.supply.bucket.mixin"]
    _order = "cycle_id desc, workcenter_id, bucket_start"

    workcenter_id = fields.Many2one(
        "mrp.workcenter", required=True, readonly=True, index=True, ondelete="restrict"
    )
    hours_calendar = fields.Float(
        string="Calendar hours",
        readonly=True,
        help="Attendances less leaves and holidays, times the work center's efficiency.",
    )
    hours_extra = fields.Float(
        string="Extra hours", readonly=True, help="Dated extra hours, times the efficiency."
    )
    hours_available = fields.Float(
        string="Available", readonly=True, help="Calendar and extra hours."
    )
    hours_orders = fields.Float(
        string="Released orders", readonly=True, help="Hours that released work orders still take."
    )
    hours_plan = fields.Float(
        string="Planned", readonly=True, help="Hours of the production that the plan adds."
    )
    hours_plan_standard = fields.Float(
        string="Planned, standard", readonly=True, help="By the operations' own minutes."
    )
    hours_plan_measured = fields.Float(
        string="Planned, learnt",
        readonly=True,
        help="By the minutes that finished work orders of the last year really took.",
    )
    hours_load = fields.Float(
        string="Load", readonly=True, help="Hours of released orders and planned production."
    )
    rate_load = fields.Float(
        string="Utilization",
        readonly=True,
        aggregator="avg",
        help="Load / available hours; in groups the sum of one over the sum of the other.",
    )
    rate_chance = fields.Float(
        string="Chance of overload",
        readonly=True,
        aggregator="max",
        help="How likely demand as uncertain as its forecast overloads the work center; orders on"
        " hand are certain.",
    )
    has_hours = fields.Boolean(
        string="Hours known",
        readonly=True,
        help="Without a calendar with hours nothing is compared: no data is not zero.",
    )
    level = fields.Selection(LEVELS, readonly=True, required=True, default="none")
    level_label = fields.Char(string="Utilization in words", compute="_compute_level_label")

    _natural_key = models.UniqueIndex("(scenario_id, workcenter_id, bucket_start)")

    @api.depends("workcenter_id", "bucket_start", "week")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.workcenter_id.name}, {line.period_label}"

    @api.depends("level", "rate_load", "has_hours")
    @api.depends_context("lang")
    def _compute_level_label(self):
        for line in self:
            if not line.has_hours:
                line.level_label = self.env._("no calendar")
            elif line.hours_load and not line.hours_available:
                line.level_label = self.env._("%s no hours", glyph("critical"))
            else:
                line.level_label = f"{glyph(line.level)} {100 * line.rate_load:,.0f} %".strip()

    def _read_group_select(self, aggregate_spec, query):
        """The utilization of a group is the ratio of its sums, of what has a calendar; nothing
        where no hours are known, which is not 0 %."""
        if aggregate_spec != "rate_load:avg":
            return super()._read_group_select(aggregate_spec, query)
        load, available, known = (
            self._field_to_sql(self._table, name, query)
            for name in ("hours_load", "hours_available", "has_hours")
        )
        return SQL("SUM(%s) FILTER (WHERE %s) / NULLIF(SUM(%s), 0)", load, known, available)

    def action_open_work_orders(self):
        """The released work orders of these work centers and weeks."""
        self.env["mrp.workorder"].check_access("read")
        ids = self.env["sop.source"]._work_order_ids(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Work Orders"),
            "res_model": "mrp.workorder",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
            "context": {"create": False},
        }

    def action_open_plan(self):
        """The planned production that loads these work centers in these weeks."""
        domain = Domain("scenario_id", "in", self.scenario_id.ids)
        domain &= Domain("qty_planned", ">", 0) & self._loading_domain()
        return open_action(self.env, "sop_supply_line_action", list(domain), "list")

    def _loading_domain(self):
        """Supply lines that are started in these weeks: due their product's lead time later. What
        had to be started before the plan begins loads its first bucket."""
        products = self.env["sop.source"]._workcenter_product_ids(self.workcenter_id)
        facts = self.env["sop.supply.product"].search_fetch(
            [("scenario_id", "in", self.scenario_id.ids), ("product_id", "in", products)],
            ["product_id", "days_lead"],
        )
        begin = self._plan_start()
        spans = set(self.mapped(lambda line: (line.bucket_start, line.bucket_end)))
        options = []
        for days, made in facts.grouped("days_lead").items():
            lag = timedelta(days=days)
            for first, end in spans:
                due = Domain("product_id", "in", made.product_id.ids)
                due &= Domain("bucket_start", "<", end + lag)
                if first > begin:
                    due &= Domain("bucket_end", ">", first + lag)
                options.append(due)
        return Domain.OR(options)

    def _plan_start(self):
        first = self.search(
            [("scenario_id", "in", self.scenario_id.ids)], order="bucket_start", limit=1
        )
        return first.bucket_start

    def action_open_leaves(self):
        """The time off of the work centers."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Time Off"),
            "res_model": "resource.calendar.leaves",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                "|",
                ("resource_id", "in", self.workcenter_id.resource_id.ids),
                ("resource_id", "=", False),
                ("calendar_id", "in", [*self.workcenter_id.resource_calendar_id.ids, False]),
                ("company_id", "in", [*self.company_id.ids, False]),
                ("time_type", "=", "leave"),
            ],
        }

    def action_open_calendar(self):
        """The working time that the calendar hours come from."""
        calendars = self.workcenter_id.resource_calendar_id
        if not calendars:
            raise UserError(
                self.env._(
                    "%s has no working time: choose one on the work center, and refresh the cycle.",
                    ", ".join(self.workcenter_id.mapped("name")),
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "resource.calendar",
            "res_id": calendars[:1].id,
            "views": [(False, "form")],
        }

    def action_open_workcenter(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.workcenter",
            "res_id": self.workcenter_id[:1].id,
            "views": [(False, "form")],
        }
