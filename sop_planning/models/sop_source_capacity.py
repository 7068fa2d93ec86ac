from datetime import datetime, time

import pandas as pd
import pytz

from odoo import api, models
from odoo.tools import SQL


class SopSource(models.AbstractModel):
    """Hours: what work centers are open, and what released work takes of them."""

    _inherit = "sop.source"

    @api.model
    def _read_workcenters(self, company):
        """The company's work centers: workcenter_id, efficiency (1 = 100 %)."""
        return self._query(
            SQL(
                """
                SELECT id AS workcenter_id,
                       COALESCE(NULLIF(time_efficiency, 0), 100)::float8 / 100 AS efficiency
                  FROM mrp_workcenter
                 WHERE active AND company_id = %s
              ORDER BY id
                """,
                company.id,
            )
        )

    @api.model
    def _read_hours(self, company, first, last):
        """Working hours of each work center by day in [first, last), attendances minus leaves and
        holidays: workcenter_id, day, hours. By Odoo's own calendars, in one call a calendar; a
        work center without a calendar has no row."""
        zone = pytz.timezone(company._sop_timezone())
        edges = [zone.localize(datetime.combine(day, time.min)) for day in (first, last)]
        centers = self.env["mrp.workcenter"].sudo().search([("company_id", "=", company.id)])
        rows = []
        for calendar, group in centers.grouped("resource_calendar_id").items():
            if not calendar:
                continue
            intervals = calendar._work_intervals_batch(*edges, resources=group.resource_id)
            for center in group:
                rows += [
                    (center.id, begin.astimezone(zone).date(), (end - begin).total_seconds() / 3600)
                    for begin, end, _meta in intervals[center.resource_id.id]
                ]
        hours = pd.DataFrame(rows, columns=["workcenter_id", "day", "hours"])
        return hours.groupby(["workcenter_id", "day"], as_index=False)["hours"].sum()

    @api.model
    def _read_extra_hours(self, company, first, last):
        """Dated extra hours by day in [first, last): workcenter_id, day, hours. The hours of a week
        are spread evenly over its days from Monday to Friday that lie in the entry's dates."""
        return self._query(
            SQL(
                """
                SELECT entry.workcenter_id, day::date AS day,
                       SUM(entry.hours_per_week / 5)::float8 AS hours
                  FROM sop_extra_hours entry
                  JOIN LATERAL generate_series(GREATEST(entry.date_from, %(first)s),
                                               LEAST(entry.date_to, %(last)s::date - 1),
                                               INTERVAL '1 day') day ON TRUE
                 WHERE entry.company_id = %(company)s AND entry.active
                   AND EXTRACT(ISODOW FROM day) < 6
              GROUP BY entry.workcenter_id, day
              ORDER BY entry.workcenter_id, day
                """,
                company=company.id,
                first=first,
                last=last,
            )
        )

    @api.model
    def _read_work(self, company, oldest):
        """Clock hours that released work orders still take: workcenter_id, product_id, day, hours.
        On the day on which they are planned, else their order's; those planned before ``oldest``
        are not expected any more."""
        return self._query(
            SQL(
                """
                SELECT work.workcenter_id, production.product_id, %(day)s AS day,
                       SUM(GREATEST(0, work.duration_expected - COALESCE(work.duration, 0)))
                           ::float8 / 60 AS hours
                  FROM mrp_workorder work
                  JOIN mrp_production production ON production.id = work.production_id
                  JOIN mrp_workcenter center ON center.id = work.workcenter_id AND center.active
                   AND center.company_id = production.company_id
                 WHERE %(open)s AND %(day)s >= %(oldest)s
              GROUP BY work.workcenter_id, production.product_id, 3
              ORDER BY work.workcenter_id, production.product_id, 3
                """,
                open=self._is_open_work(company),
                day=self._work_day(company),
                oldest=oldest,
            )
        )

    def _is_open_work(self, company):
        return SQL(
            "production.company_id = %s AND work.state IN ('blocked', 'ready', 'progress')"
            " AND production.state IN ('confirmed', 'progress', 'to_close')",
            company.id,
        )

    def _work_day(self, company):
        return SQL(
            "(COALESCE(work.date_start, work.production_date, production.date_start)"
            " AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            company._sop_timezone(),
        )

    @api.model
    def _work_order_ids(self, lines):
        """Ids of the released work orders in the work centers and buckets of capacity lines; what
        is overdue counts in the plan's first bucket."""
        ids = []
        for company, own in lines.grouped("company_id").items():
            first = self.env["sop.capacity.line"].search(
                [("scenario_id", "in", own.scenario_id.ids)], order="bucket_start", limit=1
            )
            ids += self._query(
                SQL(
                    """
                    SELECT DISTINCT work.id
                      FROM mrp_workorder work
                      JOIN mrp_production production ON production.id = work.production_id
                      JOIN sop_capacity_line line ON line.id = ANY(%(lines)s)
                       AND line.workcenter_id = work.workcenter_id
                       AND %(day)s < line.bucket_end
                       AND (%(day)s >= line.bucket_start OR line.bucket_start = %(first)s)
                     WHERE %(open)s
                    """,
                    lines=list(own.ids),
                    day=self._work_day(company),
                    first=first.bucket_start,
                    open=self._is_open_work(company),
                )
            )["id"].tolist()
        return ids

    @api.model
    def _workcenter_product_ids(self, centers):
        """Ids of the products that have an operation on the work centers."""
        return self._query(
            SQL(
                """
                SELECT DISTINCT product.id
                  FROM mrp_routing_workcenter operation
                  JOIN mrp_bom bom ON bom.id = operation.bom_id AND bom.active
                  JOIN product_product product
                    ON product.product_tmpl_id = bom.product_tmpl_id
                   AND (bom.product_id IS NULL OR bom.product_id = product.id)
                 WHERE operation.active AND operation.workcenter_id = ANY(%s)
                """,
                list(centers.ids),
            )
        )["id"].tolist()
