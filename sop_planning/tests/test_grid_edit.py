from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_grid import DEC, JAN, NOV, GridCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGridEdit(GridCommon):
    """What typing into the demand grid does."""

    def _version(self, record, column=0, **options):
        return self._rows(**options)[self._key(record)]["versions"][column]

    def test_a_family_figure_spreads_and_keeps_the_sum(self):
        answer = self._write(self._cell(self.pumps, 150))
        self.assertEqual(answer["status"], "done")
        self.assertEqual(self._sum(self.pumps, NOV), 150)
        pump, small = (self._line(self.cycle, p) for p in (self.pump, self.small_pump))
        self.assertEqual((pump.qty_consensus, small.qty_consensus), (107, 43))
        self.assertTrue(pump.is_overridden and small.is_overridden)
        self.assertIn("→ 150", answer["text"])

    def test_the_answer_has_what_changed_and_no_more(self):
        answer = self._write(self._cell(self.pump, 105))
        rows = {row["key"]: row for row in answer["rows"]}
        self.assertEqual(set(rows), {self._key(self.pumps), self._key(self.pump)})
        family, fresh = rows[self._key(self.pumps)], self._rows()[self._key(self.pumps)]
        self.assertEqual(family["cells"]["qty_consensus"], {0: self._sum(self.pumps, NOV)})
        self.assertEqual(family["versions"], {0: fresh["versions"][0]})
        self.assertEqual(family["total"], fresh["total"])
        totals = self._data()["totals"]["cells"]["qty_consensus"]
        self.assertEqual(answer["totals"]["cells"]["qty_consensus"], {0: totals[0]})

    def test_a_locked_product_keeps_its_figure(self):
        facts = self.env["sop.demand.product"].search(self.domain)
        facts.filtered(lambda fact: fact.product_id == self.pump).is_locked = True
        before = self._line(self.cycle, self.pump).qty_consensus
        self._write(self._cell(self.pumps, 150))
        self.assertEqual(self._line(self.cycle, self.pump).qty_consensus, before)
        self.assertEqual(self._sum(self.pumps, NOV), 150)
        with self.assertRaisesRegex(UserError, "Steady pump, Nov 26: the product is locked"):
            self._write(self._cell(self.pump, 101))
        with self.assertRaisesRegex(UserError, "Pumps, Nov 26: The locked products"):
            self._write(self._cell(self.pumps, 10), reason=self.reason)

    def test_a_reason_is_needed_strictly_past_amber(self):
        line = self._line(self.cycle, self.valve)
        limit = line.qty_statistical * 1.1
        self.assertEqual(self._write(self._cell(self.valves, limit))["status"], "done")
        answer = self._write(self._cell(self.valves, limit + 1))
        self.assertEqual(answer["status"], "reason")
        self.assertEqual(answer["cells"], [{"row": self._key(self.valves), "column": str(NOV)}])
        self.assertIn("Choose a reason", answer["text"])
        self.assertAlmostEqual(line.qty_consensus, limit, places=2)  # nothing was written
        answer = self._write(self._cell(self.valves, limit + 1), reason=self.reason, note="Fair")
        self.assertEqual(answer["status"], "done")
        entry = self.env["sop.demand.override"].browse(answer["journal_ids"])
        self.assertEqual((entry.reason_id, entry.note), (self.reason, "Fair"))
        self.assertEqual((entry.kind, entry.family_id), ("set", self.valves))

    def test_the_familys_own_threshold_decides(self):
        self.valves.write(
            {"sop_own_thresholds": True, "sop_threshold_amber": 0.5, "sop_threshold_red": 0.6}
        )
        figure = self._line(self.cycle, self.valve).qty_statistical * 1.4
        self.assertEqual(self._write(self._cell(self.valves, figure))["status"], "done")

    def test_demand_where_nothing_was_forecast_needs_a_reason(self):
        line = self._line(self.cycle, self.valve)
        line.sudo().env.cr.execute(
            "UPDATE sop_demand_line SET qty_statistical = 0 WHERE id = %s", [line.id]
        )
        line.invalidate_recordset()
        answer = self._write(self._cell(self.valve, 70))
        self.assertEqual(answer["status"], "reason")
        self.assertIn("new demand", answer["text"])

    def test_percent_and_units(self):
        self._write(self._cell(self.pumps, 5, kind="percent"))
        self.assertEqual(self._sum(self.pumps, NOV), 147)
        self._write(self._cell(self.pumps, -3, kind="delta"))
        self.assertEqual(self._sum(self.pumps, NOV), 144)

    def test_back_to_the_computed_figure(self):
        before = self._sum(self.pumps, NOV)
        self._write(self._cell(self.pumps, 150))
        answer = self._write(self._cell(self.pumps, kind="reset"))
        self.assertEqual(answer["status"], "done")
        self.assertEqual(self._sum(self.pumps, NOV), before)
        self.assertFalse(self._line(self.cycle, self.pump).is_overridden)

    def test_copy_of_last_year_and_of_the_statistical_forecast(self):
        line = self._line(self.cycle, self.valve)
        line.qty_override = 53
        self._write(self._cell(self.valves, kind="last_year"), reason=self.reason)
        self.assertEqual(line.qty_consensus, line.qty_last_year)
        line.qty_override = 53
        self._write(self._cell(self.valves, kind="statistical"))
        self.assertEqual(line.qty_consensus, line.qty_statistical)

    def test_a_month_that_is_not_over_has_no_last_year(self):
        month = self.company._sop_months_after(NOV, 12)
        with self.assertRaisesRegex(UserError, "Valves, Nov 27: the same month of last year"):
            self._write(self._cell(self.valves, kind="last_year", month=month))

    def test_a_paste_is_one_change(self):
        figures = [101, 102, 103], [41, 42, 43]
        cells = [
            self._cell(product, figures[row][column], month)
            for row, product in enumerate((self.pump, self.small_pump))
            for column, month in enumerate((NOV, DEC, JAN))
        ]
        answer = self._write(*cells, options={"groupby": ["product_id"]}, reason=self.reason)
        for row, product in enumerate((self.pump, self.small_pump)):
            for column, month in enumerate((NOV, DEC, JAN)):
                line = self._line(self.cycle, product, month)
                self.assertEqual(line.qty_consensus, figures[row][column])
        self.assertEqual(len(answer["journal_ids"]), 1)
        self.assertIn("6 figures changed in 2 rows", answer["text"])
        rows = {row["key"]: row["cells"]["qty_consensus"] for row in answer["rows"]}
        self.assertEqual(rows[self._key(self.pump)], {0: 101, 1: 102, 2: 103})

    def test_a_change_of_two_families_is_journaled_for_each(self):
        answer = self._write(
            *(self._cell(family, 4, kind="percent") for family in (self.pumps, self.valves))
        )
        entries = self.env["sop.demand.override"].browse(answer["journal_ids"])
        self.assertEqual(entries.family_id, self.pumps | self.valves)
        self.assertEqual(set(entries.mapped("kind")), {"percent"})
        self.assertEqual(set(entries.mapped("value")), {4})

    def test_one_bad_cell_stops_all(self):
        before = self._sum(self.pumps, NOV)
        for value, words in (
            ("abc", "Valves, Dec 26: “abc” is not a number"),
            (-1, "Valves, Dec 26: demand cannot be negative"),
            (float("nan"), "is not a number"),
            (True, "is not a number"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._write(self._cell(self.pumps, 150), self._cell(self.valves, value, DEC))
        with self.assertRaisesRegex(UserError, "Pumps, Nov 26: Demand cannot become negative"):
            self._write(self._cell(self.pumps, -9999, kind="delta"), reason=self.reason)
        self.assertEqual(self._sum(self.pumps, NOV), before)

    def test_what_cannot_be_asked(self):
        for cells in ([], [self._cell(self.pumps, 1)] * 2, [{"row": "x", "column": str(NOV)}],
                      ["a"], [self._cell(self.pumps, 1, "2020-01-01")], [self._cell(self.goods, 1)],
                      [self._cell(self.pumps, 1, kind="guess")]):  # fmt: skip
            with self.assertRaises(UserError):
                self._write(*cells)
        with self.assertRaisesRegex(UserError, "Steady pump, Nov 26 is part of Pumps, Nov 26|"
                                    "Pumps, Nov 26 is part of Steady pump"):  # fmt: skip
            self._write(self._cell(self.pumps, 150), self._cell(self.pump, 105))
        with self.assertRaisesRegex(UserError, "5001 cells are too many"):
            self._write(*[self._cell(self.pumps, 1)] * 5001)
        with self.assertRaises(UserError):
            self._write(self._cell(self.pumps, 150), measure="qty_statistical")

    def test_a_quarter_spreads_over_its_months(self):
        first = self._sum(self.pumps, NOV) + self._sum(self.pumps, DEC)
        answer = self._write(self._cell(self.pumps, first + 10), options={"period": "quarter"})
        self.assertEqual(self._sum(self.pumps, NOV) + self._sum(self.pumps, DEC), first + 10)
        self.assertEqual(self._sum(self.pumps, JAN), 140)
        family = next(row for row in answer["rows"] if row["key"] == self._key(self.pumps))
        self.assertEqual(family["cells"]["qty_consensus"], {0: first + 10})

    def test_nobodys_change_is_overwritten_in_silence(self):
        seen = self._version(self.pumps)
        other = self._user("controller")
        self._line(self.cycle, self.pump).with_user(other).qty_override = 104
        answer = self._write(self._cell(self.pumps, 150, version=seen))
        self.assertEqual(answer["status"], "conflict")
        self.assertIn(other.name, answer["text"])
        self.assertEqual(self._line(self.cycle, self.pump).qty_consensus, 104)
        fresh = next(row for row in answer["rows"] if row["key"] == self._key(self.pumps))
        self.assertEqual(fresh["cells"]["qty_consensus"], {0: 144})
        again = self._cell(self.pumps, 150, version=fresh["versions"][0])
        self.assertEqual(self._write(again)["status"], "done")

    def test_a_change_of_another_month_is_no_conflict(self):
        seen = self._version(self.pumps, 0)
        self._line(self.cycle, self.pump, DEC).qty_override = 104
        self.assertEqual(self._write(self._cell(self.pumps, 150, version=seen))["status"], "done")

    def test_undo_restores_what_stood_before(self):
        self._line(self.cycle, self.pump).qty_override = 104
        answer = self._write(self._cell(self.pumps, 150))
        undone = self.lines.undo_grid(self.domain, {}, answer["journal_ids"])
        pump, small = (self._line(self.cycle, p) for p in (self.pump, self.small_pump))
        self.assertEqual((pump.qty_consensus, pump.is_overridden), (104, True))
        self.assertEqual((small.qty_consensus, small.is_overridden), (40, False))
        family = next(row for row in undone["rows"] if row["key"] == self._key(self.pumps))
        self.assertEqual(family["cells"]["qty_consensus"], {0: 144})
        with self.assertRaises(UserError):
            self.lines.undo_grid(self.domain, {}, [0])

    def test_frozen_months_and_cycles_are_not_written(self):
        controller = self._user("controller")
        self.company.write({"sop_frozen_months": 1, "sop_frozen_role": "executive"})
        with self.assertRaisesRegex(UserError, "is frozen"):
            self._write(self._cell(self.pumps, 150), user=controller)
        self.assertEqual(
            self._write(self._cell(self.pumps, 150, DEC), user=controller)["status"], "done"
        )
        self.cycle.sudo().state = "approved"
        with self.assertRaisesRegex(UserError, "approved"):
            self._write(self._cell(self.pumps, 151, DEC), user=controller)

    def test_who_may_not_is_refused(self):
        seller = self._user("sales")
        self.pumps.sop_owner_id = seller
        with self.assertRaisesRegex(AccessError, "Only S&OP controllers"):
            self._write(self._cell(self.pumps, 150), user=seller)
        for measure in ("qty_consensus", "qty_sales"):
            with self.assertRaises(AccessError):
                self._write(self._cell(self.pumps, 150), user=self._user("viewer"), measure=measure)
        with self.assertRaises(AccessError):  # not his family
            self._write(self._cell(self.valves, 60), user=seller, measure="qty_sales")

    def test_a_contributor_enters_the_expectation_of_a_family(self):
        seller = self._user("sales")
        self.pumps.sop_owner_id = seller
        answer = self._write(self._cell(self.pumps, 147), user=seller, measure="qty_sales")
        self.assertEqual(self._sum(self.pumps, NOV, "qty_sales"), 147)
        self.assertEqual(self._sum(self.pumps, NOV), 147)
        inputs = self.env["sop.demand.input"].search(self.domain)
        self.assertEqual((len(inputs), inputs.user_id), (2, seller))
        self.assertFalse(self._line(self.cycle, self.pump).is_overridden)
        again = self._write(
            self._cell(self.pumps, 10, kind="delta"), user=seller, measure="qty_sales"
        )
        self.assertEqual(self._sum(self.pumps, NOV, "qty_sales"), 157)
        lines = self.lines.with_user(seller)
        lines.undo_grid(self.domain, {}, again["journal_ids"])
        self.assertEqual(self._sum(self.pumps, NOV, "qty_sales"), 147)
        lines.undo_grid(self.domain, {}, answer["journal_ids"])
        self.assertFalse(self._line(self.cycle, self.pump).is_sales)
        self.assertEqual(self._sum(self.pumps, NOV), 140)

    def test_a_contributor_takes_the_expectation_back(self):
        seller = self._user("sales")
        self.pumps.sop_owner_id = seller
        self._write(self._cell(self.pumps, 147), user=seller, measure="qty_sales")
        self._write(self._cell(self.pumps, kind="reset"), user=seller, measure="qty_sales")
        self.assertFalse(self.env["sop.demand.input"].search(self.domain))
        self.assertEqual(self._sum(self.pumps, NOV), 140)

    def test_reviews_follow_at_once(self):
        review = self._review(self.cycle, self.valves)
        for month in (NOV, DEC, JAN):
            self._write(self._cell(self.valves, 70, month), reason=self.reason)
        self.assertEqual(review.qty_consensus, 210)
