from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models.sop_money_mixin import HIDDEN, without_hidden
from .common import TODAY
from .common_roles import MONEY, RolesCommon

# figures that sound like money and are none: shares, ratios, levels, units
NO_MONEY = {
    "sop.demand.override.value", "sop.demand.adjust.value", "sop.scenario.lever.value",
    "sop.scenario.new.value", "sop.forecast.accuracy.rate_wmape_value",
    "sop.forecast.accuracy.rate_value_added", "sop.forecast.accuracy.rate_value_added_naive",
}  # fmt: skip
SOUNDS = ("amount", "price", "cost", "value", "revenue", "margin", "spend_", "exposure", "effect_")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMoney(RolesCommon):
    """Amounts are hidden from who does not have the money group, on every path."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            # sums of money that are seen at once where they leak
            cls.env["sop.exception"].search([]).sudo().amount_impact = 777_777
            cls.env["sop.supply.gap"].search([]).sudo().amount_short = 777_777

    def setUp(self):
        super().setUp()
        self.blind = self._user("operations")
        for group in ("base.group_allow_export", "stock.group_stock_user"):
            self.blind.group_ids += self.env.ref(group)
        self._hide_money()
        self.env.invalidate_all()

    def _hidden(self):
        """[(model, field)] of all that is money."""
        return [
            (name, field)
            for name in self._models()
            for field in self.env[name]._fields.values()
            if field.groups == MONEY
        ]

    def test_setting(self):
        """The switch takes the amounts from everybody but controllers and executives."""
        seeing = {role for role, user in self._people().items() if user.has_group(MONEY)}
        self.assertEqual(seeing, {"controller", "executive", "manager"})
        self.env["res.config.settings"].create({"group_sop_planning_money": True}).execute()
        seeing = {role for role, user in self._people().items() if user.has_group(MONEY)}
        self.assertEqual(seeing, set(self._people()) - {""})

    def test_a_person_can_have_the_group(self):
        review = self._review(self.cycle, self.pumps).with_user(self.blind)
        with self.assertRaises(AccessError):
            review.read(["amount_year"])
        self.blind.group_ids = [Command.link(self.env.ref(MONEY).id)]
        self.assertEqual(review.read(["amount_year"])[0]["amount_year"], review.sudo().amount_year)

    def test_all_money_is_hidden(self):
        """Every monetary field of the addon, and every float that sounds like money."""
        for name in self._models():
            for field in self.env[name]._fields.values():
                sounds = field.type == "float" and field.name.startswith(SOUNDS)
                if field.type == "monetary" or (sounds and f"{name}.{field.name}" not in NO_MONEY):
                    self.assertEqual(field.groups, MONEY, f"{name}.{field.name}")

    def test_no_path_reads_it(self):
        for name, field in self._hidden():
            model = self.env[name].with_user(self.blind)
            if not model.has_access("read"):
                continue
            with self.subTest(model=name, field=field.name):
                self.assertNotIn(field.name, model.fields_get())
                for path, act in self._paths(name, field).items():
                    # some are refused before by who may write or export at all
                    error = UserError if path == "write" else AccessError
                    with self.assertRaises(error, msg=path), mute_logger("odoo.orm.models"):
                        act()

    def _paths(self, name, field):
        """{name: call that hands the field over}."""
        sample = self._sample(name, self.blind).with_user(self.blind)
        model, path = sample.browse(), field.name
        paths = {
            "read": lambda: sample.read([path]),
            "attribute": lambda: sample[path],
            "search_read": lambda: model.search_read([], [path], limit=1),
            "web_search_read": lambda: model.web_search_read([], {path: {}}, limit=1),
            "export": lambda: sample.export_data([path]),
            "write": lambda: sample.write({path: 0}),
        }
        if field.store:
            paths["domain"] = lambda: model.search([(path, "!=", False)])
        if field.store and field.type != "json":
            if path not in model._order:  # the rank by which the model sorts is for everybody
                paths["order"] = lambda: model.search([], order=path)
            paths["group"] = lambda: model.formatted_read_group([], [path], [])
        if field.store and field.aggregator:
            paths["sum"] = lambda: model.formatted_read_group([], [], [f"{path}:sum"])
            having = [(f"{path}:sum", ">", 0)]
            paths["having"] = lambda: model.formatted_read_group(
                [], ["id"], ["__count"], having=having
            )
        return paths

    def test_not_through_another_record(self):
        cycles = self.env["sop.cycle"].with_user(self.blind)
        for domain in ([("review_ids.amount_year", ">", 1)],
                       Domain("exception_ids", "any", [("amount_impact", ">", 1)])):  # fmt: skip
            with self.assertRaises(AccessError), mute_logger("odoo.orm.models"):
                cycles.search(domain)
        with self.assertRaises(AccessError), mute_logger("odoo.orm.models"):
            self.cycle.with_user(self.blind).export_data(["review_ids/amount_year"])

    def test_everything_else_is_readable(self):
        """All other fields of every model, and no sentence among them names an amount."""
        for name in self._models():
            model = self.env[name].with_user(self.blind)
            if not model.has_access("read"):
                continue
            rows = model.search([], limit=40) | self._sample(name, self.blind).with_user(self.blind)
            with self.subTest(model=name):
                for row in rows._filtered_access("read").read():
                    self._assert_no_amount(row)

    def _assert_no_amount(self, value):
        words = str(value)
        for trace in ("€", "777,777", "777777"):
            self.assertNotIn(trace, words)

    def test_default_order(self):
        """The largest come first also for who does not see why."""
        for name in self._models():
            model = self.env[name].with_user(self.blind)
            if model.has_access("read"):
                mine = model.search([])
                if model._order.endswith(("id", "id desc")) and "family_id" not in model._order:
                    seen = self.env[name].search([("id", "in", mine.ids)])
                    self.assertEqual(mine.ids, seen.ids, name)

    def test_groups_of_the_rest(self):
        """Whatever else is summed in lists, pivots and graphs still is."""
        for name in self._models():
            model = self.env[name].with_user(self.blind)
            aggregates = [
                f"{field.name}:{field.aggregator}"
                for field in model._fields.values()
                if field.aggregator and field.groups != MONEY and (field.store or not model._auto)
                and field.type in ("float", "integer")
            ]  # fmt: skip
            if model.has_access("read") and aggregates:
                with self.subTest(model=name):
                    self.assertTrue(model.formatted_read_group([], [], aggregates))

    def test_kanban_opens(self):
        """The server sorts the cards of unfolded columns by the model's own order."""
        gaps = self.env["sop.supply.gap"].with_user(self.blind)
        groups = gaps.web_read_group(
            [], ["state"], [], auto_unfold=True, unfold_read_specification={"family_id": {}}
        )["groups"]
        self.assertTrue(groups)

    def test_screens(self):
        """What the dashboard, the comparison and the bridge hand over."""
        cycle = self.cycle.with_user(self.blind)
        dashboard = cycle.get_dashboard_data(cycle.id)
        self.assertTrue(dashboard["exceptions"])
        self.assertTrue(dashboard["families"])
        self.assertIsNone({tile["name"]: tile["value"] for tile in dashboard["tiles"]}["year"])
        comparison = cycle.get_comparison_data(cycle.id)
        names = [row["name"] for part in comparison["sections"] for row in part["rows"]]
        self.assertIn("rate_fill", names)
        self.assertNotIn("amount_total", names)
        for data in (dashboard, comparison, cycle.get_bridge_data(), cycle.get_summary()):
            self._assert_no_amount(data)
        self.assertFalse([key for key in cycle.get_summary() if key.startswith("amount")])
        seen = self.cycle.with_user(self._user("controller"))
        self.assertTrue({tile["name"]: tile["value"] for tile in seen._dashboard_tiles()}["year"])
        self.assertEqual(
            [row["id"] for row in seen._dashboard_exceptions()],
            [row["id"] for row in dashboard["exceptions"]],
        )

    def test_sentences(self):
        """The same sentence with and without its amount."""
        gap = self._gaps(self.cycle, kind="capacity")[:1]
        seen = gap.with_user(self._user("controller")).reason
        blind = gap.with_user(self.blind).reason
        self.assertIn("777,777", seen)
        self.assertNotIn(HIDDEN, blind)
        self.assertEqual(blind, seen.replace(", €\N{NO-BREAK SPACE}777,777", "").replace(
            ", 777,777\N{NO-BREAK SPACE}€", ""))  # fmt: skip
        kept = gap.with_user(self._user("controller")).with_context(sop_without_money=True)
        self.assertEqual(kept.reason, blind)

    def test_clauses(self):
        hide = HIDDEN
        for sentence, told in {
            f"Pumps: +20.00 % against trend, worth {hide}.": "Pumps: +20.00 % against trend.",
            f"Raised: 12 % is above (amber 10 %, red 25 %), worth {hide}. Look.":
                "Raised: 12 % is above (amber 10 %, red 25 %). Look.",
            f"No order in May, where 3 days worth {hide} were usual: {hide} less.":
                "No order in May.",
            f"S00012: no vendor ({hide}); S00013 ({hide})": "S00012: no vendor; S00013",
            f"Lathe in W6: one more hour saves {hide}\nSaw in W7: one more hour saves {hide}":
                "Lathe in W6\nSaw in W7",
            f"Less than {hide}; within 2.0 %.": f"Less than {hide}; within 2.0 %.",
            "Nothing to hide, at all.": "Nothing to hide, at all.",
        }.items():  # fmt: skip
            self.assertEqual(without_hidden(sentence), told)

    def test_views(self):
        """Every view of the addon opens, and says nothing of a field that is hidden."""
        views = self.env["ir.ui.view"].search(
            [("model", "in", self._models()), ("mode", "=", "primary"), ("type", "!=", "qweb")]
        )
        self.assertGreater(len(views), 100)
        for view in views:
            model = self.env[view.model].with_user(self.blind)
            if not model.has_access("read"):
                continue
            with self.subTest(view=view.xml_id):
                result = model.get_views([(view.id, view.type)])
                arch = etree.fromstring(result["views"][view.type]["arch"])
                self._check_view(arch, model)

    def test_graphs_show_units_instead(self):
        arch = (
            self.env["sop.plan.report"]
            .with_user(self.blind)
            .get_view(self.env.ref("sop_planning.sop_plan_report_view_graph").id, "graph")["arch"]
        )
        self.assertIn('<field name="qty_demand" type="measure"/>', arch)
        arch = self.env["sop.plan.report"].get_view(
            self.env.ref("sop_planning.sop_plan_report_view_graph").id, "graph"
        )["arch"]
        self.assertNotIn("qty_demand", arch)

    def _check_view(self, arch, model):
        names = {name for _model, field in self._hidden() for name in [field.name]} - {
            "value", "cost", "facts", "figures", "cash", "binds", "amount",
        }  # fmt: skip
        text = etree.tostring(arch, encoding="unicode")
        for name in names:
            self.assertNotRegex(text, rf"\b{name}\b", model._name)

    def test_pack_is_for_who_sees_amounts(self):
        pack = self.pack.with_user(self.blind)
        self.assertFalse(pack.search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            pack.read(["value"])
        self.assertTrue(self.pack.with_user(self._user("executive")).read(["value"]))

    def test_work_goes_on(self):
        """Who plans capacity without seeing amounts still pulls levers at their usual cost."""
        scenario = self._ask(self._overtime(), user=self.blind)
        self.assertEqual(scenario.state, "done")
        lathe = self.lathe.costs_hour * (1 + self.company.sop_overtime_premium)
        self.assertEqual(scenario.lever_ids.sudo().cost, lathe)
        copy = scenario.copy()
        self.assertEqual(copy.lever_ids.sudo().cost, lathe)
        gap = self._gaps(self.cycle)[:1].with_user(self.blind)
        action = gap.action_make_decision()
        decision = self.env["sop.decision"].browse(action["res_id"])
        self.assertNotIn("777", decision.description or "")

    def test_saved_context_is_no_way_around(self):
        """The context of a call cannot give what the group does not."""
        gap = self._gaps(self.cycle)[:1].with_user(self.blind)
        self.assertNotIn("777", gap.with_context(sop_without_money=False).reason)
