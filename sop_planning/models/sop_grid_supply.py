from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date

BUCKETS = {"bucket_start", "bucket_end", "week", "period"}


class SopGridSupplyMixin(models.AbstractModel):
    """Grids of the supply plan: the weeks, then the months, of the scenario that is followed."""

    _name = "sop.grid.supply.mixin"
    _description = "S&OP Planning Grid of a Scenario"
    _inherit = ["sop.grid.mixin"]

    def _grid_check(self, grid):
        grid.scenario = self._grid_scenario(grid)
        grid.domain &= Domain("scenario_id", "=", grid.scenario.id)
        return grid

    def _grid_scenario(self, grid):
        """The scenario that the plan follows, unless the domain is about another one."""
        followed = grid.cycle._followed_scenario()
        if not any(
            self._grid_root(leaf) == "scenario_id" for leaf in grid.domain.iter_conditions()
        ):
            return followed
        found = [scenario for (scenario,) in self._read_group(grid.domain, ["scenario_id"])]
        return followed if not found or followed in found else found[0]

    def _grid_buckets(self, grid, *sources):
        """{first day: (last day + 1, number of the week or 0)} of the buckets of some tables, each
        a model with a domain."""
        buckets = {}
        for model, domain in sources:
            rows = self.env[model]._read_group(
                domain, ["bucket_start:day", "week"], ["bucket_end:max"]
            )
            buckets |= {start: (end or start, week) for start, week, end in rows}
        return dict(sorted(buckets.items()))

    def _grid_bucket_columns(self, grid, buckets):
        columns = [self._grid_bucket(start, end, week) for start, (end, week) in buckets.items()]
        return columns, {start: n for n, start in enumerate(buckets)}

    def _grid_bucket(self, start, end, week):
        label = format_date(self.env, start, date_format="MMM yy")
        title = format_date(self.env, start, date_format="MMMM yyyy")
        if week:
            label = self.env._("W%s", week)
            title = self.env._(
                "Week %(week)s · ISO week %(iso)s · %(first)s – %(last)s",
                week=week,
                iso=start.isocalendar().week,
                first=format_date(self.env, start, date_format="d MMM"),
                last=format_date(self.env, fields.Date.subtract(end, days=1), date_format="d MMM"),
            )
        return {
            "key": str(start), "label": label, "title": title, "start": str(start),
            "end": str(end), "is_frozen": False, "frozen_text": "", "group": str(start.year),
        }  # fmt: skip

    def _grid_conditions(self, domain, roots):
        """(the conditions of a domain on some fields alone, whether there are others)."""
        is_and = getattr(domain, "OPERATOR", "") == "&"
        own, has_others = [], False
        for part in domain.children if is_and else [domain]:
            fields_of = {self._grid_root(leaf) for leaf in part.iter_conditions()}
            if fields_of <= set(roots):
                own.append(part)
            elif not fields_of <= {"cycle_id", "scenario_id", "company_id", *BUCKETS}:
                has_others = True
        return Domain.AND(own), has_others
