from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import TODAY
from .common_grid import DEC, JAN, NOV, GridCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGridDemand(GridCommon):
    """What the demand grid shows, to whom."""

    def test_family_rows_are_the_sums_of_their_lines(self):
        data = self._data(measures=["qty_consensus", "qty_statistical", "qty_last_year"])
        rows = {row["key"]: row for row in data["rows"]}
        self.assertEqual(set(rows), {self._key(self.pumps), self._key(self.valves)})
        self.assertEqual(len(data["columns"]), 18)
        row = rows[self._key(self.pumps)]
        for n, month in enumerate((NOV, DEC, JAN)):
            self.assertEqual(data["columns"][n]["key"], str(month))
            for measure in ("qty_consensus", "qty_statistical", "qty_last_year"):
                self.assertAlmostEqual(
                    row["cells"][measure][n], self._sum(self.pumps, month, measure), places=2
                )
        whole = sum(self._sum(family, NOV) for family in (self.pumps, self.valves))
        self.assertAlmostEqual(data["totals"]["cells"]["qty_consensus"][0], whole, places=2)

    def test_the_total_is_of_twelve_months(self):
        row = self._rows()[self._key(self.pumps)]
        figures = row["cells"]["qty_consensus"]
        self.assertAlmostEqual(row["total"]["qty_consensus"], sum(figures[:12]), places=2)
        self.assertEqual(self._data()["total_label"], "12 months")

    def test_a_family_opens_to_its_products(self):
        rows = self._rows(parent=self._key(self.pumps))
        self.assertEqual(set(rows), {self._key(self.pump), self._key(self.small_pump)})
        row = rows[self._key(self.pump)]
        self.assertEqual((row["level"], row["has_children"]), (1, False))
        line = self._line(self.cycle, self.pump, DEC)
        self.assertEqual(row["cells"]["qty_consensus"][1], line.qty_consensus)

    def test_products_alone_and_by_owner(self):
        self.assertEqual(len(self._rows(groupby=["product_id"])), 3)
        owner = self._user("sales")
        self.pumps.sop_owner_id = owner
        rows = self._rows(groupby=["user_id", "family_id"])
        self.assertEqual(rows[f"user_id:{owner.id}"]["label"], owner.name)
        below = self._rows(groupby=["user_id", "family_id"], parent=f"user_id:{owner.id}")
        self.assertEqual([row["label"] for row in below.values()], ["Pumps"])

    def test_time_is_no_row(self):
        rows = self._rows(groupby=["bucket_start:month"])
        self.assertIn(self._key(self.pumps), rows)

    def test_unknown_rows_and_periods_are_refused(self):
        for options in (
            {"groupby": ["nonsense"]}, {"groupby": ["price_unit"]}, {"parent": "family_id:x"},
            {"period": "decade"},
        ):  # fmt: skip
            with self.assertRaises(UserError):
                self._data(**options)

    def test_quarters_are_the_sums_of_their_months(self):
        data = self._data(period="quarter")
        self.assertEqual([column["label"] for column in data["columns"][:2]], ["Q4 26", "Q1 27"])
        row = next(row for row in data["rows"] if row["key"] == self._key(self.pumps))
        first = self._sum(self.pumps, NOV) + self._sum(self.pumps, DEC)
        self.assertAlmostEqual(row["cells"]["qty_consensus"][0], first, places=2)
        month_total = self._rows()[self._key(self.pumps)]["total"]["qty_consensus"]
        self.assertAlmostEqual(row["total"]["qty_consensus"], month_total, places=2)

    def test_levels_follow_the_thresholds_of_the_family_strictly(self):
        self.company.sop_value_floor = 0
        line = self._line(self.cycle, self.valve)
        for qty, level, glyph in (
            (line.qty_statistical * 1.1, "none", ""), (line.qty_statistical * 1.12, "amber", "▲"),
            (line.qty_statistical * 0.7, "red", "▼▼"),
        ):  # fmt: skip
            line.qty_override = qty
            row = self._rows()[self._key(self.valves)]
            self.assertEqual((row["levels"][0], row["glyphs"][0]), (level, glyph))
        self.valves.write(
            {"sop_own_thresholds": True, "sop_threshold_amber": 0.4, "sop_threshold_red": 0.5}
        )
        self.assertEqual(self._rows()[self._key(self.valves)]["levels"][0], "none")

    def test_what_is_worth_little_has_no_level(self):
        line = self._line(self.cycle, self.valve)
        line.qty_override = line.qty_statistical * 2  # 50 valves of 10 EUR
        self.company.sop_value_floor = 1600  # over three months
        self.assertEqual(self._rows()[self._key(self.valves)]["levels"][0], "none")
        self.company.sop_value_floor = 1400
        self.assertEqual(self._rows()[self._key(self.valves)]["levels"][0], "red")

    def test_marks_and_tags_tell_what_people_entered(self):
        self._line(self.cycle, self.pump).with_context(sop_note="A word").qty_override = 101
        self._line(self.cycle, self.small_pump, DEC).qty_sales = 41
        row = self._rows(measures=["qty_sales", "qty_override"])[self._key(self.pumps)]
        self.assertEqual(row["marks"][:3], [1 | 4, 2, 0])
        self.assertEqual(row["tags"], ["✎ 1 month"])
        self.assertEqual(row["cells"]["qty_override"][:2], [101, None])
        self.assertEqual(row["cells"]["qty_sales"][:2], [None, 41])

    def test_a_family_tells_from_what_it_deviates(self):
        line = self._line(self.cycle, self.valve)
        self.company.sop_value_floor = 0
        line.qty_override = 2 * line.qty_statistical
        label = self._review(self.cycle, self.valves).severity_label
        words = self._rows()[self._key(self.valves)]["about"]
        self.assertEqual(words, f"Next three months: {label} against the reference Trend")
        self.assertEqual(self._rows()[self._key(self.pumps)]["about"], "")

    def test_values_are_units_times_price(self):
        self.company.sop_value_floor = 0
        data = self._data(unit="amount", measures=["qty_consensus", "qty_event", "qty_override"])
        row = next(row for row in data["rows"] if row["key"] == self._key(self.pumps))
        amount = self._sum(self.pumps, NOV, "amount_consensus")
        self.assertAlmostEqual(row["cells"]["qty_consensus"][0], amount, places=2)
        self._line(self.cycle, self.pump).qty_override = 200
        row = self._rows(unit="amount", measures=["qty_override"])[self._key(self.pumps)]
        price = self._line(self.cycle, self.pump).price_unit
        self.assertAlmostEqual(row["cells"]["qty_override"][0], 200 * price, places=2)
        self.assertTrue(data["edit"]["can_edit"])

    def test_amounts_are_hidden_from_those_without_the_right(self):
        line = self._line(self.cycle, self.valve)
        line.qty_override = line.qty_statistical * 2
        self.company.sop_value_floor = 1600
        self._hide_money()
        data = self._data("viewer", unit="amount")
        self.assertIsNone(data["cycle"]["currency"])
        self.assertEqual(data["unit"], "qty")
        self.assertNotIn("amount", {measure["kind"] for measure in data["measures"]})
        # but severities do not depend on who looks
        row = next(row for row in data["rows"] if row["key"] == self._key(self.valves))
        self.assertEqual(row["levels"][0], "none")
        self.assertEqual(row["cells"]["qty_consensus"][0], line.qty_consensus)

    def test_who_may_edit_what(self):
        seller = self._user("sales")
        self.pumps.sop_owner_id = seller
        for user, can_edit, measures, rows in (
            (self._user("viewer"), False, set(), set()),
            (seller, True, {"qty_sales"}, {self._key(self.pumps)}),
            (self._user("controller"), True, {"qty_sales", "qty_consensus"},
             {self._key(self.pumps), self._key(self.valves)}),
        ):  # fmt: skip
            data = self._data(user)
            self.assertEqual(data["edit"]["can_edit"], can_edit)
            editable = {m["name"] for m in data["measures"] if m["is_editable"]}
            self.assertEqual(editable, measures)
            self.assertEqual({r["key"] for r in data["rows"] if r["is_editable"]}, rows)

    def test_a_locked_product_is_told(self):
        facts = self.env["sop.demand.product"].search(self.domain)
        facts.filtered(lambda fact: fact.product_id == self.pump).is_locked = True
        row = self._rows(parent=self._key(self.pumps))[self._key(self.pump)]
        self.assertTrue(row["is_locked"])
        self.assertFalse(row["is_editable"])
        self.assertIn("1 locked", self._rows()[self._key(self.pumps)]["tags"])

    def test_frozen_months_say_so(self):
        self.company.write({"sop_frozen_months": 2, "sop_frozen_role": "executive"})
        controller = self._user("controller")
        columns = self._data(controller)["columns"]
        self.assertEqual([c["is_frozen"] for c in columns[:3]], [True, True, False])
        self.assertIn("first 2 months", columns[0]["frozen_text"])
        quarters = self._data(controller, period="quarter")["columns"]
        self.assertEqual([c["is_frozen"] for c in quarters[:2]], [True, False])

    def test_a_frozen_cycle_is_for_reading(self):
        self.cycle.sudo().state = "approved"
        data = self._data("controller")
        self.assertTrue(all(column["is_frozen"] for column in data["columns"]))
        self.assertFalse(data["edit"]["can_edit"])
        self.assertIn("approved", data["edit"]["reason"])

    def test_filters_choose_families_and_keep_them_whole(self):
        self.company.sop_value_floor = 0
        for month in (NOV, DEC, JAN):
            self._line(self.cycle, self.small_pump, month).qty_override = 100
        for domain in ([("family_severity", "in", ["amber", "red"])],
                       [("is_family_overridden", "=", True)]):  # fmt: skip
            rows = self._rows(domain=[*self.domain, *domain])
            self.assertEqual(set(rows), {self._key(self.pumps)})
            figure = rows[self._key(self.pumps)]["cells"]["qty_consensus"][0]
            self.assertAlmostEqual(figure, self._sum(self.pumps, NOV), places=2)
        rest = self._rows(domain=[*self.domain, ("is_family_overridden", "=", False)])
        self.assertEqual(set(rest), {self._key(self.valves)})

    def test_other_companies_stay_hidden(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        stranger = new_test_user(
            self.env, "other_controller", groups="sop_planning.sop_planning_group_controller",
            company_id=other.id, company_ids=other.ids,
        )  # fmt: skip
        lines = self.lines.with_user(stranger).with_context(allowed_company_ids=other.ids)
        data = lines.get_grid_data(self.domain, {})
        self.assertEqual(data["rows"], [])
        self.assertIsNone(data["cycle"])
        change = {"measure": "qty_consensus", "cells": [self._cell(self.pumps, 1)]}
        with self.assertRaises(UserError):
            lines.write_grid(self.domain, {}, change)

    def test_without_a_cycle_in_the_domain_the_dashboards_is_shown(self):
        data = self._data(domain=[])
        self.assertEqual(data["cycle"]["id"], self.cycle.id)

    def test_nothing_found_has_words(self):
        data = self._data(domain=[*self.domain, ("family_id", "=", self.goods.id)])
        self.assertEqual(data["rows"], [])
        self.assertIn("filters", data["empty"]["text"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGridView(GridCommon):
    """The view type ``sop_grid``."""

    def test_actions_start_with_a_grid(self):
        viewer = self._user("viewer")
        for name in ("sop_demand_grid_action", "sop_supply_gap_grid_action",
                     "sop_capacity_line_action"):  # fmt: skip
            action = self.env.ref(f"sop_planning.{name}")
            self.assertEqual(action.view_mode.split(",")[0], "sop_grid", name)
            model = self.env[action.res_model].with_user(viewer)
            views = model.get_views([(False, "sop_grid")])["views"]
            self.assertIn("<sop_grid", views["sop_grid"]["arch"])
        self.assertEqual(self.env["ir.ui.view"].get_view_info()["sop_grid"]["icon"], "fa fa-th")

    def test_an_arch_with_mistakes_is_refused(self):
        for arch in (
            '<sop_grid colour="red"/>', '<sop_grid mode="magic"/>',
            '<sop_grid><div/></sop_grid>', '<sop_grid><field name="nonsense"/></sop_grid>',
        ):  # fmt: skip
            with self.assertRaises(ValidationError, msg=arch):
                self.env["ir.ui.view"].create(
                    {"name": "grid", "model": "sop.demand.line", "type": "sop_grid", "arch": arch}
                )
