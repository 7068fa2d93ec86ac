from dataclasses import dataclass, field

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

PERIODS = ("month", "quarter")
ROW_LIMIT = 2000  # rows of one level; more are no grid that anybody reads
LABEL_FIELDS = ("many2one", "selection", "boolean", "integer")


@dataclass
class Grid:
    """What one call is about: the rows of one cycle, and how they are to be arranged."""

    cycle: models.BaseModel
    domain: Domain
    groupby: list
    period: str = "month"
    unit: str = "qty"
    measures: list = field(default_factory=list)
    parent: str | None = None
    only_short: bool = False
    scenario: models.BaseModel | None = None
    columns: list = field(default_factory=list)
    column_of: dict = field(default_factory=dict)  # first day of a bucket: position of its column
    is_limited: bool = False


class SopGridMixin(models.AbstractModel):
    """Rows against buckets for the view ``sop_grid``: options, keys and the shared assembling.

    A model says what its columns, measures and rows are: ``_grid_columns``, ``_grid_measures``,
    ``_grid_rows`` and ``_grid_totals``.
    """

    _name = "sop.grid.mixin"
    _description = "S&OP Planning Grid"

    _grid_unit = "qty"
    _grid_groupby = ("family_id",)
    # groups of time, and of what a grid shows one of only: no rows
    _grid_no_rows = ("bucket_start", "bucket_end", "week", "period", "cycle_id", "scenario_id")
    # what is under a row, unless the groups name it
    _grid_below = {"family_id": "product_id"}
    # (row, row under it) of which the second belongs to one of the first only
    _grid_nested = {("family_id", "product_id"), ("family_id", "gap_id")}

    @api.model
    @api.readonly
    def get_grid_data(self, domain=(), options=None):
        """The rows of a grid, their figures and what may be done with them, in one call.

        ``options``: ``{groupby, period, unit, measures, parent}``; with ``parent``, a row's key,
        the rows under it. Without a cycle in the domain the dashboard's is taken. Figures are plain
        numbers: units, ratios, hours, company currency; amounts are left out for those who do not
        see them.
        """
        self.check_access("read")
        grid = self._grid(domain, options)
        if not grid.cycle:
            return self._grid_without_cycle(grid)
        self._grid_set_columns(grid)
        measures = self._grid_measures(grid)
        grid.measures = self._grid_shown(grid, measures)
        rows = self._grid_rows(grid, *self._grid_level(grid))
        return {
            "cycle": self._grid_header(grid),
            "unit": grid.unit,
            "columns": grid.columns,
            "total_label": self._grid_total_label(grid),
            "measures": measures,
            "shown": grid.measures,
            "rows": rows,
            "totals": None if grid.parent else self._grid_totals(grid),
            "edit": self._grid_edit(grid),
            "empty": None if rows else self._grid_empty(grid),
            "row_limit": ROW_LIMIT if grid.is_limited else None,
        }

    def _grid_without_cycle(self, grid):
        return {
            "cycle": None, "unit": grid.unit, "columns": [], "total_label": "",
            "measures": self._grid_measures(grid), "shown": [], "rows": [], "totals": None,
            "edit": {"can_edit": False, "reason": "", "reasons": [], "amber": 0.0,
                     "reason_rule": ""},
            "empty": {
                "title": self.env._("No cycle yet"),
                "text": self.env._("Open a cycle and press Refresh to compute the plan."),
                "action": "sop_planning.sop_cycle_action",
            },
            "row_limit": None,
        }  # fmt: skip

    # ---- what is asked ----

    @api.model
    def _grid(self, domain, options):
        """The call's ``domain`` and ``options``, checked. Raises UserError."""
        options = options if isinstance(options, dict) else {}
        try:
            domain = Domain([tuple(leaf) if isinstance(leaf, list) else leaf for leaf in domain])
            domain.validate(self)
        except (ValueError, TypeError) as error:
            raise UserError(self.env._("The filter cannot be read: %s", error)) from error
        period = options.get("period") or PERIODS[0]
        if period not in PERIODS:
            raise UserError(self.env._("A planning grid has months or quarters, not %s.", period))
        groups = [self._grid_spec(spec) for spec in options.get("groupby") or []]
        cycle = self._grid_cycle(domain)
        grid = Grid(
            cycle=cycle,
            domain=domain & Domain("cycle_id", "=", cycle.id),
            groupby=[spec for spec in groups if spec] or list(self._grid_groupby),
            period=period,
            unit=options.get("unit") or self._grid_unit,
            measures=list(options.get("measures") or []),
            parent=options.get("parent") or None,
            only_short=bool(options.get("only_short")),
        )
        return self._grid_check(grid)

    def _grid_check(self, grid):
        """What a model does with the options before anything is read."""
        return grid

    @api.model
    def _grid_cycle(self, domain):
        """The one cycle that a domain is about; the dashboard's, where it names none or many."""
        dashboard = self.env["sop.cycle"]._dashboard_cycle()
        if not any(self._grid_root(leaf) == "cycle_id" for leaf in domain.iter_conditions()):
            return dashboard
        cycles = self.env["sop.cycle"].union(
            *(cycle for (cycle,) in self._read_group(domain, ["cycle_id"]))
        )
        return dashboard if not cycles or dashboard in cycles else cycles.sorted()[:1]

    @api.model
    def _grid_root(self, leaf):
        return leaf.field_expr.split(".")[0]

    @api.model
    def _grid_spec(self, spec):
        """A group as a path of fields; nothing for groups that are columns here."""
        path = str(spec).split(":")[0]
        if path.split(".")[0] in self._grid_no_rows and "." not in path:
            return None
        model, found = self, None
        for name in path.split("."):
            found = model._fields.get(name) if model is not None else None
            is_stored = found and (found.store or found.related)
            if not is_stored or not model._has_field_access(found, "read"):
                raise UserError(self.env._("Rows cannot be grouped by %s.", spec))
            model = self.env[found.comodel_name] if found.type == "many2one" else None
        if found.type not in LABEL_FIELDS:
            raise UserError(self.env._("Rows cannot be grouped by %s.", found.string))
        return path

    # ---- keys of rows: "family_id:12", or "company_id:1/family_id:12" under another row ----

    def _grid_key(self, spec, value, parent=None):
        number = value.id or 0 if isinstance(value, models.BaseModel) else value
        key = f"{spec}:{number}"
        if not parent or (parent.split(":")[0], spec) in self._grid_nested:
            return key
        return f"{parent}/{key}"

    def _grid_parts(self, key):
        """{path: value} that a row stands for. Raises UserError."""
        parts = {}
        for part in str(key).split("/"):
            spec, _colon, value = part.partition(":")
            path = self._grid_spec(spec)
            if not path or not value:
                raise UserError(self.env._("There is no row %s.", key))
            parts[path] = self._grid_plain(path, value)
        return parts

    def _grid_plain(self, path, value):
        kind = self._grid_field(path).type
        try:
            if kind in ("many2one", "integer"):
                return int(value) or (False if kind == "many2one" else 0)
        except ValueError as error:
            raise UserError(self.env._("There is no row %s.", f"{path}:{value}")) from error
        if kind == "boolean":
            return value == "True"
        return False if value == "False" else value

    def _grid_field(self, path):
        model, found = self, None
        for name in path.split("."):
            found = model._fields[name]
            model = self.env[found.comodel_name] if found.type == "many2one" else model
        return found

    def _grid_key_domain(self, key):
        return Domain.AND(Domain(path, "=", value) for path, value in self._grid_parts(key).items())

    def _grid_level(self, grid):
        """(path of the rows, domain, key of the row above) that the options ask for."""
        if not grid.parent:
            return grid.groupby[0], grid.domain, None
        spec = self._grid_child_spec(grid)
        if not spec:
            raise UserError(self.env._("There is nothing under the row %s.", grid.parent))
        return spec, grid.domain & self._grid_key_domain(grid.parent), grid.parent

    def _grid_child_spec(self, grid):
        """The path of the rows under the top rows, if there are any."""
        if len(grid.groupby) > 1:
            return grid.groupby[1]
        return self._grid_below.get(grid.groupby[0])

    def _grid_label(self, spec, value):
        """What a row is called. Names are not secret: they are read as those of a many2one are."""
        found = self._grid_field(spec)
        if isinstance(value, models.BaseModel):
            named = value.sudo().with_context(hierarchical_naming=False)
            return named.display_name or self.env._("Without %s", found.string.lower())
        if found.type == "selection":
            options = dict(found._description_selection(self.env))
            return options.get(value) or self.env._("Without %s", found.string.lower())
        if found.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return str(value)

    def _grid_groups(self, grid, spec, domain):
        """The values of the rows in their order, and the domain of those that are shown."""
        values = [value for (value,) in self._read_group(domain, [spec], limit=ROW_LIMIT + 1)]
        if len(values) <= ROW_LIMIT:
            return values, domain
        grid.is_limited = True
        values = values[:ROW_LIMIT]
        plain = [getattr(value, "id", value) for value in values]
        return values, domain & Domain(spec, "in", plain)

    # ---- what all grids say ----

    def _grid_header(self, grid):
        cycle, currency = grid.cycle, grid.cycle.currency_id
        return {
            "id": cycle.id,
            "name": cycle.name,
            "company": cycle.company_id.name,
            "data_as_of": cycle.date_snapshot
            and format_datetime(self.env, cycle.date_snapshot, dt_format="short"),
            "is_frozen": cycle.is_frozen,
            "currency": {"symbol": currency.symbol, "position": currency.position}
            if self._grid_sees_money()
            else None,
        }

    def _grid_sees_money(self):
        return self.env["sop.money.mixin"]._sees_money()

    def _grid_set_columns(self, grid):
        grid.columns, grid.column_of = self._grid_columns(grid)

    def _grid_measure(self, name, kind, is_default=False, is_editable=False, source=None, **words):
        """A figure that can be shown: its label and help are its field's, unless given."""
        known = self._fields.get(source or name)
        return {
            "name": name,
            "label": words.get("label") or known._description_string(self.env),
            "kind": kind,
            "is_editable": is_editable,
            "is_default": is_default,
            "help": words.get("help") or (known and known._description_help(self.env)) or "",
        }

    def _grid_shown(self, grid, measures):
        """The names of the measures asked for; the default ones, when none of them is known."""
        known = {measure["name"] for measure in measures}
        return [name for name in grid.measures if name in known] or [
            measure["name"] for measure in measures if measure["is_default"]
        ]

    def _grid_row(self, grid, spec, value, parent):
        """A row without its figures."""
        return {
            "key": self._grid_key(spec, value, parent),
            "label": self._grid_label(spec, value),
            "parent": parent,
            "level": 1 if parent else 0,
            "has_children": not parent and bool(self._grid_child_spec(grid)),
            "is_locked": False,
            "is_editable": False,
            "owner": "",
            "state": "",
            "tags": [],
            "about": "",  # of the tags, in a sentence
            "res_model": None,
            "res_id": None,
        }

    def _grid_total_label(self, grid):
        return self.env._("Total")

    def _grid_edit(self, grid):
        return {
            "can_edit": False,
            "reason": self.env._("The refresh computes these figures."),
            "reasons": [],
            "amber": 0.0,
            "reason_rule": "",
        }

    def _grid_empty(self, grid):
        return {
            "title": self.env._("Nothing to show"),
            "text": self.env._("No row of the plan matches the filters."),
            "action": None,
        }
