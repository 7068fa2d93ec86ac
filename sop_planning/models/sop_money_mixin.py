import re

from lxml import etree

from odoo import api, models
from odoo.tools import formatLang

MONEY_GROUP = "sop_planning.sop_planning_group_money"
HIDDEN = "•••"  # in a sentence that says nothing without its amount
# a clause with a hidden amount: from the comma, colon or bracket before it to the one after it
_INSIDE = rf"(?:(?![,;:.]\s|[,;:.]$|[()])[^\n])*?{HIDDEN}(?:(?![,;:.]\s|[,;:.]$|[()])[^\n])*"
CLAUSE = re.compile(rf"[,;:] {_INSIDE}| \({_INSIDE}\)", re.MULTILINE)


def without_hidden(sentence):
    """A sentence without the clauses that were there for a hidden amount."""
    while sentence and (shorter := CLAUSE.sub("", sentence)) != sentence:
        sentence = shorter
    return sentence


class SopMoneyMixin(models.AbstractModel):
    """Amounts are for people with the money group: monetary fields, and those that a model names.

    The group stands on the field itself, so that the server refuses it on every path (read, search,
    order, groups, export, write) and views drop it by themselves. What the plan computes with them
    reads them by ``sudo()``; what it says about them goes through ``_money`` and ``_shown``.
    """

    _name = "sop.money.mixin"
    _description = "S&OP Money"

    # prices, costs and amounts that are not fields.Monetary
    _money_fields = ("price_unit",)

    @api.model
    def _post_model_setup__(self):  # pylint: disable=missing-return
        super()._post_model_setup__()
        for field in self._fields.values():
            if field.type == "monetary" or field.name in self._money_fields:
                field.groups = field.groups or MONEY_GROUP

    @api.model
    def _sees_money(self):
        """Also under sudo: the person counts. Texts that are kept for everybody are written in the
        context ``sop_without_money``."""
        if self.env.context.get("sop_without_money"):
            return False
        return self.env.user.has_group(MONEY_GROUP)

    def _money(self, amount):
        """An amount in words, or what stands for it where it is hidden."""
        if not self._sees_money():
            return HIDDEN
        return formatLang(self.env, amount, currency_obj=self.currency_id, rounding_unit="units")

    def _shown(self, sentence):
        """A sentence as it may be told to this user."""
        return sentence if self._sees_money() else without_hidden(sentence)

    def copy_data(self, default=None):
        """Who does not see amounts copies the rest."""
        hidden = [] if self.env.su or self._sees_money() else self._money_columns()
        rows = super().copy_data({**dict.fromkeys(hidden, 0), **(default or {})})
        return [{name: row[name] for name in row if name not in hidden} for row in rows]

    @api.model
    def _money_columns(self):
        """The names of the stored fields that are hidden."""
        return [name for name, field in self._fields.items()
                if field.groups == MONEY_GROUP and field.store]  # fmt: skip

    # ---- order ----

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """The largest come first in the model's own order for everybody: a rank is no amount."""
        ranks = {term.split()[0] for term in self._order.split(",")}
        records = self.sudo() if field_name in ranks & set(self._money_columns()) else self
        return super(SopMoneyMixin, records)._order_field_to_sql(
            alias, field_name, direction, nulls, query
        )

    # ---- views ----

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Nothing in a view sorts or sums by what is hidden."""
        result = super().get_view(view_id, view_type, **options)
        if not self.env.su and not self._sees_money():
            arch = etree.fromstring(result["arch"])
            self._drop_hidden(arch)
            if arch.tag in ("graph", "pivot") and not arch.findall("field[@type='measure']"):
                whole = self._get_view_cache(view_id, view_type, **options)["arch"]
                self._measure_units(arch, etree.fromstring(whole))
            result["arch"] = etree.tostring(arch, encoding="unicode")
        return result

    @api.model
    def _drop_hidden(self, node):
        """Orders and sums of hidden fields in a view, and in the lists inside it."""
        for name in ("default_order", "sum_field"):
            if node.get(name):
                terms = [term for term in node.get(name).split(",") if self._may_show(term)]
                node.attrib.pop(name)
                if terms:
                    node.set(name, ",".join(terms).strip())
        for child in node:
            field = child.tag == "field" and self._fields.get(child.get("name"))
            model = self
            if field and field.relational and len(child):
                model = self.env[field.comodel_name]
            if hasattr(model, "_drop_hidden"):
                model._drop_hidden(child)

    @api.model
    def _measure_units(self, arch, whole):
        """Units in place of amounts, where a view measured nothing else: qty_x for amount_x."""
        for measure in whole.findall("field[@type='measure']"):
            name = measure.get("name").replace("amount", "qty", 1)
            if name in self._fields and self._may_show(name):
                etree.SubElement(arch, "field", name=name, type="measure")

    @api.model
    def _may_show(self, term):
        field = self._fields.get(term.split()[0])
        return not field or self._has_field_access(field, "read")
