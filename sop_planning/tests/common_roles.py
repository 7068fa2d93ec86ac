from datetime import date

from odoo import Command, fields
from odoo.service.model import call_kw
from odoo.tests import freeze_time

from .common import TODAY
from .common_scenario import WEEK_4, ScenarioCommon

GROUPS = ("viewer", "sales", "operations", "controller", "executive", "manager")
OUTSIDER = ""  # an employee without any group of S&OP
MONEY = "sop_planning.sop_planning_group_money"


@freeze_time(TODAY)
class RolesCommon(ScenarioCommon):
    """A computed cycle with a record of every model, and somebody of every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._line(cls, cls.cycle, cls.pump).qty_override = 900
            cls._make_people_input()
            cls._make_decision()
            cls._make_process_records()
            cls._make_what_if()
            cls.pack = cls.env["sop.pack"].create({"cycle_id": cls.cycle.id})
            cls.pack.action_preview()
            cls.env["sop.planner"]._write_version(cls.cycle)
        cls.env.flush_all()

    @classmethod
    def _make_people_input(cls):
        env, month = cls.env, date(2026, 12, 1)
        cls.event = env["sop.event"].create(
            {"name": "Fair", "kind": "promotion", "product_ids": cls.valve.ids,
             "date_start": month, "date_end": date(2026, 12, 31), "rate_uplift": 0.2}
        )  # fmt: skip
        env["sop.event.effect"].create(
            {"event_id": cls.event.id, "cycle_id": cls.cycle.id, "company_id": cls.company.id,
             "product_id": cls.valve.id, "bucket_start": month, "qty": 5, "amount": 50}
        )  # fmt: skip
        env["sop.demand.correction"].create(
            {"company_id": cls.company.id, "product_id": cls.valve.id,
             "bucket_start": date(2026, 3, 1), "qty_corrected": 3}
        )  # fmt: skip
        env["sop.target"].create(
            {"family_id": cls.pumps.id, "bucket_start": month, "measure": "revenue", "value": 1e6}
        )
        env["sop.demand.input"].create(
            {"cycle_id": cls.cycle.id, "product_id": cls.valve.id, "bucket_start": month, "qty": 9}
        )
        env["sop.extra.hours"].create(
            {"workcenter_id": cls.lathe.id, "date_from": month, "date_to": date(2026, 12, 6),
             "hours_per_week": 4, "cost_hour": 60, "company_id": cls.company.id}
        )  # fmt: skip

    @classmethod
    def _make_decision(cls):
        cls.decision = cls.env["sop.decision"].create(
            {"cycle_id": cls.cycle.id, "name": "Second shift?", "amount_impact": 5000,
             "option_ids": [Command.create({"name": "Wait"}),
                            Command.create({"name": "Shift", "amount_cost": 700})]}
        )  # fmt: skip

    @classmethod
    def _make_what_if(cls):
        lever = {"kind": "extra_hours", "value": 18, "workcenter_id": cls.lathe.id,
                 "date_from": WEEK_4[0], "date_to": WEEK_4[1]}  # fmt: skip
        cls.what_if = cls.env["sop.scenario"].create(
            {"cycle_id": cls.cycle.id, "lever_ids": [Command.create(lever)]}
        )
        cls.what_if.action_simulate()

    @classmethod
    def _make_process_records(cls):
        step = cls.cycle.step_ids[:1]
        owned = {"cycle_id": cls.cycle.id, "company_id": cls.company.id, "user_id": cls.env.uid}
        cls.env["sop.notice"].create({**owned, "step_id": step.id, "occasion": "opened"})
        cls.env["sop.run.step"].create({"run_id": cls.cycle.run_ids[:1].id, "name": "Reading"})
        risk = cls.env["sop.supplier.risk"].search([("cycle_id", "=", cls.cycle.id)], limit=1)
        cls.env["sop.supplier.risk.family"].create(
            {"risk_id": risk.id, "cycle_id": cls.cycle.id, "company_id": cls.company.id,
             "family_id": cls.pumps.id, "amount": 1000}
        )  # fmt: skip
        cls.env["sop.presence"].create({**owned, "moment": fields.Datetime.now()})

    # ---- the addon's models and records ----

    def _models(self):
        """The models that this addon makes, without the abstract ones."""
        return [
            name
            for name in sorted(self.env)
            if self.env[name]._original_module == "sop_planning" and not self.env[name]._abstract
        ]

    def _samples(self):
        return {name: self._sample(name) for name in self._models()}

    def _sample(self, name, user=None):
        """A record of a model, the company's own; of a dialog: as this user has opened it."""
        model = self.env[name].with_context(active_test=False).sudo()
        if model._transient:
            return self._dialog(name, user or self.env.user)
        owners = [self.company.id, False]
        owner = "run_id.company_id" if name == "sop.run.step" else "company_id"
        domain = [(owner, "in", owners)] if owner.split(".")[0] in model._fields else []
        return model.search(domain, limit=1).with_env(self.env)

    def _dialog(self, name, user):
        env = self.env(user=user, su=True)
        rows = {model: self._sample(model) for model in (
            "sop.data.issue", "sop.demand.line", "sop.exception", "sop.supplier.risk",
            "sop.supply.product", "sop.plan.version",
        )}  # fmt: skip
        cycle, version = self.cycle.id, rows["sop.plan.version"].id
        values = {
            "sop.cycle.reason": {"cycle_id": cycle, "kind": "jump", "reason": "Because"},
            "sop.cycle.first": {"month": "2026-10-01"},
            "sop.data.issue.answer": {"issue_ids": rows["sop.data.issue"].ids, "note": "Right"},
            "sop.decision.answer": {"decision_id": self.decision.id, "answer": "drop",
                                    "reason": "Because"},
            "sop.demand.adjust": {
                "cycle_id": cycle, "scope_line_ids": rows["sop.demand.line"].ids, "value": 10,
                "month_from": rows["sop.demand.line"].bucket_start,
                "month_to": rows["sop.demand.line"].bucket_start,
                "reason_id": env["sop.override.reason"].search([], limit=1).id,
            },
            "sop.example": {"stage": "start"},
            "sop.exception.answer": {"state": "dismissed", "note": "Because",
                                     "exception_ids": rows["sop.exception"].ids},
            "sop.demand.sheet.export": {"cycle_id": cycle},
            "sop.demand.sheet.import": {"cycle_id": cycle},
            "sop.plan.compare": {"old_version_id": version, "new_cycle_id": cycle},
            "sop.scenario.new": {"cycle_id": cycle, "workcenter_id": self.lathe.id},
            "sop.scenario.select": {"scenario_id": self.what_if.id, "reason": "Because"},
            "sop.stock.target.apply": {},
            "sop.strategy.compare": {"cycle_id": cycle},
            "sop.supplier.risk.answer": {"state": "dismissed", "note": "Because",
                                         "risk_ids": rows["sop.supplier.risk"].ids},
        }  # fmt: skip
        if name in values:
            return env[name].create(values[name]).with_env(self.env)
        return self._dialog_line(name, user, env, rows)

    def _dialog_line(self, name, user, env, rows):
        if name in ("sop.plan.comparison", "sop.plan.bridge"):
            compare = self._dialog("sop.plan.compare", user)
            own = {"compare_id": compare.id, "company_id": self.company.id}
            own |= {"bucket_start": date(2026, 12, 1), "family_id": self.pumps.id}
            extra = {"product_id": self.pump.id} if name == "sop.plan.comparison" else {}
            return env[name].create({**own, **extra}).with_env(self.env)
        if name == "sop.demand.sheet.change":
            owner = self._dialog("sop.demand.sheet.import", user)
            values = {"import_id": owner.id, "line_id": rows["sop.demand.line"].id,
                      "kind": "change"}  # fmt: skip
            return env[name].create(values).with_env(self.env)
        self.assertTrue(name.endswith(".line"), f"no record of {name}: add one to _dialog")
        owner = self._dialog(name.removesuffix(".line"), user)
        values = {"sop.cycle.first.line": {"code": "data"},
                  "sop.stock.target.apply.line": {"fact_id": rows["sop.supply.product"].id},
                  "sop.strategy.compare.line": {"strategy": "chase"}}  # fmt: skip
        return env[name].create({"wizard_id": owner.id, **values[name]}).with_env(self.env)

    # ---- people and what they do ----

    def _people(self):
        return {role: self._user(role) for role in (*GROUPS, OUTSIDER)}

    def _stranger(self):
        """The administrator of another company."""
        if not hasattr(self, "elsewhere"):
            self.elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        return self._user("manager", self.elsewhere)

    def _hide_money(self):
        """What the setting does."""
        self.env["res.config.settings"].create({"group_sop_planning_money": False}).execute()

    def _rpc(self, user, model, method, *args, **kwargs):
        """Call a method as the browser does."""
        context = {"allowed_company_ids": user.company_ids.ids}
        records = self.env(user=user, su=False, context=context)[model]
        return call_kw(records, method, list(args), {**kwargs, "context": context})

    def _written(self):
        """Rows that this transaction has written so far: {table: number}."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return dict(self.env.cr.fetchall())

    def _changed_since(self, before):
        """Tables written since then, without those of dialogs."""
        now = self._written()
        return {
            table
            for table, count in now.items()
            if count != before.get(table, 0) and table not in self._dialog_tables()
        }

    def _dialog_tables(self):
        if not hasattr(self, "dialog_tables"):
            dialogs = [self.env[name] for name in self.env if self.env[name]._transient]
            links = (field for dialog in dialogs for field in dialog._fields.values()
                     if field.type == "many2many" and field.store)  # fmt: skip
            tables = {dialog._table for dialog in dialogs} | {field.relation for field in links}
            type(self).dialog_tables = tables
        return self.dialog_tables
