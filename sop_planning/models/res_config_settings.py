from odoo import api, fields, models

THRESHOLDS = ("sop_threshold_amber", "sop_threshold_red")


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sop_auto_open = fields.Boolean(related="company_id.sop_auto_open", readonly=False)
    sop_horizon_months = fields.Integer(related="company_id.sop_horizon_months", readonly=False)
    sop_history_months = fields.Integer(related="company_id.sop_history_months", readonly=False)
    sop_reference = fields.Selection(related="company_id.sop_reference", readonly=False)
    # not related: the two are checked against each other, so they are written together
    sop_threshold_amber = fields.Float(string="Amber above")
    sop_threshold_red = fields.Float(string="Red above")
    sop_value_floor = fields.Monetary(
        related="company_id.sop_value_floor",
        readonly=False,
        currency_field="sop_currency_id",
    )
    sop_exception_cap = fields.Integer(related="company_id.sop_exception_cap", readonly=False)
    sop_frozen_months = fields.Integer(related="company_id.sop_frozen_months", readonly=False)
    sop_carry_overrides = fields.Boolean(related="company_id.sop_carry_overrides", readonly=False)
    sop_frozen_role = fields.Selection(related="company_id.sop_frozen_role", readonly=False)
    sop_sales_combination = fields.Selection(
        related="company_id.sop_sales_combination", readonly=False
    )
    sop_launch_days = fields.Integer(related="company_id.sop_launch_days", readonly=False)
    sop_false_alarm_rate = fields.Float(related="company_id.sop_false_alarm_rate", readonly=False)
    sop_frozen_weeks = fields.Integer(related="company_id.sop_frozen_weeks", readonly=False)
    sop_slushy_weeks = fields.Integer(related="company_id.sop_slushy_weeks", readonly=False)
    sop_service_level = fields.Float(related="company_id.sop_service_level", readonly=False)
    sop_review_days = fields.Integer(related="company_id.sop_review_days", readonly=False)
    sop_stock_target = fields.Selection(related="company_id.sop_stock_target", readonly=False)
    sop_use_measured_times = fields.Boolean(
        related="company_id.sop_use_measured_times", readonly=False
    )
    sop_rebuild_weeks = fields.Integer(related="company_id.sop_rebuild_weeks", readonly=False)
    sop_overdue_days = fields.Integer(related="company_id.sop_overdue_days", readonly=False)
    sop_missed_windows = fields.Integer(related="company_id.sop_missed_windows", readonly=False)
    sop_window_tolerance_days = fields.Integer(
        related="company_id.sop_window_tolerance_days", readonly=False
    )
    sop_key_supplier_share = fields.Float(
        related="company_id.sop_key_supplier_share", readonly=False
    )
    sop_trust_threshold = fields.Float(related="company_id.sop_trust_threshold", readonly=False)
    sop_preparation_goal = fields.Float(related="company_id.sop_preparation_goal", readonly=False)
    sop_preparation_before = fields.Float(
        related="company_id.sop_preparation_before", readonly=False
    )
    sop_scenario_goal = fields.Selection(related="company_id.sop_scenario_goal", readonly=False)
    sop_hour_cost = fields.Monetary(
        related="company_id.sop_hour_cost", readonly=False, currency_field="sop_currency_id"
    )
    sop_overtime_premium = fields.Float(related="company_id.sop_overtime_premium", readonly=False)
    sop_overtime_peak = fields.Float(related="company_id.sop_overtime_peak", readonly=False)
    sop_overtime_average = fields.Float(related="company_id.sop_overtime_average", readonly=False)
    sop_late_cost = fields.Float(related="company_id.sop_late_cost", readonly=False)
    sop_holding_cost = fields.Float(related="company_id.sop_holding_cost", readonly=False)
    sop_subcontract_share = fields.Float(related="company_id.sop_subcontract_share", readonly=False)
    sop_subcontract_premium = fields.Float(
        related="company_id.sop_subcontract_premium", readonly=False
    )
    sop_solver_seconds = fields.Integer(related="company_id.sop_solver_seconds", readonly=False)
    sop_currency_id = fields.Many2one(
        related="company_id.currency_id", string="S&OP currency", readonly=True
    )

    @api.model
    def get_values(self):
        company = self.env.company
        return {**super().get_values(), **{name: company[name] for name in THRESHOLDS}}

    def set_values(self):
        result = super().set_values()
        changed = {n: self[n] for n in THRESHOLDS if self[n] != self.company_id[n]}
        if changed:
            self.company_id.write(changed)
        return result
