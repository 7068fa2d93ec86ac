import inspect
from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_scenario import ScenarioCommon

# what is said about a plan, and what people do after its approval, is no part of it
AFTER = {"sop.cycle.step", "sop.data.issue", "sop.decision", "sop.decision.option", "sop.pack",
         "sop.promise", "sop.run"}  # fmt: skip
DISCUSSION = ("message_", "activity_", "my_activity_", "website_message")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWriteGate(ScenarioCommon):
    """Nothing of an approved plan changes: by a call, an import or a scheduled action."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            line = cls._line(cls, cls.cycle, cls.pump)
            line.qty_sales = 40
            line.qty_override = 50
            cls.event = cls.env["sop.event"].create(
                {
                    "name": "Pump weeks",
                    "kind": "promotion",
                    "product_ids": [(6, 0, cls.pump.ids)],
                    "date_start": date(2027, 1, 1),
                    "date_end": date(2027, 1, 31),
                    "rate_uplift": 0.5,
                }
            )
            cls.cycle.action_refresh()

    def setUp(self):
        super().setUp()
        self._ask(self._overtime()).action_select("Cheaper")
        self._approve()

    def _plan_models(self):
        """Every stored model whose records belong to a cycle."""
        names = []
        for name, model in self.env.registry.items():
            is_stored = model._auto and not model._abstract and not model._transient
            if name.startswith("sop.") and is_stored and name not in AFTER:
                fields = model._fields
                if "cycle_id" in fields or "scenario_id" in fields or "gap_id" in fields:
                    names.append(name)
        return sorted(names)

    def _own(self, name):
        model = self.env[name].with_context(active_test=False)
        for path in ("cycle_id", "scenario_id.cycle_id", "gap_id.cycle_id"):
            if path.split(".")[0] in model._fields:
                return model.search([(path, "=", self.cycle.id)])
        return model

    def _prints(self, names):
        """A digest of all rows of the plan, a model."""
        self.env.flush_all()
        prints = {}
        for name in names:
            records = self._own(name)
            self.env.cr.execute(
                f"SELECT md5(string_agg(row::text, ',' ORDER BY id)), count(*)"
                f" FROM {self.env[name]._table} row WHERE id = ANY(%s)",
                [records.ids],
            )
            prints[name] = self.env.cr.fetchone()
        return prints

    def _attempt(self, action):
        """Do it, or be refused; whether it was refused."""
        try:
            with mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule",
                             "odoo.models.unlink"), self.env.cr.savepoint():  # fmt: skip
                action()
                self.env.flush_all()
        except (UserError, IntegrityError):
            self.env.invalidate_all()
            return True
        self.env.invalidate_all()
        return False

    def _other_value(self, record, field):
        """A value that the field does not have."""
        now = record[field.name]
        match field.type:
            case "boolean":
                return not now
            case "integer" | "float" | "monetary":
                return (now or 0) + 1
            case "char" | "text":
                return f"{now or ''} changed"
            case "html":
                return "<p>changed</p>"
            case "date":
                return date(2027, 3, 1)
            case "selection":
                values = [value for value, _label in field._description_selection(self.env)]
                return next(value for value in values if value != now)
            case "many2one":
                other = self.env[field.comodel_name].search([("id", "!=", now.id)], limit=1)
                return other.id
        return None

    def _fields_of(self, model):
        return [
            field
            for field in model._fields.values()
            if field.store and field.name not in ("id", "create_uid", "write_uid", "create_date",
                                                  "write_date")
            and not field.name.startswith(DISCUSSION)
            and field.type not in ("one2many", "many2many", "json", "datetime", "binary")
        ]  # fmt: skip

    def test_every_model_of_the_plan_refuses_a_controller(self):
        names = self._plan_models()
        filled = {name for name in names if self._own(name)}
        expected = {"sop.demand.line", "sop.demand.product", "sop.demand.review",
                    "sop.demand.input", "sop.demand.override", "sop.event.effect", "sop.exception",
                    "sop.scenario", "sop.scenario.lever", "sop.scenario.family",
                    "sop.supply.line", "sop.supply.product", "sop.supply.gap",
                    "sop.supply.gap.line", "sop.capacity.line", "sop.plan.version"}  # fmt: skip
        self.assertFalse(expected - filled, "no record to try")
        before = self._prints(names)
        controller = self._user("controller")
        holes = []
        for name in sorted(filled):
            record = self._own(name)[:1].with_user(controller).with_context(active_test=False)
            holes += self._try_all(record)
        self.assertEqual(holes, [])
        after = self._prints(names)
        changed = [name for name in names if before[name] != after[name]]
        self.assertFalse(changed)

    def _try_all(self, record):
        """Every field by a call, one of them by an import; delete, copy, and create anew."""
        passed = []
        fields = self._fields_of(record)
        for field in fields:
            value = self._other_value(record.sudo(), field)
            if value is None:
                continue
            point = self._prints([record._name])
            if not self._attempt(lambda f=field, v=value: record.write({f.name: v})):
                if self._prints([record._name]) != point:
                    passed.append(f"write {field.name}")
        actions = {
            "unlink": lambda: record.unlink(),
            "copy": lambda: record.copy(),
            "import": lambda: record.browse().load(
                [".id", *(f.name for f in fields if f.type == "float")][:2],
                [[str(record.id), "12345"][: 1 + any(f.type == "float" for f in fields)]],
            ),
        }
        for label, action in actions.items():
            point = self._prints([record._name])
            if not self._attempt(action) and self._prints([record._name]) != point:
                passed.append(label)
        return [f"{record._name}: {what}" for what in passed]

    def test_buttons_leave_the_plan_alone(self):
        names = self._plan_models()
        before = self._prints(names)
        controller = self._user("controller")
        pressed = 0
        records = [self._own(name)[:1] for name in names if self._own(name)]
        for record in [*records, self.cycle]:
            for name in self._buttons(record):
                if record == self.cycle and name == "action_send_back":
                    continue
                pressed += 1
                button = getattr(record.with_user(controller), name)
                self._attempt(button)
                self.assertEqual(self._prints(names), before, f"{record._name}.{name}")
        self.assertGreater(pressed, 50)

    def _buttons(self, record):
        """The public actions of a model that take no argument."""
        for name in dir(type(record)):
            is_archive = name.endswith("archive") and not record._active_name
            if name.startswith("action_") and not is_archive:
                parameters = list(
                    inspect.signature(getattr(type(record), name)).parameters.values()
                )
                if all(p.default is not p.empty for p in parameters[1:]):
                    yield name

    def test_scheduled_actions_leave_the_plan_alone(self):
        names = self._plan_models()
        self.assertTrue(self._own("sop.exception"))
        before = self._prints(names)
        crons = (
            self.env["ir.cron"]
            .with_context(active_test=False)
            .search([("model_id.model", "like", "sop.%")])
        )
        self.assertTrue(crons)
        for cron in crons:
            with (
                freeze_time("2026-11-20"),
                patch.object(self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 1e9),
            ):
                cron.ir_actions_server_id.with_company(self.company).run()
        after = self._prints(names)
        self.assertEqual([n for n in names if before[n] != after[n]], [])
