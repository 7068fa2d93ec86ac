import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sop_cycle import CANCELLED
from .sop_money_mixin import MONEY_GROUP
from .sop_pack import DRAFT, PUBLISHED, REPORT

_logger = logging.getLogger(__name__)

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SopPack(models.Model):
    """From the figures of a cycle to the mail in the inbox of the meeting's people."""

    _inherit = "sop.pack"

    # ---- preview and publishing ----

    @api.model
    def _draft_of(self, cycle):
        """The cycle's draft, made if there is none, with the figures of now."""
        if cycle.state == CANCELLED:
            raise UserError(self.env._("%s is cancelled: it has no meeting.", cycle.name))
        draft = self.search([("cycle_id", "=", cycle.id), ("state", "=", DRAFT)], limit=1)
        draft = draft or self.create([{"cycle_id": cycle.id}])
        draft._preview()
        return draft

    def action_preview(self):
        """Take the cycle's figures as they are now into the draft."""
        for pack in self:
            pack._preview()
        return True

    def _preview(self):
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        value = self._build_value(self.cycle_id, self.note, self.number)
        html = self.env["report.sop_planning.sop_pack_report"]._render_pages(value)
        self.sudo().write({"value": value, "html": html, "date": fields.Datetime.now()})

    def action_publish(self):
        """Freeze the pack, make its files, and send it to the people of the meeting."""
        for pack in self:
            pack._publish()
        return True

    def _publish(self):
        self._preview()
        files = self._make_files()
        pack = self.sudo()
        pack.write(
            {
                **files,
                "state": PUBLISHED,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
            }
        )
        pack.cycle_id.date_pack_published = pack.date
        pack._tell_cycle()
        pack._mail_people()

    # ---- files ----

    def _make_files(self):
        """The attachments of the pack, and why one is missing."""
        pdf, reason = self._make_pdf()
        page = self.env["ir.qweb"]._render("sop_planning.sop_pack_report", {"docs": self})
        contents = {
            "html_id": (str(page).encode(), "html", "text/html"),
            "pdf_id": (pdf, "pdf", "application/pdf"),
            "xlsx_id": (self._make_xlsx(), "xlsx", XLSX_TYPE),
        }
        files = {"pdf_note": reason}
        for name, (content, ending, mimetype) in contents.items():
            if content:
                files[name] = self._attach(content, ending, mimetype).id
        return files

    def _attach(self, content, ending, mimetype):
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{self.file_name}.{ending}",
                    "raw": content,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )

    def _make_pdf(self):
        """The PDF and an empty text, or nothing and the reason in a sentence."""
        reports = self.env["ir.actions.report"].sudo()
        reason = reports._sop_no_pdf_reason()
        if reason:
            return None, reason
        try:
            content, kind = reports._render_qweb_pdf(REPORT, self.ids)
        except UserError as error:  # a printer out of order does not stop the meeting
            _logger.warning("No PDF of S&OP pack %s: %s", self.id, error)
            return None, self.env._("There is no PDF: %s", error)
        if kind != "pdf":
            return None, self.env._("There is no PDF: the server printed a web page instead.")
        return content, ""

    def _make_xlsx(self):
        """The workbook: the same value, and the plan lines behind it."""
        return self.env["sop.pack.xlsx"].sudo()._build(self.value, self.cycle_id.sudo())

    # ---- people ----

    def _tell_cycle(self):
        """On the cycle, without figures: its page Packs lists the files for who may read them."""
        words = self.env._("Meeting pack published: version %s.", self.number)
        self.cycle_id.message_post(
            body=" ".join(filter(None, (words, self.reason, self.pdf_note))),
            subtype_xmlid="mail.mt_note",
        )

    def _people(self):
        """Who takes part: the controller, the responsibles of the steps, the owners of the
        families, the company's executives; each one once, and only who may see the company and its
        amounts: a pack is full of them."""
        cycle = self.cycle_id
        users = cycle.user_id | cycle.step_ids.user_id | cycle.review_ids.user_id
        users |= cycle.review_ids.family_id.sop_owner_id
        group = self.env.ref("sop_planning.sop_planning_group_executive")
        users |= self.env["res.users"].search(
            [("all_group_ids", "in", group.ids), ("company_ids", "in", self.company_id.ids)]
        )
        return users.filtered(
            lambda user: (
                user.active
                and not user.share
                and self.company_id in user.company_ids
                and user.has_group(MONEY_GROUP)
            )
        )

    def _mail_people(self):
        """One message, which everybody gets by mail or in the inbox as he or she prefers."""
        template = self.env.ref("sop_planning.sop_pack_mail_template", raise_if_not_found=False)
        people = self._people().partner_id
        if not template or not people:
            return
        texts = {
            name: template._render_field(name, self.ids, compute_lang=True)[self.id]
            for name in ("subject", "body_html")
        }
        self.message_post(
            subject=texts["subject"],
            body=texts["body_html"],
            partner_ids=people.ids,
            attachment_ids=self.pdf_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_layout_xmlid="mail.mail_notification_layout",
        )

    def get_mail_page(self):
        """The first page for the mail: recommendation, figures, decisions asked."""
        self.ensure_one()
        self.check_access("read")
        self._check_has_pages()
        return self.env["report.sop_planning.sop_pack_report"]._render_mail_page(self.value)
