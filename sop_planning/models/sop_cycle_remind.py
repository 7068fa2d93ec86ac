import logging

from odoo import api, fields, models

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
        today = self.company_id._sop_today()
        occasions = [OPENED]
        if step.date_due and step.date_due == fields.Date.add(today, days=1):
            occasions.append(SOON)
        if step.date_due and step.date_due < today:
            occasions.append(OVERDUE)
        for user, subjects in waiting.items():
            self._schedule(step, user, subjects)
            for occasion in occasions:
                self._tell(step, user, subjects, occasion)
        if OVERDUE in occasions and waiting:
            self._tell(step, self.user_id, self._waiting_names(waiting), OVERDUE)

    def _waiting_for(self, step):
        """{user: what he has not given yet} in a step."""
        rows = (
            self.env["sop.participation"]
            .sudo()
            .search([("cycle_id", "=", self.id), ("step", "=", step.code), ("is_done", "=", False)])
        )
        waiting = {}
        for row in rows.filtered(lambda row: row.user_id.active):
            waiting.setdefault(row.user_id, []).append(row.subject or step.display_name)
        return waiting

    def _waiting_names(self, waiting):
        return [
            f"{user.name}: {', '.join(dict.fromkeys(subjects))}"
            for user, subjects in waiting.items()
        ]

    def _activity_key(self, step):
        return self.env._("S&OP: %s", step.display_name)

    def _open_activities(self, step):
        return self.activity_ids.filtered(
            lambda activity: activity.summary == self._activity_key(step)
        )

    def _schedule(self, step, user, subjects):
        """One activity a person and step, due with the step."""
        known = self._open_activities(step).filtered(lambda activity: activity.user_id == user)
        if known:
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=step.date_due or self.company_id._sop_today(),
            summary=self._activity_key(step),
            note=self.env._("Still to do: %s", ", ".join(dict.fromkeys(subjects))),
            user_id=user.id,
        )

    def _close_activities(self, step, waiting):
        """Activities of who has given everything, and of steps that are over, are done."""
        for other in self.step_ids:
            activities = self._open_activities(other)
            if other == step:
                activities = activities.filtered(lambda a: a.user_id not in waiting)
            activities.action_feedback()

    def _tell(self, step, user, subjects, occasion):
        """One mail a person, step and occasion."""
        notices = self.env["sop.notice"].sudo()
        key = [("step_id", "=", step.id), ("user_id", "=", user.id), ("occasion", "=", occasion)]
        if not user or not user.partner_id or notices.search_count(key, limit=1):
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
        template = self.env.ref("sop_planning.sop_step_mail_template", raise_if_not_found=False)
        if template:
            template.with_context(
                lang=user.lang, sop_user=user, sop_step=step, sop_occasion=occasion,
                sop_subjects=list(dict.fromkeys(subjects)),
            ).send_mail(
                self.id,
                email_values={"recipient_ids": [fields.Command.link(user.partner_id.id)]},
            )  # fmt: skip

    def _set_state(self, state):
        """Who has to do the next step hears of it at once."""
        result = super()._set_state(state)
        for cycle in self.sudo().filtered(lambda c: c.state in OPEN_STATES and c.date_snapshot):
            cycle._close_activities(
                cycle._current_step(), cycle._waiting_for(cycle._current_step())
            )
            for user, subjects in cycle._waiting_for(cycle._current_step()).items():
                cycle._schedule(cycle._current_step(), user, subjects)
        return result
