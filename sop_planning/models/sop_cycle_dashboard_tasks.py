from odoo import fields, models
from odoo.tools import format_datetime

from .sop_decision import LIVE

TASKS = 6
DATES = 4


class SopCycle(models.Model):
    """What the user has to do for a cycle, and the next dates of everybody."""

    _inherit = "sop.cycle"

    def _dashboard_tasks(self):
        return {"todos": self._dashboard_todos(), "dates": self._dashboard_dates()}

    # ---- to-dos and decisions of the user ----

    def _dashboard_todos(self):
        """The user's activities on the records of this cycle, and decisions without one."""
        activities = self._own_activities()
        rows = [
            (
                todo.date_deadline,
                todo.summary or todo.activity_type_id.name or todo.res_name,
                todo.res_name,
                todo.res_model,
                todo.res_id,
                todo.id,
            )
            for todo in activities
        ]
        told = {todo.res_id for todo in activities if todo.res_model == "sop.decision"}
        rows += [
            (item.date_due, item.name, self.env._("Decision"), item._name, item.id, False)
            for item in self._own_decisions()
            if item.id not in told
        ]
        rows.sort(key=lambda row: (not row[0], row[0] or fields.Date.today()))
        return [self._todo(*row) for row in rows[:TASKS]]

    def _own_activities(self):
        """A query a model that the user has something to do on, however many records."""
        todos = self.env["mail.activity"].search(
            [("user_id", "=", self.env.uid), ("res_model", "=like", "sop.%")],
            order="date_deadline, id",
        )
        kept = todos.browse()
        for name, group in todos.grouped("res_model").items():
            model = self.env.get(name)
            if model is None:
                continue
            own = "id" if name == self._name else "cycle_id"
            if own == "id" or own in model._fields:
                domain = [("id", "in", group.mapped("res_id")), (own, "=", self.id)]
                mine = set(model.search(domain).ids)
                kept += group.filtered(lambda todo, mine=mine: todo.res_id in mine)
        return kept

    def _own_decisions(self):
        return self.env["sop.decision"].search(
            [
                ("cycle_id", "=", self.id),
                ("user_id", "=", self.env.uid),
                ("state", "in", LIVE),
            ],
            limit=TASKS,
        )

    def _todo(self, day, label, subject, model, record_id, activity_id):
        today = self.company_id._sop_today()
        return {
            "key": f"{model},{record_id},{label}",
            "label": label,
            "subject": subject if subject and subject != label else "",
            "due": day and self._day_words(day) or "",
            "is_late": bool(day) and day < today,
            "model": model,
            "res_id": record_id,
            "activity_id": activity_id,
        }

    # ---- the next dates of the cycle ----

    def _dashboard_dates(self):
        """The steps that are not signed off: due day and meeting."""
        steps = self.step_ids.sorted("sequence").filtered(lambda step: step.state != "done")
        if self.is_frozen:
            return []
        return [
            {
                "id": step.id,
                "name": step.display_name,
                "due": step.date_due and self._day_words(step.date_due) or "",
                "is_late": step.is_late,
                "is_mine": step.user_id == self.env.user,
                "user": step.user_id.name or "",
                "meeting": step.date_meeting
                and format_datetime(self.env, step.date_meeting, dt_format="EEE d MMM, HH:mm")
                or "",
            }
            for step in steps[:DATES]
        ]
