from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_scenario import ScenarioCommon, WEEK_4


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestProbe(ScenarioCommon):
    def test_probe(self):
        def show(s):
            print("==", s.name, s.state, s.message)
            print(s.lever_text)
            print(
                {
                    n: round(s[n], 3)
                    for n in (
                        "rate_fill rate_otif qty_late amount_late family_count gap_count hours_short amount_short amount_revenue amount_margin amount_extra amount_overtime amount_holding amount_penalty amount_total amount_bound hours_overtime rate_peak rate_mean amount_stock amount_stock_end days_stock".split()
                    )
                }
            )
            print(self._gap_rows(s), s.cash, s.binds, s.reason)
            print(
                s.family_ids.mapped(
                    lambda f: (f.family_id.name, f.qty_demand, f.qty_late, f.rate_fill)
                )
            )

        for s in self.cycle.scenario_ids:
            show(s)
        for p in (self.pump, self.valve, self.casting):
            print(
                p.name,
                [
                    (
                        l.week,
                        l.qty_demand,
                        l.qty_dependent,
                        l.qty_receipts,
                        l.qty_planned,
                        l.qty_stock,
                    )
                    for l in self._supply(self.cycle, p)
                ][:9],
            )
        show(self._ask(self._lever("extra_shift", 8, workcenter=self.lathe)))
        show(self._ask(self._lever("extra_shift", 1, workcenter=self.lathe)))
        show(
            self._ask(
                self._lever(
                    "supplier_delay", 14, (TODAY, self.cycle.date_end), partner=self.foundry
                )
            )
        )
        show(self._ask(self._lever("demand", 0.2, family=self.pumps)))
        show(self._ask(self._lever("demand", 1, partner=self.second)))
