from contextlib import closing

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_roles import GROUPS, OUTSIDER, RolesCommon

QUIET = (
    "odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
)  # fmt: skip
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
READ = "r r r r r r"
CONTRIBUTED = "r rw rw rw r rw"
BY_CONTROLLER = "r r r rwcu r rwcu"
BY_OPERATIONS = "r r rwcu rwcu r rwcu"
OPERATIONS_ANSWER = "r r rw rw r rw"
ALL = "rwcu rwcu rwcu rwcu rwcu rwcu"

# what viewer, sales, operations, controller, executive and administrator may do with a model's
# records, c being create and u unlink; record rules and the methods narrow it further
RIGHTS = {
    "sop.capacity.line": READ,
    "sop.cycle": "r r r rwc rw rwcu",
    "sop.cycle.first": "- - - rwcu - rwcu",
    "sop.cycle.first.line": "- - - rwcu - rwcu",
    "sop.cycle.reason": "- - - rwcu rwcu rwcu",
    "sop.cycle.step": "r r r rwc rw rwcu",
    "sop.data.issue": CONTRIBUTED,
    "sop.data.issue.answer": "- rwcu rwcu rwcu - rwcu",
    "sop.data.rule": "r r r rw r rwcu",
    "sop.decision": "rw rwc rwc rwcu rw rwcu",
    "sop.decision.answer": ALL,
    "sop.decision.option": "r rwcu rwcu rwcu r rwcu",
    "sop.demand.adjust": "- - - rwcu - rwcu",
    "sop.demand.correction": BY_CONTROLLER,
    "sop.demand.history": READ,
    "sop.demand.input": "r rwcu r rwcu r rwcu",
    "sop.demand.line": "r rw r rw r rw",
    "sop.demand.override": READ,
    "sop.demand.override.line": READ,
    "sop.demand.product": "r r r rw r rw",
    "sop.demand.review": "r rw r rw r rw",
    "sop.demand.sheet.change": "- - - rwcu - rwcu",
    "sop.demand.sheet.export": ALL,
    "sop.demand.sheet.import": "- - - rwcu - rwcu",
    "sop.event": "r rwc r rwcu r rwcu",
    "sop.event.effect": READ,
    "sop.example": "- - - - - r",
    "sop.exception": CONTRIBUTED,
    "sop.exception.answer": "- rwcu rwcu rwcu - rwcu",
    "sop.extra.hours": BY_OPERATIONS,
    "sop.forecast": READ,
    "sop.forecast.accuracy": READ,
    "sop.notice": "- - - - - r",
    "sop.override.reason": BY_CONTROLLER,
    "sop.pack": BY_CONTROLLER,
    "sop.participation": READ,
    "sop.plan.bridge": READ,
    "sop.plan.compare": ALL,
    "sop.plan.comparison": READ,
    "sop.plan.report": READ,
    "sop.plan.version": READ,
    "sop.plan.version.line": READ,
    "sop.presence": READ,
    "sop.promise": READ,
    "sop.run": "r r r r r ru",
    "sop.run.step": "r r r r r ru",
    "sop.scenario": BY_OPERATIONS,
    "sop.scenario.family": READ,
    "sop.scenario.lever": BY_OPERATIONS,
    "sop.scenario.new": "- - rwcu rwcu - rwcu",
    "sop.scenario.select": "- - rwcu rwcu - rwcu",
    "sop.season.index": "r r r rw r rw",
    "sop.step.check": "r r r r r rwcu",
    "sop.step.template": "r r r r r rwcu",
    "sop.stock.target.apply": "- - rwcu rwcu - rwcu",
    "sop.stock.target.apply.line": "- - rwcu rwcu - rwcu",
    "sop.strategy.compare": ALL,
    "sop.strategy.compare.line": ALL,
    "sop.supplier.risk": OPERATIONS_ANSWER,
    "sop.supplier.risk.answer": "- - rwcu rwcu - rwcu",
    "sop.supplier.risk.family": READ,
    "sop.supply.gap": OPERATIONS_ANSWER,
    "sop.supply.gap.line": READ,
    "sop.supply.line": READ,
    "sop.supply.product": READ,
    "sop.target": BY_CONTROLLER,
}
# of somebody else's records, record rules leave a contributor nothing to change: what is theirs are
# their families, their cause of exceptions, their decisions and what they have entered
NOT_OF_OTHERS = {
    "sop.decision": {"viewer", "sales", "operations", "executive"},
    "sop.decision.option": {"sales", "operations"},
    "sop.demand.input": {"sales"},
    "sop.demand.line": {"sales"},
    "sop.demand.review": {"sales"},
    "sop.event": {"sales"},
    "sop.exception": {"sales", "operations"},
}
# shows reordering rules, which need a right in the stock application
OTHER_RIGHTS = {"sop.stock.target.apply.line"}
# the same for all companies
NEUTRAL = {"sop.data.rule", "sop.override.reason", "sop.step.check", "sop.step.template"}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRoles(RolesCommon):
    """Every model by every role, and every public method by every role."""

    def _rights(self, name):
        """{role: letters}."""
        return {**dict(zip(GROUPS, RIGHTS[name].split())), OUTSIDER: "-"}

    def _try(self, act):
        """What an act comes to: "done", "refused" (by a right), "declined" (by a rule of the
        process); and the tables it wrote. Nothing of it stays."""
        with mute_logger(*QUIET), closing(self.env.cr.savepoint()) as savepoint:
            self.env.invalidate_all()
            before = self._written()
            try:
                act()
                outcome = "done"
                changed = self._changed_since(before)
            except AccessError:
                outcome, changed = "refused", set()
            except (UserError, IntegrityError):
                outcome, changed = "declined", set()
            savepoint.rollback()
            self.env.invalidate_all()
        return outcome, changed

    def test_every_model_has_a_row(self):
        self.assertEqual(set(self._models()), set(RIGHTS))

    def test_models_by_role(self):
        for name in self._models():
            sample = self._sample(name)
            self.assertTrue(sample, f"no record of {name}: make one in RolesCommon")
            for role, user in self._people().items():
                own = self._sample(name, user) if sample._transient else sample
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=name, operation=operation):
                        self._check_operation(role, own.with_user(user), letter, operation)

    def _check_operation(self, role, record, letter, operation):
        may = letter in self._rights(record._name)[role]
        self.assertEqual(record.browse().has_access(operation), may)
        outcome, changed = self._try(lambda: self._do(record, operation))
        if not may:
            # what only the planner writes, a rule declines before the right is looked at
            self.assertIn((outcome, changed), [("refused", set()), ("declined", set())])
        elif letter in "wu" and role in NOT_OF_OTHERS.get(record._name, ()):
            self.assertEqual(outcome, "refused")
        elif record._name not in OTHER_RIGHTS:
            self.assertNotEqual(outcome, "refused")

    def _do(self, record, operation):
        if operation == "read":
            record.search([], limit=5).read(["display_name"])
            record.read()
        elif operation == "write":
            record.write(self._same_vals(record))
            record.flush_recordset()
        elif operation == "create":
            record.create({})
            self.env.flush_all()
        else:
            record.unlink()

    def _same_vals(self, record):
        """A field that people change, as it is."""
        for name, field in record._fields.items():
            is_plain = field.type in ("char", "text", "float", "integer", "boolean", "date")
            if field.store and not field.readonly and not field.compute and is_plain:
                return {name: record.sudo()[name]}
        name = next(name for name, field in record._fields.items() if field.store and name != "id")
        return {name: record.sudo().read([name], load=None)[0][name]}

    def test_other_company_has_nothing(self):
        stranger = self._stranger()
        env = self.env(user=stranger, context={"allowed_company_ids": self.elsewhere.ids})
        for name in self._models():
            if name in NEUTRAL:
                continue
            sample = self._sample(name)
            theirs = env[name].with_context(active_test=False)
            with self.subTest(model=name):
                self.assertNotIn(sample.id, theirs.search([]).ids)
                for operation in ("read", "write", "unlink"):
                    outcome, changed = self._try(
                        lambda: self._do(sample.with_env(env), operation)  # noqa: B023
                    )
                    self.assertIn(
                        (outcome, changed), [("refused", set()), ("declined", set())], operation
                    )
