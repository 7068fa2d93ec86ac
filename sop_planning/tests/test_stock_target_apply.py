from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_supply import SupplyScreensCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStockTargetApply(SupplyScreensCommon):
    """Proposed safety stocks become native reordering rules only when somebody says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = cls._person("a_keeper", "sop_planning.sop_planning_group_operations",
                                 "stock.group_stock_manager")  # fmt: skip
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)])

    def _rules(self, product=None):
        return self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", (product or self.steel).id)]
        )

    def _make_rule(self, low, high, **vals):
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.steel.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": low,
                "product_max_qty": high,
                **vals,
            }
        )

    def _dialog(self, user=None, facts=None):
        facts = (facts or self.fact).with_user(user or self.keeper)
        action = facts.action_apply_safety_stock()
        return facts.env[action["res_model"]].browse(action["res_id"])

    def test_dialog_shows_old_and_new_and_writes_nothing(self):
        rule = self._make_rule(15, 60)
        line = self._dialog().line_ids
        self.assertEqual((line.qty_old, line.qty_new, line.qty_max), (15, 41, 60))
        self.assertEqual(line.rule_label, "rule changed")
        self.assertEqual(rule.product_min_qty, 15)

    def test_applying_changes_the_rule(self):
        rule = self._make_rule(15, 60)
        self._dialog().action_apply()
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (41, 60))
        self.assertEqual(self._rules(), rule)

    def test_maximum_never_lies_below_the_minimum(self):
        rule = self._make_rule(5, 10)
        self._dialog().action_apply()
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (41, 41))

    def test_applying_creates_a_missing_rule_that_orders_nothing_by_itself(self):
        dialog = self._dialog()
        self.assertEqual(dialog.line_ids.rule_label, "new rule, to order by hand")
        self.assertFalse(self._rules())
        dialog.action_apply()
        rule = self._rules()
        self.assertEqual((rule.product_min_qty, rule.trigger), (41, "manual"))
        self.assertEqual((rule.company_id, rule.create_uid), (self.company, self.keeper))
        self.assertEqual(rule.location_id, self.warehouse.lot_stock_id)

    def test_people_change_and_remove_lines_first(self):
        other = self._fact(self.pump, "make", qty_safety_proposed=7)
        dialog = self._dialog(facts=self.fact | other)
        dialog.line_ids.filtered(lambda line: line.product_id == self.pump).unlink()
        dialog.line_ids.qty_new = 25
        dialog.action_apply()
        self.assertEqual(self._rules().product_min_qty, 25)
        self.assertFalse(self._rules(self.pump))

    def test_small_quantities_keep_their_decimals(self):
        self.fact.qty_safety_proposed = 2.345
        self.assertEqual(self._dialog().line_ids.qty_new, 2.35)

    def test_several_rules_of_a_product_are_left_to_people(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        rules = self._make_rule(5, 10) | self._make_rule(6, 12, location_id=shelf.id)
        dialog = self._dialog()
        self.assertIn("2 rules", dialog.line_ids.rule_label)
        with self.assertRaisesRegex(UserError, "2 reordering rules"):
            dialog.action_apply()
        self.assertEqual(rules.mapped("product_min_qty"), [5, 6])

    def test_negative_minimum_is_refused_before_anything_is_written(self):
        rule = self._make_rule(15, 60)
        other = self._fact(self.pump, "make", qty_safety_proposed=7)
        dialog = self._dialog(facts=self.fact | other)
        dialog.line_ids.filtered(lambda line: line.product_id == self.pump).qty_new = -1
        with self.assertRaisesRegex(UserError, "negative"):
            dialog.action_apply()
        self.assertEqual(rule.product_min_qty, 15)

    def test_kits_and_products_without_source_have_no_rule(self):
        kit, orphan = self._fact(self.pump, "kit"), self._fact(self.valve, "none")
        with self.assertRaisesRegex(UserError, "kits hold no stock"):
            self._dialog(facts=kit | orphan)
        self.assertEqual(self._dialog(facts=kit | self.fact).line_ids.product_id, self.steel)

    def test_planner_without_stock_rights_writes_nothing(self):
        self._make_rule(15, 60)
        with self.assertRaisesRegex(AccessError, "Ask an Inventory Administrator"):
            self._dialog(self._user("controller"))
        dialog = self._dialog()
        self.keeper.group_ids -= self.env.ref("stock.group_stock_manager")
        with self.assertRaisesRegex(AccessError, "Ask an Inventory Administrator"):
            dialog.action_apply()
        self.assertEqual(self._rules().product_min_qty, 15)

    def test_dialogs_are_their_owners(self):
        dialog = self._dialog()
        other = self._person("another_keeper", "sop_planning.sop_planning_group_operations",
                             "stock.group_stock_manager")  # fmt: skip
        for record in (dialog, dialog.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(other).read([])

    def test_rules_of_another_company_are_left_alone(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        house = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        theirs = self._make_rule(
            1, 2, company_id=other.id, warehouse_id=house.id, location_id=house.lot_stock_id.id
        )
        self.keeper.company_ids += other
        keeper = self.keeper.with_context(allowed_company_ids=(self.company | other).ids)
        self._dialog(keeper).action_apply()
        self.assertEqual(theirs.product_min_qty, 1)
        self.assertEqual((self._rules() - theirs).product_min_qty, 41)
