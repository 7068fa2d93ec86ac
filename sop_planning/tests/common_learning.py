from datetime import date

from .common import MONTH, SopCommon

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
NEXT_MONTH = date(2026, 12, 9)
# set G: mean absolute error 16, WMAPE 17.78 %, bias -4.44 %, tracking signal -1.25
ACTUAL, FORECAST = [100, 120, 80, 0, 150], [110, 100, 90, 10, 120]


class LearningCommon(SopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Forecast, cls.Accuracy = cls.env["sop.forecast"], cls.env["sop.forecast.accuracy"]

    def _frozen(self, product, month=MONTH, lag=1, source="cycle"):
        return self.Forecast.search(
            [
                ("product_id", "=", product.id),
                ("bucket_start", "=", month),
                ("lag", "=", lag),
                ("source", "=", source),
            ]
        )

    def _keep(self, product, actuals, forecasts, **vals):
        """Closed lag-1 forecasts of consecutive months, every step of which says the same."""
        rows = [
            {
                "company_id": self.company.id,
                "product_id": product.id,
                "family_id": product.categ_id.id,
                "source": "cycle",
                "lag": 1,
                "bucket_start": date(2026, number, 1),
                "qty_actual": actual,
                "is_closed": True,
                "price_unit": product.list_price,
                **dict.fromkeys(
                    ("qty_naive", "qty_statistical", "qty_computed", "qty_consensus"), forecast
                ),
                **vals,
            }
            for number, (actual, forecast) in enumerate(zip(actuals, forecasts), start=1)
        ]
        return self.Forecast.sudo().create(rows)

    def _rates(self, product, step, *names):
        ((*rates,),) = self.Accuracy._read_group(
            [("product_id", "=", product.id), ("step", "=", step)],
            [],
            [f"{name}:avg" for name in names],
        )
        return rates
