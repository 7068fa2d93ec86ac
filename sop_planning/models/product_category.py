from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..palette import DEVIATION_LIMITS


class ProductCategory(models.Model):
    _inherit = "product.category"

    is_sop_family = fields.Boolean(
        string="S&OP family",
        help="Products of this category and of its children are planned together.",
    )
    sop_family_id = fields.Many2one(
        "product.category",
        string="Planned in family",
        compute="_compute_sop_family_id",
        store=True,
        recursive=True,
        index=True,
        help="The nearest category upwards that is an S&OP family, else the category itself.",
    )
    sop_owner_id = fields.Many2one(
        "res.users",
        string="Family owner",
        domain="[('share', '=', False)]",
        help="Reviews this family's demand and gets its exceptions.",
    )
    sop_contributor_ids = fields.Many2many(
        "res.users",
        "product_category_sop_contributor_rel",
        string="Contributors",
        domain="[('share', '=', False)]",
        help="Enter sales input for this family beside its owner.",
    )
    sop_priority = fields.Integer(
        string="Family priority",
        default=10,
        help="The lower the number, the more important the family when capacity is short.",
    )
    sop_own_thresholds = fields.Boolean(
        string="Own thresholds", help="Use other deviation thresholds than the company's."
    )
    sop_threshold_amber = fields.Float(string="Amber above", default=DEVIATION_LIMITS["amber"])
    sop_threshold_red = fields.Float(string="Red above", default=DEVIATION_LIMITS["red"])

    sop_service_level = fields.Float(
        string="Service level",
        help="Cycle service level that safety stocks of this family are proposed for; 0 takes the"
        " company's.",
    )

    sop_own_weights = fields.Boolean(
        string="Weigh the inputs",
        help="Compose the consensus as a weighted mean of the figures that exist, instead of"
        " letting the sales input take the place of the computed figure.",
    )
    sop_weight_computed = fields.Float(
        string="Weight of computed",
        default=1.0,
        help="Statistical forecast with events and pipeline.",
    )
    sop_weight_sales = fields.Float(string="Weight of sales input", default=1.0)
    sop_weight_last_year = fields.Float(string="Weight of last year", default=0.0)

    @api.depends(
        "is_sop_family", "parent_id.sop_family_id", "parent_id.sop_family_id.is_sop_family"
    )
    def _compute_sop_family_id(self):
        for category in self:
            above = category.parent_id.sop_family_id
            is_below_family = not category.is_sop_family and above.is_sop_family
            category.sop_family_id = above if is_below_family else category

    @api.constrains("sop_own_thresholds", "sop_threshold_amber", "sop_threshold_red")
    def _check_sop_thresholds(self):
        for category in self.filtered("sop_own_thresholds"):
            if not 0 < category.sop_threshold_amber < category.sop_threshold_red:
                raise ValidationError(
                    self.env._(
                        "Amber must start above 0 %% and below red: amber %(amber).1f %% and red"
                        " %(red).1f %% were entered for the family %(family)s.",
                        amber=100 * category.sop_threshold_amber,
                        red=100 * category.sop_threshold_red,
                        family=category.display_name,
                    )
                )

    @api.constrains("sop_service_level")
    def _check_sop_service_level(self):
        for category in self:
            if category.sop_service_level and not 0.5 <= category.sop_service_level < 1:
                raise ValidationError(
                    self.env._(
                        "The service level of the family %s lies between 50 %% and less than"
                        " 100 %%; 0 takes the company's.",
                        category.display_name,
                    )
                )

    @api.constrains("sop_weight_computed", "sop_weight_sales", "sop_weight_last_year")
    def _check_sop_weights(self):
        for category in self:
            weights = (
                category.sop_weight_computed,
                category.sop_weight_sales,
                category.sop_weight_last_year,
            )
            if min(weights) < 0:
                raise ValidationError(
                    self.env._(
                        "The weights of the family %s cannot be negative: enter 0 for an input that"
                        " shall not count.",
                        category.display_name,
                    )
                )
