from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..palette import glyph

ANSWERS = ("accepted", "dismissed", "snoozed")
ANSWER_FIELDS = {"state", "user_id", "note", "date_snooze"}


class SopSupplierRisk(models.Model):
    _name = "sop.supplier.risk"
    _description = "S&OP Supplier Risk"
    _inherit = [
        "sop.readonly.mixin", "sop.money.mixin", "mail.thread", "mail.activity.mixin",
    ]  # fmt: skip
    _order = "cycle_id desc, is_flagged desc, amount_at_risk desc, missed_windows desc, id"
    _rec_name = "partner_id"

    cycle_id = fields.Many2one("sop.cycle", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Vendor", required=True, readonly=True, index=True, ondelete="cascade"
    )
    missed_windows = fields.Integer(
        readonly=True,
        help="The latest delivery windows in a row that were missed. A window is a day first"
        " promised; it is missed when any of its lines was not fully in by its end.",
    )
    windows_due = fields.Integer(
        string="Windows due", readonly=True, help="Delivery windows of the last twelve months."
    )
    lines_due = fields.Integer(
        string="Lines due", readonly=True, help="Purchase lines due in the last twelve months."
    )
    has_data = fields.Boolean(
        readonly=True, help="At least one line was due. Without any, nothing is known: not 100 %."
    )
    rate_otif_first = fields.Float(
        string="On time in full",
        readonly=True,
        aggregator="avg",
        help="Share of the lines due that were fully in by their first promise.",
    )
    rate_otif_last = fields.Float(
        string="OTIF, latest promise",
        readonly=True,
        aggregator="avg",
        help="Share of the lines due that were fully in by the latest promise: postponing helps.",
    )
    days_late_mean = fields.Float(
        string="Days late",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Mean days of the full receipt after the latest promise; negative: early. Overdue"
        " lines count until today.",
    )
    days_late_std = fields.Float(
        string="Spread of days late",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Standard deviation of the days late.",
    )
    is_flagged = fields.Boolean(
        string="Flagged",
        readonly=True,
        help="The last delivery windows were missed, as many as the settings say.",
    )
    is_key = fields.Boolean(
        string="Key supplier",
        readonly=True,
        help="A large share of the spend, or a component of a family with a supply gap.",
    )
    amount_spend = fields.Monetary(
        string="Spend", readonly=True, help="Goods ordered in the last twelve months."
    )
    rate_spend = fields.Float(string="Share of spend", readonly=True, aggregator="sum")
    lines_open = fields.Integer(string="Open lines", readonly=True)
    amount_open = fields.Monetary(string="Open orders", readonly=True, help="Still to come.")
    lines_overdue = fields.Integer(string="Overdue lines", readonly=True)
    qty_overdue = fields.Float(string="Overdue quantity", digits="Product Unit", readonly=True)
    amount_overdue = fields.Monetary(
        string="Overdue", readonly=True, help="Still to come, and the latest promise is over."
    )
    family_line_ids = fields.One2many(
        "sop.supplier.risk.family", "risk_id", string="Families hit", readonly=True
    )
    family_ids = fields.Many2many(
        "product.category",
        string="Families at risk",
        compute="_compute_families",
        search="_search_families",
    )
    family_count = fields.Integer(string="Number of families", compute="_compute_families")
    amount_at_risk = fields.Monetary(
        string="At risk",
        readonly=True,
        help="Sales that need what this vendor supplies, if nothing came before a replacement.",
    )
    week_needed = fields.Integer(
        string="Needed in week",
        readonly=True,
        aggregator="min",
        help="First week of the cycle in which stock runs out without this vendor; 0: never.",
    )
    week_label = fields.Char(string="Next needed", compute="_compute_labels")
    severity = fields.Selection(
        [("red", "Red"), ("amber", "Amber"), ("none", "None"), ("no_data", "No data")],
        default="no_data",
        required=True,
        readonly=True,
        help="Red: flagged, and a key supplier or sales at risk. Amber: another flagged one, or the"
        " last delivery window was missed. Nothing is known of a vendor without data.",
    )
    risk_label = fields.Char(string="Deliveries", compute="_compute_labels")
    otif_label = fields.Char(string="OTIF", compute="_compute_labels")
    facts = fields.Json(readonly=True)  # the missed windows that the sentence names
    reason = fields.Text(compute="_compute_reason", help="The arithmetic in one sentence.")
    user_id = fields.Many2one(
        "res.users", string="Owner", tracking=True, domain="[('share', '=', False)]"
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("in_progress", "In progress"),
            ("accepted", "Accepted"),
            ("snoozed", "Snoozed"),
            ("dismissed", "Dismissed"),
        ],
        string="Status",
        default="open",
        required=True,
        tracking=True,
    )
    date_snooze = fields.Date(
        string="Snoozed until",
        tracking=True,
        help="From this day on the risk is open again, in whatever cycle.",
    )
    note = fields.Text(string="Answer", tracking=True, help="Why it was accepted or dismissed.")
    missed_answered = fields.Integer(
        string="Missed windows when answered", readonly=True, aggregator=None
    )

    _cycle_partner_unique = models.Constraint(
        "UNIQUE (cycle_id, partner_id)", "A cycle has one risk a vendor."
    )

    @api.depends("family_line_ids.family_id")
    def _compute_families(self):
        for risk in self:
            risk.family_ids = risk.family_line_ids.family_id
            risk.family_count = len(risk.family_ids)

    def _search_families(self, operator, value):
        return [("family_line_ids.family_id", operator, value)]

    @api.depends("missed_windows", "has_data", "severity", "week_needed")
    @api.depends_context("lang")
    def _compute_labels(self):
        for risk in self:
            risk.week_label = self.env._("W%s", risk.week_needed) if risk.week_needed else ""
            risk.otif_label = (
                f"{100 * risk.rate_otif_first:.0f} %" if risk.has_data else self.env._("No data")
            )
            risk.risk_label = risk._deliveries()

    def _deliveries(self):
        """The level in words, with its glyph."""
        if not self.has_data:
            return self.env._("No data")
        if not self.missed_windows:
            return self.env._("Last window kept")
        mark = glyph("red" if self.severity == "red" else "amber")
        if self.missed_windows == 1:
            return self.env._("%s Last window missed", mark)
        return self.env._(
            "%(glyph)s Last %(count)s windows missed", glyph=mark, count=self.missed_windows
        )

    @api.depends("facts", "missed_windows", "lines_due", "rate_otif_first", "days_late_mean")
    @api.depends_context("lang")
    def _compute_reason(self):
        for risk in self:
            risk.reason = risk._reason() if risk.has_data else risk._no_data_reason()

    def _no_data_reason(self):
        if self.lines_open:
            return self.env._(
                "Nothing was due in the last twelve months: no data. %s lines are on order.",
                self.lines_open,
            )
        return self.env._("Nothing was due in the last twelve months: no data.")

    def _reason(self):
        return self.env._(
            "%(windows)s; on time in full %(otif)s of %(lines)s lines; %(delay)s.",
            windows=self._windows_reason(),
            otif=self.otif_label,
            lines=self.lines_due,
            delay=self._delay_reason(),
        )

    def _windows_reason(self):
        if not self.missed_windows:
            return self.env._("Kept its last delivery window")
        named = ", ".join(self._window_names())
        if self.missed_windows == 1:
            return self.env._("Missed its last delivery window: %s", named)
        return self.env._(
            "Missed its last %(count)s delivery windows: %(named)s",
            count=self.missed_windows,
            named=named,
        )

    def _window_names(self):
        for window in self.facts or []:
            orders = ", ".join(window["orders"])
            if window["more"]:
                orders = self.env._(
                    "%(orders)s and %(more)s more", orders=orders, more=window["more"]
                )
            day = format_date(self.env, window["day"], date_format="d MMM")
            yield self.env._("%(orders)s due %(day)s", orders=orders, day=day)

    def _delay_reason(self):
        days = abs(round(self.days_late_mean))
        if not days:
            return self.env._("on the day on average")
        if self.days_late_mean > 0:
            return self.env._("%s days late on average", days)
        return self.env._("%s days early on average", days)

    def write(self, vals):
        if ANSWER_FIELDS & vals.keys():
            self.cycle_id._check_not_frozen()
        if {"state", "note", "date_snooze"} & vals.keys() and not self.env.su:
            self._check_reason(vals)
        if vals.get("state", "snoozed") != "snoozed":
            vals = {**vals, "date_snooze": False}
        result = super().write(vals)
        if "state" in vals:
            for missed, risks in self.grouped("missed_windows").items():
                super(SopSupplierRisk, risks.sudo()).write({"missed_answered": missed})
        return result

    def _check_reason(self, vals):
        """Who says that nothing needs to be done says why, and until when."""
        for risk in self:
            state = vals.get("state", risk.state)
            if state in ANSWERS and not (vals.get("note", risk.note) or "").strip():
                raise UserError(
                    self.env._("Say why %s needs no action: enter a reason.", risk.display_name)
                )
            day = fields.Date.to_date(vals.get("date_snooze", risk.date_snooze))
            if state == "snoozed" and not (day and day > risk.company_id._sop_today()):
                raise UserError(
                    self.env._("Choose a coming day on which %s is open again.", risk.display_name)
                )

    def _reopen_as_worse(self):
        """Accepted or dismissed, and another window has been missed since."""
        for risk in self:
            before = risk.missed_answered
            risk.write({"state": "open"})
            risk.message_post(
                body=self.env._(
                    "Open again: %(now)s windows missed in a row, %(before)s when answered.",
                    now=risk.missed_windows,
                    before=before,
                )
            )

    def _wake(self):
        """Snoozed until today."""
        self.write({"state": "open"})
