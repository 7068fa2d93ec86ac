import pandas as pd

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.sop_planning.models.sop_source_pipeline import CONVERSION_MONTHS


class SopSource(models.AbstractModel):
    """How far its opportunity got says more of a quotation than whether it was sent."""

    _inherit = "sop.source"

    def _demand_day(self, company):
        """What an open quotation without an agreed date offers is requested when its opportunity is
        expected to close, plus the customer lead time."""
        return SQL(
            """
            COALESCE(
                CASE WHEN sale.commitment_date IS NULL AND sale.state IN ('draft', 'sent')
                     THEN (SELECT (lead.date_deadline + line.customer_lead * INTERVAL '1 day')::date
                             FROM crm_lead lead WHERE lead.id = sale.opportunity_id) END,
                %s)
            """,
            super()._demand_day(company),
        )

    def _quotation_joins(self):
        """With the opportunity, if any; quotations of a lost one are left out."""
        return SQL(
            """
            %s
            CROSS JOIN LATERAL (
                SELECT lead.stage_id, lead.won_status
                  FROM (VALUES (sale.opportunity_id)) AS quotation(opportunity_id)
             LEFT JOIN crm_lead lead ON lead.id = quotation.opportunity_id
                 WHERE lead.won_status IS DISTINCT FROM 'lost') opportunity
            """,
            super()._quotation_joins(),
        )

    def _quotation_stage(self):
        """The stage of the opportunity. Where there is none, the state of the quotation; likewise
        where the opportunity has its order already: what else was quoted is a variant."""
        return SQL(
            """
            COALESCE(
                CASE WHEN opportunity.won_status != 'won' OR NOT EXISTS (
                              SELECT FROM sale_order won
                               WHERE won.opportunity_id = sale.opportunity_id
                                 AND won.state = 'sale')
                     THEN 'crm:' || opportunity.stage_id END,
                %s)
            """,
            super()._quotation_stage(),
        )

    @api.model
    def _read_conversions(self, company):
        """Adds the opportunities that were decided, by stage and team: won ones passed every stage
        of their team, lost ones those up to where they were lost. Opportunities of no company are
        everybody's, as in CRM."""
        today = company._sop_today()
        opportunities = self._query(
            SQL(
                """
                WITH decided AS (
                    SELECT lead.stage_id, lead.team_id, lead.won_status, COUNT(*)::float8 AS leads
                      FROM crm_lead lead
                     WHERE lead.type = 'opportunity' AND lead.won_status IN ('won', 'lost')
                       AND (lead.company_id = %(company)s OR lead.company_id IS NULL)
                       AND COALESCE(lead.date_closed, lead.create_date) >= %(since)s
                  GROUP BY lead.stage_id, lead.team_id, lead.won_status)
                SELECT 'crm:' || stage.id AS stage, COALESCE(decided.team_id, 0) AS team_id,
                       COALESCE(SUM(leads) FILTER (WHERE won_status = 'won'), 0) AS won,
                       COALESCE(SUM(leads) FILTER (WHERE won_status = 'lost'), 0) AS lost
                  FROM decided
                  JOIN crm_stage reached ON reached.id = decided.stage_id
                  JOIN crm_stage stage
                    ON decided.won_status = 'won' OR stage.sequence <= reached.sequence
                 WHERE stage.id = reached.id OR COALESCE((
                           SELECT BOOL_OR(own.crm_team_id IS NOT DISTINCT FROM decided.team_id)
                             FROM crm_stage_crm_team_rel own
                            WHERE own.crm_stage_id = stage.id), TRUE)
              GROUP BY 1, 2
              ORDER BY 1, 2
                """,
                company=company.id,
                since=company._sop_months_after(today, -CONVERSION_MONTHS),
            )
        )
        return pd.concat([super()._read_conversions(company), opportunities], ignore_index=True)
