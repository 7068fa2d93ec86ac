import logging

from odoo import api, fields, models
from odoo.fields import Domain

from .sop_cycle import OPEN_STATES

_logger = logging.getLogger(__name__)
OPENED, SOON, OVERDUE = "opened", "soon", "overdue"


class SopNotice(models.Model):
    """What somebody was told already: one mail a person, step and occasion."""

    _name = "sop.notice"
    _description = "S&OP Notice"
    _order = "id desc"

    cycle_id = fields.Many2one("sop.cycle", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, index=True)
    step_id = fields.Many2one("sop.cycle.step", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    occasion = fields.Selection(
        [(OPENED, "Step begun"), (SOON, "Due tomorrow"), (OVERDUE, "Overdue")], required=True
    )

    _once = models.UniqueIndex("(step_id, user_id, occasion)")


class SopCycle(models.Model):
    """Who still has to do something is told: by an activity, and by one mail a step."""

    _inherit = "sop.cycle"

    @api.model
    def _cron_remind(self):
        """Tell people of open cycles what is expected of them. Safe to run any number of times."""
        cron = self.env["ir.cron"]
        cycles = self.search([("state", "in", OPEN_STATES), ("date_snapshot", "!=", False)])
        cron._commit_progress(remaining=len(cycles))
        for cycle in cycles:
            try:
                cycle._remind()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("The reminders of S&OP cycle %s failed", cycle.id)
            if not cron._commit_progress(1):
                break

    def _remind(self):
        """Activities and mails of the current step; what is done closes its activity."""
        self.ensure_one()
        step = self._current_step()
        waiting = self._waiting_for(step)
        self._close_activities(step, waiting)
        self._schedule_all(step, waiting)
        occasion = self._occasion(step)
        if occasion == OVERDUE and waiting:
            # first: who is waited for and controls the cycle gets the copy, which names all
            self._tell(step, self.user_id, self._waiting_names(waiting), OVERDUE)
        for user, subjects in waiting.items():
            self._tell(step, user, subjects, occasion)

    def _occasion(self, step):
        today = self.company_id._sop_today()
        if step.date_due and step.date_due < today:
            return OVERDUE
        is_soon = step.date_due == fields.Date.add(today, days=1)
        return SOON if is_soon else OPENED

    def _waiting_for(self, step):
        """{user: what he has not given yet} in a step; only people who work for the company."""
        rows = (
            self.env["sop.participation"]
            .sudo()
            .search([("cycle_id", "=", self.id), ("step", "=", step.code), ("is_done", "=", False)])
        )
        waiting = {}
        for row in rows.filtered(lambda row: self._can_be_told(row.user_id)):
            subject = row.subject or step.with_context(lang=row.user_id.lang).display_name
            subjects = waiting.setdefault(row.user_id, [])
            if subject not in subjects:
                subjects.append(subject)
        return waiting

    def _can_be_told(self, user):
        return user.active and self.company_id in user.sudo().company_ids

    def _waiting_names(self, waiting):
        return [f"{user.name}: {', '.join(subjects)}" for user, subjects in waiting.items()]

    def _open_activities(self, step):
        return self.activity_ids.filtered(lambda activity: activity.sop_step_id == step)

    def _schedule_all(self, step, waiting):
        """One activity a person and step, due with the step, that tells what is left."""
        known = self._open_activities(step)
        for user, subjects in waiting.items():
            words = self.with_context(lang=user.lang).env._("Still to do: %s", ", ".join(subjects))
            own = known.filtered(lambda activity, user=user: activity.user_id == user)
            if own:
                own.write({"note": words, "date_deadline": self._deadline(step)})
            else:
                self._schedule(step, user, words)

    def _schedule(self, step, user, words):
        step = step.with_context(lang=user.lang)
        # quick: the mail about it is ours, Odoo sends no second one
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self._deadline(step),
            summary=step.env._("S&OP: %s", step.display_name),
            note=words,
            user_id=user.id,
            sop_step_id=step.id,
        )

    def _deadline(self, step):
        return step.date_due or self.company_id._sop_today()

    def _close_activities(self, step, waiting):
        """Who has given everything is done; what nobody needs any more, since its step is over, is
        taken away without being called done."""
        over = self.env["mail.activity"]
        done = self.env["mail.activity"]
        activities = self.activity_ids.filtered("sop_step_id")
        for its_step, own in activities.grouped("sop_step_id").items():
            left = waiting if its_step == step else self._waiting_for(its_step)
            still = own.filtered(lambda activity, left=left: activity.user_id in left)
            done += own - still
            if its_step != step:
                over += still
        over.unlink()
        done.note = False  # what was still to do
        done.action_feedback()

    def _tell(self, step, user, subjects, occasion):
        """One mail a person, step and occasion; that it has begun only who knows nothing of it."""
        notices = self.env["sop.notice"].sudo()
        key = [("step_id", "=", step.id), ("user_id", "=", user.id)]
        if occasion != OPENED:
            key.append(("occasion", "=", occasion))
        if not user or not self._can_be_told(user) or notices.search_count(key, limit=1):
            return
        notices.create(
            {
                "cycle_id": self.id,
                "company_id": self.company_id.id,
                "step_id": step.id,
                "user_id": user.id,
                "occasion": occasion,
            }
        )
        self._send_reminder(step, user, subjects, occasion)

    def _send_reminder(self, step, user, subjects, occasion):
        template = self.env.ref("sop_planning.sop_step_mail_template", raise_if_not_found=False)
        if not template:
            return
        # of no record: the cycle's chatter is for what people say
        nowhere = {"model": False, "res_id": False}
        template.with_context(
            lang=user.lang, sop_user=user, sop_step=step.with_context(lang=user.lang),
            sop_occasion=occasion, sop_subjects=subjects,
        ).send_mail(
            self.id,
            email_values={**nowhere, "recipient_ids": [fields.Command.link(user.partner_id.id)]},
        )  # fmt: skip

    def _set_state(self, state):
        """Who has to do the next step hears of it at once; at the end nothing is left to do."""
        result = super()._set_state(state)
        for cycle in self.sudo():
            step = cycle._current_step()
            waiting = cycle._waiting_for(step) if cycle.date_snapshot and step else {}
            cycle._close_activities(step, waiting)
            cycle._schedule_all(step, waiting)
        return result


class MailActivity(models.Model):
    _inherit = "mail.activity"

    sop_step_id = fields.Many2one(
        "sop.cycle.step",
        string="S&OP step",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    def action_open_document(self):
        """Whose families wait for figures in the demand review lands where they are entered."""
        if self.sop_step_id.code == "demand" and self._has_own_lines():
            return self.sop_step_id.cycle_id._open(
                "sop_demand_grid_action", search_default_by_family=1, search_default_mine=1
            )
        return super().action_open_document()

    def _has_own_lines(self):
        """The plan has families that the user owns or contributes to."""
        own = Domain("family_id.sop_owner_id", "=", self.env.uid)
        own |= Domain("family_id.sop_contributor_ids", "in", self.env.uid)
        domain = own & Domain("cycle_id", "=", self.sop_step_id.cycle_id.id)
        return bool(self.env["sop.demand.line"].search_count(domain, limit=1))
