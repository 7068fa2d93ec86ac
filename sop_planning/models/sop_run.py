import time
from contextlib import contextmanager

from psycopg2 import OperationalError

from odoo import api, fields, models

# step of a refresh: share of the work done when it ends, as measured
PROGRESS = {
    "gather": 0.15,
    "clean": 0.18,
    "forecast": 0.36,
    "compose": 0.40,
    "write": 0.50,
    "learn": 0.56,
    "flag": 0.62,
    "supply": 0.70,
    "net": 0.72,
    "scenarios": 0.80,
    "store": 0.92,
    "suppliers": 0.95,
    "check": 1.0,
}
DEAD_MINUTES = 60
CHANNEL = "sop_planning/progress"


class SopRun(models.Model):
    _name = "sop.run"
    _description = "S&OP Run"
    _order = "id desc"

    cycle_id = fields.Many2one(
        "sop.cycle", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="cycle_id.company_id", store=True, index=True)
    user_id = fields.Many2one("res.users", string="Started by", readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        default="running",
        required=True,
        readonly=True,
    )
    seconds = fields.Float(readonly=True, digits=(12, 2))
    message = fields.Text(readonly=True, help="Why the run failed and what to do about it.")
    log = fields.Json(readonly=True, help="Steps and feeds with rows and seconds.")
    log_text = fields.Text(string="Steps and feeds", compute="_compute_log_text")
    step_ids = fields.One2many("sop.run.step", "run_id", readonly=True)

    @api.depends("create_date", "cycle_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Refresh of %s", run.cycle_id.name)

    @api.depends("log")
    def _compute_log_text(self):
        for run in self:
            run.log_text = "\n".join(
                f"{row['seconds']:>8.2f} s  {row['name']:<22}{row['rows'] or ''}"
                for row in run.log or []
            )

    def action_execute(self):
        """Compute the plan of the run's cycle; progress can be followed meanwhile."""
        self.ensure_one()
        self.cycle_id.check_access("write")
        # the run may be finished, or at work in another request, which will tell how it ends
        if self.state != "running" or not self.sudo().try_lock_for_update(allow_referencing=True):
            return False
        try:
            self._compute_plan()
        except OperationalError:
            raise  # a conflict with another transaction: the server tries again
        except Exception as error:
            self.env.cr.rollback()
            self._fail_apart(str(error))
            raise
        return True

    def _compute_plan(self):
        started = time.monotonic()
        log = []
        self.env["sop.planner"]._refresh(self.cycle_id, lambda name: self._track(name, log))
        self.sudo().write({"state": "done", "log": log, "seconds": time.monotonic() - started})
        self._tell()
        self.cycle_id._tell_changed()

    def _fail(self, message):
        self.sudo().write({"state": "failed", "message": message})
        self._tell()

    def _tell(self):
        """Push how far these runs are to the people who started them; the bus sends it when the
        transaction is committed."""
        for run in self.sudo():
            run.user_id._bus_send(
                CHANNEL,
                {
                    "run_id": run.id,
                    "cycle_id": run.cycle_id.id,
                    "cycle": run.with_context(lang=run.user_id.lang).cycle_id.name,
                    **run.get_progress(),
                },
            )

    @api.model
    def _fail_dead(self, cycle):
        """Runs that began long ago and never ended died with their server; their work is undone."""
        limit = fields.Datetime.subtract(self.env.cr.now(), minutes=DEAD_MINUTES)
        dead = self.sudo().search(
            [
                ("cycle_id", "=", cycle.id),
                ("state", "=", "running"),
                ("create_date", "<", limit),
            ]
        )
        dead._fail(self.env._("The server stopped before the run ended: nothing was changed."))

    def _fail_apart(self, message):
        """Record the failure in a transaction of its own: this one is lost with its error."""
        with self.env.registry.cursor() as cr:
            self.with_env(self.env(cr=cr)).exists()._fail(message)

    @contextmanager
    def _track(self, name, log):
        """Time a step or a feed; the block may set ``row["rows"]``. Steps move the progress."""
        row = {"name": name, "rows": None, "seconds": 0.0}
        started = time.monotonic()
        yield row
        row["seconds"] = round(time.monotonic() - started, 3)
        log.append(row)
        if name in PROGRESS:
            self._show_progress(name)

    def _show_progress(self, name):
        """Tell other transactions, and the browser of who started it, how far this run is.

        A cursor of its own, since the run's transaction commits once, at its end. A new row
        rather than an update of the run, which this transaction will update itself. A run that
        is not committed yet (a direct call) is not followed by anybody: nothing is inserted.
        """
        with self.env.registry.cursor() as cr:
            run = self.with_env(self.env(cr=cr, su=True)).exists()
            if run:
                run.step_ids.create({"run_id": run.id, "name": name, "rate_done": PROGRESS[name]})
                run._tell()

    @api.readonly
    def get_progress(self):
        """How far the run is: its state, the last step done, the share of the work, the error."""
        self.ensure_one()
        last = self.step_ids.sorted("id")[-1:]
        return {
            "state": self.state,
            "step": last.name or "",
            "rate_done": 1.0 if self.state == "done" else last.rate_done,
            "message": self.message or "",
        }

    @api.autovacuum
    def _gc_runs(self):
        """Keep the runs of the last three months."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), months=3)
        self.search([("create_date", "<", limit)], limit=10000).unlink()


class SopRunStep(models.Model):
    _name = "sop.run.step"
    _description = "S&OP Run Step"
    _order = "id"

    run_id = fields.Many2one("sop.run", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    rate_done = fields.Float(string="Done")
