import inspect
from contextlib import closing
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_roles import GROUPS, RolesCommon
from .test_roles import QUIET

EVERYBODY = set(GROUPS)
CONTROL = {"controller", "manager"}
LEAD = {*CONTROL, "executive"}
PLAN = {*CONTROL, "operations"}
CONTRIBUTE = {*PLAN, "sales"}

# the records themselves are walked in test_roles; a view is no more than its model
OF_THE_ORM = {"create", "write", "unlink", "copy", "copy_data", "default_get", "get_view",
              "get_values", "set_values", "get_empty_list_help"}  # fmt: skip
# methods that only show: who may not read is refused, or gets a screen that refuses
SHOWS = ("action_open_", "action_compare", "get_")
SHOW_TOO = {
    "sop.plan.compare.action_bridge", "sop.plan.version.action_check",
    "sop.strategy.compare.action_open", "sop.cycle.action_ask_send_back",
    "sop.cycle.action_jump_gate", "sop.decision.action_approve", "sop.decision.action_change",
    "sop.decision.action_ask_defer", "sop.decision.action_ask_drop",
    "sop.demand.line.open_grid_cell", "sop.supply.gap.line.open_grid_cell",
    "sop.capacity.line.open_grid_cell",
}  # fmt: skip
# the other ones: who may do it
MAY = {
    "sop.cycle.action_accept_families": {"manager"},
    "sop.cycle.action_dismiss_first_run": CONTROL,
    "sop.cycle.first.action_open": CONTROL,
    "product.category.action_make_sop_family": {"manager"},
    "sop.cycle.action_approve": {"executive", "manager"},
    "sop.cycle.action_cancel": LEAD,
    "sop.cycle.action_next_step": LEAD,
    "sop.cycle.action_publish_pack": CONTROL,
    "sop.cycle.action_refresh": LEAD,
    "sop.cycle.action_send_back": LEAD,
    "sop.cycle.action_start_refresh": LEAD,
    "sop.cycle.reason.action_apply": LEAD,
    "sop.data.issue.action_accept": CONTRIBUTE,
    "sop.data.issue.action_reopen": CONTRIBUTE,
    "sop.data.issue.answer.action_apply": CONTRIBUTE,
    "sop.decision.action_add_scenarios": CONTROL,
    "sop.decision.action_decide": LEAD,
    "sop.decision.action_defer": LEAD,
    "sop.decision.action_done": LEAD,
    "sop.decision.action_reopen": LEAD,
    "sop.decision.answer.action_apply": LEAD,
    "sop.demand.adjust.action_apply": CONTROL,
    "sop.demand.correction.action_apply": CONTROL,
    "sop.demand.correction.action_reverse": CONTROL,
    "sop.demand.line.action_adjust": CONTROL,
    "sop.demand.line.action_reset_override": CONTROL,
    "sop.demand.line.undo_grid": {*CONTROL, "sales"},
    "sop.demand.line.write_grid": {*CONTROL, "sales"},
    "sop.demand.override.action_undo": CONTROL,
    "sop.demand.sheet.import.action_apply": CONTROL,
    "sop.demand.sheet.import.action_back": CONTROL,
    "sop.demand.sheet.import.action_export": CONTROL,
    "sop.demand.sheet.import.action_preview": CONTROL,
    "sop.demand.review.action_adjust": CONTROL,
    "sop.demand.review.action_agree": CONTROL,
    "sop.demand.review.action_discuss": CONTROL,
    "sop.demand.review.action_reopen": CONTROL,
    "sop.example.action_load": {"manager"},
    "sop.example.action_remove": {"manager"},
    "sop.exception.action_accept": CONTROL,
    "sop.exception.action_adjust": CONTROL,
    "sop.exception.action_ask_accept": CONTRIBUTE,
    "sop.exception.action_dismiss": CONTRIBUTE,
    "sop.exception.action_make_decision": CONTRIBUTE,
    "sop.exception.action_reopen": CONTROL,
    "sop.exception.action_snooze": CONTRIBUTE,
    "sop.exception.answer.action_apply": CONTROL,
    "sop.pack.action_download_pdf": EVERYBODY,
    "sop.pack.action_download_xlsx": EVERYBODY,
    "sop.pack.action_preview": CONTROL,
    "sop.pack.action_print": EVERYBODY,
    "sop.pack.action_publish": CONTROL,
    "sop.presence.note_presence": EVERYBODY,
    "sop.run.action_execute": LEAD,
    "sop.scenario.action_make_decision": CONTRIBUTE,
    "sop.scenario.action_select": PLAN,
    "sop.scenario.action_simulate": PLAN,
    "sop.scenario.new.action_create": PLAN,
    "sop.scenario.select.action_apply": PLAN,
    "sop.season.index.action_reset": CONTROL,
    "sop.stock.target.apply.action_apply": PLAN,
    "sop.supplier.risk.action_accept": PLAN,
    "sop.supplier.risk.action_assign": PLAN,
    "sop.supplier.risk.action_dismiss": PLAN,
    "sop.supplier.risk.action_mail": PLAN,
    "sop.supplier.risk.action_make_decision": CONTRIBUTE,
    "sop.supplier.risk.action_reopen": PLAN,
    "sop.supplier.risk.action_snooze": PLAN,
    "sop.supplier.risk.answer.action_apply": PLAN,
    "sop.supply.gap.action_accept": PLAN,
    "sop.supply.gap.action_make_decision": CONTRIBUTE,
    "sop.supply.gap.action_reopen": PLAN,
    "sop.supply.gap.action_solve": PLAN,
    "sop.supply.gap.action_start": PLAN,
    "sop.supply.gap.line.write_grid_note": PLAN,
    "sop.supply.product.action_apply_safety_stock": PLAN,
}
# needs rights in the applications that it writes to as well
OTHER_RIGHTS = {
    "sop.stock.target.apply.action_apply", "sop.cycle.action_accept_families",
    "product.category.action_make_sop_family", "sop.supply.product.action_apply_safety_stock",
}  # fmt: skip
# a minute of presence is the one thing that somebody who only reads leaves behind
# and an administrator elsewhere dismisses the first steps of that company
TRACES = {"sop.presence.note_presence": {"sop_presence"},
          "sop.cycle.action_dismiss_first_run": {"res_company"}}  # fmt: skip
STRANGER = "stranger"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRolesMethods(RolesCommon):
    """What a browser can call, by every role, by outsiders and by another company."""

    def _public(self, name):
        """The public methods that this addon gives a model, without the private ones."""
        found = set()
        for part in type(self.env[name]).__mro__:
            if part.__module__.startswith("odoo.addons.sop_planning"):
                found |= {
                    method
                    for method, function in vars(part).items()
                    if not method.startswith("_") and inspect.isfunction(function)
                }
        return sorted(found - OF_THE_ORM)

    def _calls(self):
        """[(model, method)] of all models, also of those that belong to others."""
        others = (
            "mrp.workcenter",
            "product.category",
            "product.product",
            "product.template",
            "res.partner",
            "sale.order",
            "purchase.order",
        )
        return [(name, method) for name in (*self._models(), *others)
                for method in self._public(name)]  # fmt: skip

    def test_every_method_has_a_row(self):
        names = {f"{model}.{method}" for model, method in self._calls()}
        unknown = {
            name for name in names - MAY.keys() - SHOW_TOO
            if not name.rpartition(".")[2].startswith(SHOWS) and not name.endswith(".init")
        }  # fmt: skip
        self.assertFalse(unknown, "methods without a row in MAY or SHOW_TOO")
        self.assertFalse((MAY.keys() | SHOW_TOO) - names, "rows without a method")

    def test_methods_by_role(self):
        # a company of its own takes half a minute: what matters here is who gets as far as that
        load = patch("odoo.addons.sop_planning.example.loader.load", side_effect=UserError("Far"))
        self.startPatcher(load)
        people = {**self._people(), STRANGER: self._stranger()}
        for model, method in self._calls():
            for role, user in people.items():
                with self.subTest(method=f"{model}.{method}", role=role or "outsider"):
                    self._check_call(model, method, role, user)

    def _check_call(self, model, method, role, user):
        name = f"{model}.{method}"
        outcome, changed = self._try(model, method, user)
        if role in MAY.get(name, ()):
            if name not in OTHER_RIGHTS:
                self.assertNotEqual(outcome, "refused")
        elif name in MAY:
            # a stranger's own dialog shows none of the records that it was opened with
            is_empty = role == STRANGER and self.env[model]._transient
            self.assertTrue(outcome != "done" or is_empty or name in TRACES)
        elif method.startswith("get_") and role not in EVERYBODY:
            self.assertTrue(outcome == "refused" or method == "get_import_templates"
                            or (role == STRANGER and self._is_for_all(model, method)))  # fmt: skip
        if role not in MAY.get(name, ()) or role == "viewer":
            self.assertEqual(changed - TRACES.get(name, set()), set())

    def _is_for_all(self, model, method):
        return getattr(getattr(type(self.env[model]), method), "_api_model", False)

    def _try(self, model, method, user):
        """What a call comes to: "done", "refused" (by a right), "declined" (by a rule of the
        process); and the tables it wrote. Nothing of it stays."""
        with mute_logger(*QUIET), closing(self.env.cr.savepoint()) as savepoint:
            args = self._arguments(model, method, user)
            before = self._written()
            self.env.invalidate_all()
            try:
                self._rpc(user, model, method, *args)
                outcome = "done"
                changed = self._changed_since(before)
            except AccessError:
                outcome, changed = "refused", set()
            except UserError:
                outcome, changed = "declined", set()
            savepoint.rollback()
            self.env.invalidate_all()
        return outcome, changed

    def _arguments(self, model, method, user):
        if self._is_for_all(model, method):
            return []
        more = {
            "action_select": ["Because"],
            "action_decide": [self.decision.option_ids[:1].id, "Because"],
            "action_defer": ["2026-12-24", "Because"],
            "action_send_back": ["Because"],
        }
        own = {
            "sop.decision": self.decision, "sop.scenario": self.what_if,
            "res.partner": self.foundry, "mrp.workcenter": self.lathe,
            "product.product": self.pump, "product.category": self.pumps,
            "product.template": self.pump.product_tmpl_id, "sale.order": self.large,
            "purchase.order": self.purchase,
        }  # fmt: skip
        records = own[model] if model in own else self._sample(model, user)
        return [records.ids, *more.get(method, [])]

    def test_private_methods_are_refused(self):
        controller = self._user("controller")
        for model, method in (
            ("sop.planner", "_refresh"), ("sop.source", "_query"), ("sop.cycle", "_cron_refresh"),
            ("sop.demand.line", "_override"), ("sop.money.mixin", "_money"),
        ):  # fmt: skip
            with self.assertRaises(AccessError, msg=f"{model}.{method}"):
                self._rpc(controller, model, method, [])

    def test_inner_models_have_no_public_method(self):
        for name in ("sop.planner", "sop.source"):
            self.assertFalse(self._public(name), name)
