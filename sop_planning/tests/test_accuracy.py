from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_learning import ACTUAL, FORECAST, LearningCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastAccuracy(LearningCommon):
    """The rates of the report, read as its viewers read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = cls._user(cls, "viewer")
        cls.Accuracy = cls.Accuracy.with_user(cls.viewer)

    def test_golden_set(self):
        self._keep(self.pump, ACTUAL, FORECAST)
        (group,) = self.Accuracy.formatted_read_group(
            [("step", "=", "consensus"), ("lag", "=", 1)],
            ["product_id"],
            [
                "abs_error_mean:avg", "rate_wmape:avg", "rate_bias:avg", "tracking_signal:avg",
                "rate_accuracy:avg",
            ],
        )  # fmt: skip
        self.assertAlmostEqual(group["abs_error_mean:avg"], 16.0)
        self.assertAlmostEqual(group["rate_wmape:avg"], 0.1778, places=4)
        self.assertAlmostEqual(group["rate_accuracy:avg"], 0.8222, places=4)
        self.assertAlmostEqual(group["rate_bias:avg"], -0.0444, places=4)
        self.assertAlmostEqual(group["tracking_signal:avg"], -1.25)

    def test_rates_of_a_family_are_ratios_of_sums(self):
        self._keep(self.pump, [100], [150])
        self._keep(self.small_pump, [900], [900])
        domain = [("step", "=", "statistical")]
        ((family, rate, value),) = self.Accuracy._read_group(
            domain, ["family_id"], ["rate_wmape:avg", "rate_wmape_value:avg"]
        )
        self.assertEqual(family, self.pumps)
        self.assertAlmostEqual(rate, 0.05)  # the mean of the products' rates is 0.25
        self.assertAlmostEqual(value, 50 * 100 / (100 * 100 + 900 * 40))

    def test_totals_of_a_pivot_are_ratios_of_sums_too(self):
        self._keep(self.pump, [100], [150])
        self._keep(self.small_pump, [900], [900])
        by_product, (total,) = self.Accuracy.formatted_read_grouping_sets(
            [("step", "=", "consensus")], [["product_id"], []], ["rate_wmape:avg"]
        )
        self.assertEqual(sorted(group["rate_wmape:avg"] for group in by_product), [0, 0.5])
        self.assertAlmostEqual(total["rate_wmape:avg"], 0.05)

    def test_tracking_signal_is_of_one_product_at_one_lag(self):
        self._keep(self.pump, ACTUAL, FORECAST)
        self._keep(self.small_pump, ACTUAL, FORECAST)
        signals = self.Accuracy._read_group(
            [("step", "=", "consensus")], ["family_id"], ["tracking_signal:avg"]
        )
        self.assertEqual(signals, [(self.pumps, False)])
        self.assertEqual(self._rates(self.pump, "consensus", "tracking_signal"), [-1.25])

    def test_nothing_ordered_has_no_rate(self):
        self._keep(self.pump, [0, 0], [5, 10])
        rates = self._rates(
            self.pump, "consensus", "rate_wmape", "rate_accuracy", "rate_bias", "rate_value_added"
        )
        self.assertEqual(rates, [False] * 4)
        self.assertEqual(self._rates(self.pump, "consensus", "tracking_signal"), [2])
        (row, *_rest) = self.Accuracy.search([("step", "=", "consensus")])
        self.assertEqual((row.rate_wmape, row.tracking_signal), (0, 1))

    def test_perfect_forecast(self):
        self._keep(self.pump, [10, 20], [10, 20])
        wmape, accuracy, signal = self._rates(
            self.pump, "consensus", "rate_wmape", "rate_accuracy", "tracking_signal"
        )
        self.assertEqual((wmape, accuracy, signal), (0, 1, False))

    def test_useless_forecast_has_accuracy_zero(self):
        self._keep(self.pump, [10], [100])
        self.assertEqual(self._rates(self.pump, "consensus", "rate_accuracy"), [0])

    def test_value_added_follows_the_chain_of_steps(self):
        self._keep(self.pump, [100], [100], qty_naive=60, qty_statistical=90, qty_computed=95)
        added = {
            step: (rate, to_naive)
            for step, rate, to_naive in self.Accuracy._read_group(
                [], ["step"], ["rate_value_added:avg", "rate_value_added_naive:avg"]
            )
        }
        self.assertEqual(
            added,
            {
                "naive": (0, 0),
                "statistical": (0.3, 0.3),
                "computed": (0.05, 0.35),
                "consensus": (0.05, 0.4),
            },
        )

    def test_steps_stand_in_their_order(self):
        self._keep(self.pump, [100], [100], qty_sales=90, is_sales=True)
        steps = [step for (step,) in self.Accuracy._read_group([], ["step"], [])]
        self.assertEqual(steps, ["naive", "statistical", "computed", "sales", "consensus"])
        backwards = self.Accuracy._read_group([], ["step"], [], order="step DESC")
        self.assertEqual([step for (step,) in backwards], steps[::-1])
        groups = self.Accuracy.formatted_read_group([], ["step", "lag"], ["rate_wmape:avg"])
        self.assertEqual([group["step"] for group in groups], steps)

    def test_rows_can_be_read_one_by_one(self):
        self._keep(self.pump, ACTUAL, FORECAST)
        rows = self.Accuracy.search([("step", "=", "consensus")], order="bucket_start")
        self.assertEqual(rows.mapped("error"), [10, -20, 10, 10, -30])
        self.assertAlmostEqual(rows[0].rate_wmape, 0.1)
        self.assertIn("Consensus", rows[0].display_name)
        everything = rows.read()
        self.assertEqual(len(everything), 5)

    def test_my_changes_and_steps_are_filters(self):
        view = self.env.ref("sop_planning.sop_forecast_accuracy_action")
        self.assertEqual(view.res_model, "sop.forecast.accuracy")
        self._keep(self.pump, ACTUAL, FORECAST)
        last_months = [("bucket_start", ">=", "today =1d -12m")]
        self.assertEqual(self.Accuracy.search_count(last_months), 20)

    def test_forecasts_of_a_cancelled_cycle_are_not_measured(self):
        cycle = self._make_cycle()
        self._keep(self.pump, [100], [90], cycle_id=cycle.id)
        self.assertEqual(self.Accuracy.search_count([]), 4)
        cycle.action_cancel()
        self.assertEqual(self.Accuracy.search_count([]), 0)

    def test_months_that_are_not_over_are_not_measured(self):
        self._keep(self.pump, [0], [90], is_closed=False)
        self.assertFalse(self.Accuracy.search([]))

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Outsider"})
        self._keep(self.pump, [100], [90])
        stranger = self._user("manager", other)
        theirs = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        for model in ("sop.forecast", "sop.forecast.accuracy"):
            self.assertFalse(theirs[model].search([]), model)
            self.assertEqual(
                theirs[model].formatted_read_group([], [], ["__count"])[0]["__count"], 0
            )

    def test_viewers_read_and_nobody_writes(self):
        kept = self._keep(self.pump, [100], [90])
        self.assertEqual(kept.with_user(self.viewer).qty_consensus, 90)
        for role in ("viewer", "controller", "manager"):
            user = self.viewer if role == "viewer" else self._user(role)
            for model in ("sop.forecast", "sop.forecast.accuracy"):
                records = self.env[model].with_user(user)
                self.assertTrue(records.has_access("read"))
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(records.has_access(operation), f"{role} {operation} {model}")
            with self.assertRaises(AccessError):
                kept.with_user(user).write({"qty_consensus": 100})
        with self.assertRaises(AccessError):
            self.Accuracy.with_user(self._user("")).search([])
