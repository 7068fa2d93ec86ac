from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_grid import DEC, NOV, GridCommon

VALUE = {"unit": "amount"}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGridValue(GridCommon):
    """What typing money into the demand grid does: 100 pumps at 100, 40 at 40, 11,600 a month."""

    def _enter(self, *cells, **options):
        return self._write(*cells, options=VALUE, **options)

    def _worth(self, month=NOV):
        return self._sum(self.pumps, month, "amount_consensus")

    def _pumps(self, month=NOV):
        return tuple(
            self._line(self.cycle, product, month).qty_consensus
            for product in (self.pump, self.small_pump)
        )

    def test_an_amount_becomes_the_units_that_are_worth_it(self):
        self.assertEqual(self._worth(), 11600)
        answer = self._enter(self._cell(self.pumps, 12180))
        self.assertEqual(answer["status"], "done")
        self.assertEqual((self._pumps(), self._worth()), ((105, 42), 12180))
        self.assertIn("12,180", answer["text"])
        family = next(row for row in answer["rows"] if row["key"] == self._key(self.pumps))
        self.assertEqual(family["cells"]["qty_consensus"], {0: 12180})
        # whole units come as near as they can
        self._enter(self._cell(self.pump, 10520))
        self.assertEqual(self._line(self.cycle, self.pump).qty_consensus, 105)

    def test_the_journal_is_in_units_and_undo_takes_it_back(self):
        answer = self._enter(self._cell(self.pumps, 580, kind="delta"))
        entry = self.env["sop.demand.override"].browse(answer["journal_ids"])
        self.assertEqual((entry.kind, entry.value), ("set", 147))
        self.lines.undo_grid(self.domain, VALUE, answer["journal_ids"])
        self.assertEqual((self._pumps(), self._worth()), ((100, 40), 11600))

    def test_percent_and_several_months(self):
        self._enter(
            self._cell(self.pumps, 5, kind="percent"), self._cell(self.pumps, 12180, month=DEC)
        )
        self.assertEqual((self._worth(), self._worth(DEC)), (12180, 12180))
        self.assertEqual(self._pumps(DEC), (105, 42))

    def test_a_reason_is_asked_as_for_units(self):
        answer = self._enter(self._cell(self.pumps, 13920))
        self.assertEqual(answer["status"], "reason")
        self.assertEqual(self._pumps(), (100, 40))
        self._enter(self._cell(self.pumps, 13920), reason=self.reason)
        self.assertEqual((self._pumps(), self._worth()), ((120, 48), 13920))

    def test_a_locked_product_keeps_its_money(self):
        facts = self.env["sop.demand.product"].search(self.domain)
        facts.filtered(lambda fact: fact.product_id == self.pump).is_locked = True
        self._enter(self._cell(self.pumps, 11680))
        self.assertEqual(self._pumps(), (100, 42))
        with self.assertRaisesRegex(UserError, "Pumps, Nov 26: The locked products"):
            self._enter(self._cell(self.pumps, 9000), reason=self.reason)

    def test_what_has_no_price_asks_for_a_quantity(self):
        self.env.cr.execute(
            "UPDATE sop_demand_line SET price_unit = 0 WHERE product_id = %s", [self.pump.id]
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Steady pump, Nov 26: The products have no price"):
            self._enter(self._cell(self.pump, 500))

    def test_a_sales_input_in_money(self):
        seller = self._user("sales")
        self.pumps.sop_owner_id = seller
        self._enter(self._cell(self.pumps, 12180), user=seller, measure="qty_sales")
        self.assertEqual(self._sum(self.pumps, NOV, "qty_sales"), 147)
        self._enter(self._cell(self.pumps, -580, kind="delta"), user=seller, measure="qty_sales")
        self.assertEqual(self._sum(self.pumps, NOV, "qty_sales"), 140)

    def test_nobody_changes_amounts_that_are_hidden(self):
        self._hide_money()
        seller = self._user("sales")
        self.pumps.sop_owner_id = seller
        with self.assertRaisesRegex(AccessError, "change the quantities"):
            self._enter(self._cell(self.pumps, 12180), user=seller, measure="qty_sales")
        self.assertEqual(self._sum(self.pumps, NOV, "qty_sales"), 0)
