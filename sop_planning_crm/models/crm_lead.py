from markupsafe import Markup

from odoo import api, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """What people entered in a plan because of opportunities falls when these are lost."""
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        lost = self.filtered(lambda lead: new_status_by_lead.get(lead.id, {}).get("is_lost"))
        if lost:
            journal = self.env["sop.demand.override"].sudo()
            journal._fall_with_sources(lost._sop_source_domain())
        return result

    def _merge_dependences(self, opportunities):
        """What rested on the merged opportunities rests on the one that is kept."""
        result = super()._merge_dependences(opportunities)
        entries = self.env["sop.demand.override"].sudo().search(opportunities._sop_source_domain())
        entries.source_ref = self
        return result

    def _sop_source_domain(self):
        return [("source_ref", "in", [f"crm.lead,{lead.id}" for lead in self])]

    @api.model
    def _action_sop_pipeline(self):
        """The open opportunities that are expected to close in the months planned, by stage."""
        company = self.env.company
        cycles = self.env["sop.cycle"]._current_cycles()
        cycle = cycles.filtered(lambda cycle: cycle.company_id == company)
        month = cycle.month or company._sop_month(company._sop_today())
        end = cycle.date_end or company._sop_months_after(month, company.sop_horizon_months)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_opportunities"),
            "display_name": self.env._("CRM Pipeline"),
            "path": "sop-crm-pipeline",  # that reloading the page leads back here
            "domain": [
                ("type", "=", "opportunity"),
                ("date_deadline", ">=", month),
                ("date_deadline", "<", end),
            ],
            "context": {
                "default_type": "opportunity",
                "search_default_open_opportunities": 1,
                "search_default_stage": 1,
            },
            "help": self._sop_pipeline_help(),
        }

    def _sop_pipeline_help(self):
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (
            self.env._("No opportunity is expected to close in the months planned"),
            self.env._(
                "Quotations of an opportunity count in the demand plan as often as opportunities of"
                " its stage and sales team were won. Enter the expected closing of opportunities to"
                " see them here."
            ),
        )
