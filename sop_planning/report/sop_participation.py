from odoo import fields, models
from odoo.tools import SQL

from ..models.sop_cycle import STEPS

FUNCTIONS = [
    ("owner", "Agrees the family"),
    ("contributor", "Enters sales input"),
    ("responsible", "Signs the step off"),
]


class SopParticipation(models.Model):
    """Who has to give input to a cycle and who has: one row a person, function and subject."""

    _name = "sop.participation"
    _description = "S&OP Participation"
    _auto = False
    _order = "cycle_id desc, is_done, sequence, user_id, subject, id"
    _rec_name = "subject"
    _depends = {
        "sop.cycle": ["company_id"],
        "sop.cycle.step": ["cycle_id", "user_id", "date_signed", "code", "sequence"],
        "sop.demand.review": ["cycle_id", "family_id", "user_id", "state"],
        "sop.demand.input": ["cycle_id", "product_id", "user_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "product.category": ["name", "sop_contributor_ids", "sop_family_id"],
    }

    cycle_id = fields.Many2one("sop.cycle", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Person", readonly=True)
    function = fields.Selection(FUNCTIONS, readonly=True)
    step = fields.Selection(STEPS, readonly=True)
    sequence = fields.Integer(readonly=True)
    family_id = fields.Many2one("product.category", readonly=True)
    subject = fields.Char(readonly=True)
    is_done = fields.Boolean(string="Given", readonly=True)
    expected = fields.Integer(string="Inputs expected", readonly=True)
    given = fields.Integer(string="Inputs given", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT ROW_NUMBER() OVER (
                       ORDER BY cycle_id, sequence, user_id, family_id, function
                   ) AS id,
                   participation.*, 1 AS expected, is_done::integer AS given
              FROM (%s UNION ALL %s UNION ALL %s) participation
            """,
            self._owners(),
            self._contributors(),
            self._responsibles(),
        )

    def _owners(self):
        """Family owners agree the consensus of their families."""
        return SQL(
            """
            SELECT review.cycle_id, cycle.company_id, review.user_id, 'owner' AS function,
                   'demand' AS step, 1 AS sequence, review.family_id, family.name AS subject,
                   review.state = 'agreed' AS is_done
              FROM sop_demand_review review
              JOIN sop_cycle cycle ON cycle.id = review.cycle_id
              JOIN product_category family ON family.id = review.family_id
             WHERE review.user_id IS NOT NULL
            """
        )

    def _contributors(self):
        """Contributors of a family enter sales input for it."""
        return SQL(
            """
            SELECT review.cycle_id, cycle.company_id, member.res_users_id, 'contributor',
                   'demand', 1, review.family_id, family.name,
                   EXISTS (SELECT FROM sop_demand_input input
                             JOIN product_product product ON product.id = input.product_id
                             JOIN product_template template ON template.id = product.product_tmpl_id
                             JOIN product_category category ON category.id = template.categ_id
                            WHERE input.cycle_id = review.cycle_id
                              AND input.user_id = member.res_users_id
                              AND category.sop_family_id = review.family_id)
              FROM sop_demand_review review
              JOIN sop_cycle cycle ON cycle.id = review.cycle_id
              JOIN product_category family ON family.id = review.family_id
              JOIN product_category_sop_contributor_rel member
                ON member.product_category_id = review.family_id
            """
        )

    def _responsibles(self):
        """Whoever is responsible for a step signs it off."""
        return SQL(
            """
            SELECT step.cycle_id, step.company_id, step.user_id, 'responsible', step.code,
                   step.sequence, NULL::integer, NULL, step.date_signed IS NOT NULL
              FROM sop_cycle_step step
             WHERE step.user_id IS NOT NULL
            """
        )
