from odoo import api, fields, models
from odoo.exceptions import ValidationError

GOALS = [
    ("cost", "Lowest total cost"),
    ("service", "Highest fill rate"),
    ("margin", "Highest margin"),
]
SHARES = (
    "sop_overtime_premium", "sop_overtime_peak", "sop_overtime_average", "sop_late_cost",
    "sop_holding_cost", "sop_subcontract_premium", "sop_subcontract_share",
)  # fmt: skip


class ResCompany(models.Model):
    """What scenarios cost, and how far they may go."""

    _inherit = "res.company"

    sop_scenario_goal = fields.Selection(
        GOALS,
        string="Recommend",
        default="cost",
        required=True,
        help="The scenario that is recommended: least extra cost + holding cost + cost of being"
        " late, the highest fill rate (at equal rates the cheaper one), or the highest margin.",
    )
    sop_hour_cost = fields.Monetary(
        string="Cost of an hour",
        default=50.0,
        help="Of work centers that have no hourly cost of their own.",
    )
    sop_overtime_premium = fields.Float(
        string="Overtime premium",
        default=0.5,
        help="On top of the work center's hourly cost. An hour of overtime is paid in full: the"
        " regular hours are paid anyway.",
    )
    sop_overtime_peak = fields.Float(
        string="Overtime in a week",
        default=0.5,
        help="At most, as a share of the calendar's hours: 50 % are 60 hours where 40 are usual.",
    )
    sop_overtime_average = fields.Float(
        string="Overtime on average",
        default=0.2,
        help="At most, in the months behind the weeks: 20 % are 48 hours where 40 are usual, the"
        " average that the EU working time directive allows.",
    )
    sop_late_cost = fields.Float(
        string="Cost of a week late",
        default=0.02,
        help="Share of the sales price that a unit delivered a week late costs. A step of family"
        " priority doubles it; what is never delivered costs its price.",
    )
    sop_holding_cost = fields.Float(
        string="Holding cost a year", default=0.15, help="Share of the cost of the stock held."
    )
    sop_subcontract_share = fields.Float(
        string="Subcontracted at most",
        default=0.0,
        help="Share of the planned units that the cheapest plan may give to subcontractors; 0: none"
        " work for the company.",
    )
    sop_subcontract_premium = fields.Float(
        string="Subcontracting costs",
        default=0.3,
        help="Extra, as a share of the product's cost.",
    )
    sop_solver_seconds = fields.Integer(
        string="Optimise for at most",
        default=60,
        help="Seconds; then the best plan known is taken, with its distance to the bound.",
    )

    @api.constrains(*SHARES, "sop_hour_cost", "sop_solver_seconds")
    def _check_sop_scenario_settings(self):
        for company in self:
            figures = [company[name] for name in (*SHARES, "sop_hour_cost")]
            if min(figures) < 0 or company.sop_subcontract_share > 1:
                raise ValidationError(
                    self.env._(
                        "The costs, premiums and limits of scenarios of %s cannot be negative, and"
                        " no more than 100 %% can be subcontracted.",
                        company.name,
                    )
                )
            if company.sop_solver_seconds < 1:
                raise ValidationError(
                    self.env._("The optimiser of %s needs a second at least.", company.name)
                )
