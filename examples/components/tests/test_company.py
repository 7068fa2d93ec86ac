"""The company in Odoo: what was planned is there, and the S&OP cycle finds what was planted."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import TransactionCase

from examples import components
from examples.components import check


class TestComponents(TransactionCase):
    def _load(self, day, **sizes):
        return components.load(self.env, day, lambda text: None, order_lines=2000, **sizes)

    def _check(self, day, **sizes):
        """Load the company as of a day, compute its cycle, compare both with what was planted."""
        with freeze_time(f"{day} 09:00:00"):
            self._load(day, **sizes)
            company = self.env.company
            month = company._sop_month(company._sop_today())
            self.env["sop.cycle"]._open_cycle(company, month).action_refresh()
            compared = check.check(self.env)
        self.assertEqual(compared["cycle"]["gaps"], 3)
        self.assertEqual(compared["cycle"]["vendors flagged"], 1)
        self.assertGreaterEqual(compared["cycle"]["defects"], 15)

    def test_the_cycle_finds_what_was_planted(self):
        self._check(date(2026, 11, 25), skus=60, seed=1)

    def test_also_from_a_sunday_with_another_seed(self):
        """The first week has no hour left: nothing may fall into it."""
        self._check(date(2027, 11, 14), skus=72, seed=4, months=30)

    def test_it_loads_once_only_and_not_too_small(self):
        with self.assertRaisesRegex(UserError, "SKUS is 5"):
            self._load(date(2026, 11, 25), skus=5)
        self.env["ir.config_parameter"].sudo().set_param(components.MARKER, "{}")
        with self.assertRaisesRegex(UserError, "already loaded"):
            self._load(date(2026, 11, 25))
