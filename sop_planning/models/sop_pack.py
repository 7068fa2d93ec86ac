from odoo import api, fields, models
from odoo.exceptions import UserError

DRAFT, PUBLISHED = "draft", "published"
REPORT = "sop_planning.sop_pack_report_action"


class SopPack(models.Model):
    """What a meeting is held on: the plan of a cycle as one frozen value, with its faces."""

    _name = "sop.pack"
    _description = "S&OP Meeting Pack"
    _inherit = ["sop.readonly.mixin", "mail.thread"]
    _order = "cycle_id desc, number desc"
    _mail_post_access = "read"

    cycle_id = fields.Many2one(
        "sop.cycle", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    number = fields.Integer(string="Version", required=True, readonly=True, aggregator=False)
    state = fields.Selection(
        [(DRAFT, "Draft"), (PUBLISHED, "Published")],
        default=DRAFT,
        required=True,
        readonly=True,
        tracking=True,
        help="A draft shows the figures of its last preview. A published pack never changes: what"
        " is new goes into the next version.",
    )
    date = fields.Datetime(readonly=True, help="When it was published; of a draft, last previewed.")
    user_id = fields.Many2one("res.users", string="Published by", readonly=True)
    note = fields.Text(
        string="Recommendation",
        help="What the controller recommends, in a few sentences: it opens the first page. Left"
        " empty, the scenario is recommended that serves the company's goal best.",
    )
    reason = fields.Char(
        string="Why a new version", help="What has changed since the version before."
    )
    value = fields.Json(
        readonly=True, help="Everything that the pages, the PDF and the workbook show."
    )
    html = fields.Html(string="Pages", sanitize=False, readonly=True)
    html_id = fields.Many2one("ir.attachment", string="Web page", readonly=True)
    pdf_id = fields.Many2one("ir.attachment", string="PDF", readonly=True)
    xlsx_id = fields.Many2one("ir.attachment", string="Workbook", readonly=True)
    pdf_note = fields.Char(
        string="Why there is no PDF", readonly=True, help="Empty when the PDF was made."
    )
    file_name = fields.Char(compute="_compute_file_name")

    _cycle_number_unique = models.Constraint(
        "UNIQUE (cycle_id, number)", "A cycle has each version of its meeting pack once."
    )

    @api.depends("cycle_id", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for pack in self:
            pack.display_name = self.env._(
                "%(cycle)s, version %(number)s", cycle=pack.cycle_id.name, number=pack.number
            )

    @api.depends("cycle_id.month", "company_id.name", "number")
    def _compute_file_name(self):
        for pack in self:
            month = pack.cycle_id.month
            company = "".join(
                letter if letter.isalnum() else "-" for letter in pack.company_id.name or ""
            )
            pack.file_name = f"SOP-{company}-{month and f'{month:%Y-%m}'}-v{pack.number}"

    # ---- what stays as it is ----

    @api.model_create_multi
    def create(self, vals_list):
        """A pack takes the next number of its cycle, and its figures from the cycle alone."""
        if not self.env.su:
            asked = ("cycle_id", "note", "reason")
            vals_list = [{k: v for k, v in vals.items() if k in asked} for vals in vals_list]
        packs = self.browse()
        for vals in vals_list:
            cycle = self.env["sop.cycle"].browse(vals.get("cycle_id"))
            cycle.check_access("read")
            last = self.sudo().search([("cycle_id", "=", cycle.id)], limit=1)
            packs += super().create(
                [{**vals, "company_id": cycle.company_id.id, "number": last.number + 1}]
            )
        return packs

    def write(self, vals):
        """Nothing of a published pack changes, whoever asks."""
        kept = self._fields.keys() - self.env["mail.thread"]._fields.keys()
        if kept & vals.keys():
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        for pack in self:
            if pack.state == PUBLISHED:
                raise UserError(
                    self.env._(
                        "%s is published and stays as it is: publish the pack of the cycle again to"
                        " make the next version.",
                        pack.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_draft()

    # ---- buttons ----

    def action_open_pages(self):
        """The pages in a tab of their own, to read or to print from the browser."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/report/html/sop_planning.sop_pack_report/{self.id}",
            "target": "new",
        }

    def action_print(self):
        """The PDF; the pages in the browser where the server cannot make one."""
        self.ensure_one()
        self._check_has_pages()
        if self.env["ir.actions.report"]._sop_no_pdf_reason():
            return self.action_open_pages()
        return self.env.ref(REPORT).report_action(self)

    def _check_has_pages(self):
        for pack in self:
            if not pack.value:
                raise UserError(
                    self.env._("%s has no pages yet: press Preview first.", pack.display_name)
                )

    def action_download_pdf(self):
        return self._download(self.pdf_id)

    def action_download_xlsx(self):
        return self._download(self.xlsx_id)

    def _download(self, attachment):
        self.ensure_one()
        if not attachment:
            raise UserError(self.pdf_note or self.env._("%s has no such file.", self.display_name))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }
