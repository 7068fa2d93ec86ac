import json

from odoo import api, fields, models
from odoo.tools import formatLang, json_default

from ..models.sop_cycle import CANCELLED

SCHEMA = 1
YEAR = 12  # months compared


class SopPack(models.Model):
    """The meeting pack as one value: what the screen, the PDF and the workbook all show.

    The value is plain (JSON): {schema, header, facts, sections}. A section has name, title, lead
    (the sentence under its title), empty (the sentence in place of its figures, or ""), facts,
    charts, tables and notes.

    * fact: {label, value, format, detail}
    * table: {name, title, columns: [{name, label, format}], rows: [{column name: value}], limit},
      limit being the rows that a page has room for. Format "row" takes the row's own "format".
    * chart: see sop_pack_charts; kinds line, bar, bridge, heat.

    Figures are raw numbers in the company's currency, the product's units, hours, days or ratios;
    None is "not known". Faces word them by the format: text, code (a short text), long, lines (a
    list), number, units, hours, days, money, money_short (thousands or millions), change_money
    (signed), percent, percent_plain (no sign), change (a signed ratio), points (signed percentage
    points), date, level ("", none, watch, amber, red, critical).
    """

    _inherit = "sop.pack"

    @api.model
    def _build_value(self, cycle, note="", number=1):
        """The pack of a cycle from its stored figures: the company's plan, whoever asks."""
        cycle.ensure_one()
        cycle.check_access("read")
        cycle._check_computed()
        plan = cycle.sudo().with_company(cycle.company_id)
        plan = plan.with_context(
            allowed_company_ids=cycle.company_id.ids,
            lang=self._pack_lang(cycle),
            tz=cycle.company_id._sop_timezone(),
            hierarchical_naming=False,
        )
        value = self.with_env(plan.env)._compose(plan, note or "", number)
        return json.loads(json.dumps(value, default=json_default))

    @api.model
    def _pack_lang(self, cycle):
        """The controller's language: the pack is the company's, not the reader's."""
        return cycle.user_id.sudo().lang or self.env.lang or "en_US"

    def _compose(self, cycle, note, number):
        builders = (
            self._section_decisions, self._section_kpis, self._section_demand,
            self._section_bridge, self._section_accuracy, self._section_overrides,
            self._section_gaps, self._section_capacity, self._section_scenarios,
            self._section_stock, self._section_risks, self._section_actions,
        )  # fmt: skip
        sections = [build(cycle) for build in builders]
        sections[0]["lead"] = note or sections[0]["lead"]
        return {
            "schema": SCHEMA,
            "header": self._header(cycle, number),
            "facts": self._headline(cycle),
            "sections": sections,
        }

    def _header(self, cycle, number):
        currency = cycle.currency_id
        return {
            "company": cycle.company_id.name,
            "cycle": cycle.name,
            "cycle_id": cycle.id,
            "month": cycle.month,
            "state": dict(cycle._fields["state"]._description_selection(self.env))[cycle.state],
            "version": number,
            "data_as_of": cycle.date_snapshot,
            "controller": cycle.user_id.name or "",
            "horizon_months": cycle.horizon_months,
            "week_start": cycle.week_start,
            "currency": {"id": currency.id, "name": currency.name, "symbol": currency.symbol},
            "lang": self.env.lang,
            "tz": self.env.context["tz"],
        }

    def _headline(self, cycle):
        """The state of the plan in a line of figures, for the first page and the mail."""
        year, last_year = (
            sum(cycle.review_ids.mapped(name)) for name in ("amount_year", "amount_last_year")
        )
        followed = cycle._followed_scenario()
        _ = self.env._
        growth = year / last_year - 1 if last_year else None
        return [
            self._fact(_("Demand, next 12 months"), year, "money",
                       _("%s on the last 12", self._percent(growth)) if growth is not None else ""),
            self._fact(_("Red exceptions open"), cycle.red_count, "number",
                       _("%s amber", cycle.amber_count)),
            self._fact(_("Supply gaps"), cycle.gap_count, "number", followed.name or ""),
            self._fact(_("Value of gaps"), sum(self._gaps(cycle).mapped("amount_short")), "money"),
            self._fact(_("Demand served in its week"),
                       followed.rate_fill if followed.state == "done" else None, "percent"),
            self._fact(_("Suppliers flagged"), cycle.supplier_flag_count, "number"),
            self._fact(_("Trust in the data"),
                       cycle.rate_trust if cycle.has_trust else None, "percent"),
        ]  # fmt: skip

    def _percent(self, ratio):
        return f"{100 * ratio:+.0f} %"

    def _money_words(self, cycle, amount):
        """An amount inside a sentence, in whole units of the currency."""
        return formatLang(self.env, amount, currency_obj=cycle.currency_id, rounding_unit="units")

    # ---- shapes ----

    def _fact(self, label, value, form, detail=""):
        return {"label": label, "value": value, "format": form, "detail": detail}

    def _section(self, name, title, **parts):
        return {
            "name": name, "title": title, "lead": "", "empty": "", "facts": [], "charts": [],
            "tables": [], "notes": [], **parts,
        }  # fmt: skip

    def _pack_table(self, name, title, columns, rows, limit):
        return {
            "name": name,
            "title": title,
            "columns": [
                {"name": key, "label": label, "format": form} for key, label, form in columns
            ],
            "rows": rows,
            "limit": limit,
        }

    # ---- what several sections read ----

    def _previous(self, cycle):
        """The company's cycle before this one."""
        return cycle.search(
            [
                ("company_id", "=", cycle.company_id.id),
                ("month", "<", cycle.month),
                ("state", "!=", CANCELLED),
            ],
            order="month desc",
            limit=1,
        )

    def _last_amounts(self, cycle, by):
        """Value of the last approved plan by month or family, over the next twelve months of the
        cycle for families; nothing where there is no such plan."""
        last = cycle._last_plan()
        if not last:
            return {}
        is_version = last._name == "sop.plan.version"
        lines = self.env["sop.plan.version.line" if is_version else "sop.demand.line"]
        domain = [("version_id" if is_version else "cycle_id", "=", last.id),
                  ("bucket_start", ">=", cycle.month)]  # fmt: skip
        if by == "family_id":
            domain.append(("bucket_start", "<", fields.Date.add(cycle.month, months=YEAR)))
        return dict(lines._read_group(domain, [by], ["amount_consensus:sum"]))

    def _last_figure(self, cycle, name, version_name=None):
        """A figure of the last approved plan: as its version keeps it, else its scenario's."""
        last = cycle._last_plan()
        if not last:
            return None
        if last._name == "sop.plan.version":
            return (last.figures or {}).get(version_name or name)
        return self._figure(last._followed_scenario(), name)

    def _figure(self, scenario, name):
        is_known = scenario and scenario.state == "done" and name in scenario._fields
        return scenario[name] if is_known else None

    def _gaps(self, cycle):
        """The gaps of the plan that is followed."""
        return self.env["sop.supply.gap"].search(
            [("cycle_id", "=", cycle.id), ("scenario_id.is_followed", "=", True)],
            order="amount_short desc, id",
        )

    def _decisions(self, cycle, kinds):
        """Recorded decisions, actions, risks or assumptions of a cycle that were not dropped."""
        domain = [("cycle_id", "=", cycle.id), ("kind", "in", kinds)]
        return self.env["sop.decision"].search([*domain, ("state", "!=", "dropped")])

    def _label(self, record, name):
        """A selection in words."""
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    def _family_name(self, family):
        return family.name or self.env._("Without family")

    def _months(self, cycle, first, last):
        return [fields.Date.add(cycle.month, months=n) for n in range(first, last)]
