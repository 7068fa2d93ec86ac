import base64

from odoo import api, fields, models

from ..models.navigation import FAMILY_NAMES


class SopDemandSheetExport(models.TransientModel):
    """A demand sheet on its way to the browser: it is made when it is fetched."""

    _name = "sop.demand.sheet.export"
    _description = "S&OP Export Demand Sheet"

    cycle_id = fields.Many2one("sop.cycle", required=True, readonly=True, ondelete="cascade")
    content = fields.Binary(
        compute="_compute_content", attachment=False, help="The sheet with the figures of now."
    )
    file_name = fields.Char(compute="_compute_file_name")

    @api.depends("cycle_id")
    @api.depends_context("uid", "lang")
    def _compute_content(self):
        for export in self:
            cycle = export.cycle_id.with_context(**FAMILY_NAMES)
            export.content = base64.b64encode(self.env["sop.demand.sheet"]._build(cycle))

    @api.depends("cycle_id")
    def _compute_file_name(self):
        for export in self:
            export.file_name = f"SOP-demand-{export.cycle_id.month:%Y-%m}.xlsx"

    @api.model
    def _download(self, cycle):
        """The sheet of a cycle as a download."""
        cycle.check_access("read")
        cycle._check_computed()
        export = self.create([{"cycle_id": cycle.id}])
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{export.id}/content/{export.file_name}"
            "?download=true",
            "target": "download",
        }

    @api.model
    def _download_shown(self):
        """The sheet of the cycle of the records that are shown, else of the current one."""
        return self._download(self._shown_cycle())

    @api.model
    def _shown_cycle(self):
        """The cycle of the chosen reviews or plan lines; without any, the dashboard's."""
        context = self.env.context
        model, chosen = context.get("active_model"), context.get("active_ids") or []
        if model in ("sop.demand.review", "sop.demand.line") and chosen:
            return self.env[model].browse(chosen[:1]).exists().cycle_id
        if model == "sop.cycle" and chosen:
            return self.env[model].browse(chosen[:1]).exists()
        return self.env["sop.cycle"]._dashboard_cycle()
