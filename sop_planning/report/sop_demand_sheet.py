import hashlib
import json

from odoo import api, fields, models
from odoo.tools import SQL

from .sop_pack_charts import GRID, MUTED, UP
from .sop_pack_xlsx_book import HEAD, Book, column_name

MARK = "sop.demand.sheet"
KEY_ROW, BLOCK_ROW, HEAD_ROW, SUM_ROW, FIRST_ROW = 0, 3, 4, 5, 6
ID_COLUMN, FIRST_MONTH = 0, 6  # id, family, code, product, unit, sum, then the months
EDIT, OFF, KEPT = "#FFFDF2", "#E5E7EB", "#DBEAFE"
# the blocks of columns beside the consensus, in the file's keys
STATISTICAL, LAST_YEAR, ORDERS, WAS, CONSENSUS = "statistical", "last_year", "orders", "was", "qty"


class SopDemandSheet(models.AbstractModel):
    """The demand sheet: consensus by product and month, to be edited and read back.

    The hidden first row says what the file is (column A, JSON) and what each column is
    (``qty:2026-11-01``); the hidden first column holds the products' ids. Beside the months to edit
    stand, folded away, the figures to compare with and, hidden, the consensus as it was.
    """

    _name = "sop.demand.sheet"
    _description = "S&OP Demand Sheet"

    @api.model
    def _build(self, cycle):
        """The demand sheet of a cycle as a workbook of its own, as bytes."""
        cycle.ensure_one()
        cycle.check_access("read")
        cycle._check_computed()
        cycle = cycle.with_context(hierarchical_naming=False)
        title = self.env._("Demand of %s", cycle.name)
        book = Book({"title": title, "company": cycle.company_id.name})
        self.with_env(cycle.env)._write(book, cycle)
        return book.close()

    @api.model
    def _database_key(self, cycle):
        """What tells the files of this database and cycle from others, and tells nothing else."""
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid") or ""
        return hashlib.sha256(f"{uuid}/{cycle.id}".encode()).hexdigest()[:16]

    @api.model
    def _how_to(self):
        return self.env._(
            "Change the light yellow cells only: units of each month, 0 for none. What differs from"
            " the file's first state turns blue. Grey cells are locked or frozen; a blue corner"
            " tells who had overridden a figure and why. Read the file back by S&OP > Demand >"
            " Import Demand Sheet: it shows every difference, asks for the reason, and writes them"
            " as one change that can be undone. Reference figures are folded to the right: press +"
            " above the columns."
        )

    # ---- what is in it ----

    @api.model
    def _products(self, cycle):
        """{product id: (family, code, name, unit)} of the planned products."""
        rows = self.env["sop.demand.line"]._read_group(
            [("cycle_id", "=", cycle.id)], ["product_id", "family_id"]
        )
        bare = self.with_context(display_default_code=False).env["product.product"]
        names = {p.id: p for p in bare.browse([product.id for product, _family in rows])}
        return {
            product.id: (
                family.name or self.env._("Without family"),
                product.default_code or "",
                names[product.id].display_name or "",
                product.uom_id.name or "",
            )
            for product, family in rows
        }

    def _lines(self, cycle):
        """{product id: {month: (line id, consensus, statistical, last year, orders, overridden)}}"""
        self.env["sop.demand.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id, bucket_start, id, qty_consensus::float8,
                       qty_statistical::float8, qty_last_year::float8, qty_orders::float8,
                       COALESCE(is_overridden, FALSE)
                  FROM sop_demand_line
                 WHERE cycle_id = %s
              ORDER BY bucket_start
                """,
                cycle.id,
            )
        )
        lines = {}
        for product_id, month, *figures in rows:
            lines.setdefault(product_id, {})[month] = figures
        return lines

    @api.model
    def _locked_products(self, cycle):
        """Ids of the products whose figures a controller locked."""
        facts = self.env["sop.demand.product"].search(
            [("cycle_id", "=", cycle.id), ("is_locked", "=", True)]
        )
        return set(facts.product_id.ids)

    @api.model
    def _open_from(self, cycle):
        """The first month that the user may change."""
        company = cycle.company_id
        if self.env.user.has_group(company._sop_frozen_group()):
            return cycle.month
        return company._sop_months_after(cycle.month, company.sop_frozen_months)

    def _comments(self, cycle):
        """{plan line id: who overrode it, when and why}, from the journal's last entries."""
        rows = self.env["sop.demand.override.line"].search(
            [("override_id.cycle_id", "=", cycle.id), ("line_id.is_overridden", "=", True)],
            order="id",
        )
        comments = {}
        for row in rows:
            entry = row.override_id
            why = ": ".join(filter(None, (entry.reason_id.name, entry.note)))
            comments[row.line_id.id] = self.env._(
                "Overridden by %(user)s on %(day)s. %(reason)s",
                user=entry.user_id.name,
                day=fields.Date.to_string(cycle.company_id._sop_day(entry.create_date)),
                reason=why or self.env._("No reason was given."),
            )
        return comments

    # ---- writing ----

    @api.model
    def _write(self, book, cycle):
        _ = self.env._
        products, lines = self._products(cycle), self._lines(cycle)
        order = sorted(lines, key=lambda product_id: products[product_id][:3])
        months = sorted({month for own in lines.values() for month in own})
        sheet = book.sheet(_("Demand"), _("Demand of %s", cycle.name), self._how_short(), UP)
        blocks = self._blocks(months)
        self._write_keys(sheet, cycle, blocks, len(order))
        self._write_heads(book, sheet, blocks, months, FIRST_ROW + len(order) - 1)
        state = (self._locked_products(cycle), self._open_from(cycle), self._comments(cycle))
        styles = self._styles(book)
        for offset, product_id in enumerate(order):
            row = FIRST_ROW + offset
            sheet.file.write_number(row, ID_COLUMN, product_id, styles["text"])
            for column, words in enumerate(products[product_id], start=1):
                sheet.file.write_string(row, column, words, styles["text"])
            self._write_row(sheet, row, product_id, lines[product_id], blocks, state, styles)
        self._finish(book, sheet, blocks, FIRST_ROW + len(order) - 1, cycle)

    def _how_short(self):
        return self.env._(
            "Change the light yellow cells, save, and read the file back: S&OP > Demand > Import"
            " Demand Sheet"
        )

    def _blocks(self, months):
        """[(key, label, first column, months)] of the months to edit and of those beside them."""
        _ = self.env._
        names = ((CONSENSUS, _("Consensus, units")), (STATISTICAL, _("Statistical forecast")),
                 (LAST_YEAR, _("Last year")), (ORDERS, _("Orders")),
                 (WAS, _("Consensus as it was")))  # fmt: skip
        size = len(months)
        return [
            (key, label, FIRST_MONTH + place * (size + (1 if place else 0)), months)
            for place, (key, label) in enumerate(names)
        ]

    def _write_keys(self, sheet, cycle, blocks, count):
        keys = {
            "sheet": MARK,
            "database": self._database_key(cycle),
            "cycle": cycle.id,
            "name": cycle.name,
            "company": cycle.company_id.name,
            "snapshot": fields.Datetime.to_string(cycle.date_snapshot),
            "made": fields.Datetime.to_string(fields.Datetime.now()),
            "rows": count,
            "months": [fields.Date.to_string(month) for month in blocks[0][3]],
        }
        # a row of its own above the title: the whole sheet moves down by nothing, it is row 3
        sheet.file.write_string(KEY_ROW + 2, 0, json.dumps(keys))
        for key, _label, first, months in blocks:
            for place, month in enumerate(months):
                sheet.file.write_string(KEY_ROW + 2, first + place, f"{key}:{month}")
        sheet.file.set_row(KEY_ROW + 2, None, None, {"hidden": True})

    def _write_heads(self, book, sheet, blocks, months, last):
        _ = self.env._
        style = book.format(bg_color=HEAD, font_color="#FFFFFF", bold=True, valign="vcenter")
        month = book.format(bg_color=HEAD, font_color="#FFFFFF", bold=True, align="right",
                            num_format="mmm yyyy", valign="vcenter")  # fmt: skip
        label = book.format(bold=True, font_color=MUTED)
        total = book.format(bold=True, num_format="#,##0", bottom=1, bottom_color=GRID)
        heads = ("ID", _("Family"), _("Code"), _("Product"), _("Unit"), _("Sum"))
        for column, words in enumerate(heads):
            sheet.file.write_string(HEAD_ROW, column, words, style)
            sheet.file.write_blank(SUM_ROW, column, None, total)
        sheet.file.write_string(SUM_ROW, 1, _("Sum of the rows shown"), total)
        for _key, words, first, _months in blocks:
            sheet.file.write_string(BLOCK_ROW, first, words, label)
            for place, day in enumerate(months):
                sheet.file.write_datetime(
                    HEAD_ROW, first + place, fields.Datetime.to_datetime(day), month
                )
        sums = [FIRST_MONTH - 1, *(first + place for key, _l, first, _m in blocks if key != WAS
                                   for place in range(len(months)))]  # fmt: skip
        for column in sums if last >= FIRST_ROW else ():
            name = column_name(column)
            formula = f"=SUBTOTAL(109,{name}{FIRST_ROW + 1}:{name}{last + 1})"
            sheet.file.write_formula(SUM_ROW, column, formula, total)

    def _styles(self, book):
        edge = {"border": 1, "border_color": GRID}
        figure = {"num_format": "#,##0.##", **edge}
        return {
            "text": book.format(**edge),
            "edit": book.format(bg_color=EDIT, locked=False, **figure),
            "kept": book.format(bg_color=KEPT, locked=False, bold=True, **figure),
            "off": book.format(bg_color=OFF, font_color=MUTED, **figure),
            "plain": book.format(font_color=MUTED, **figure),
            "sum": book.format(bold=True, **{**figure, "num_format": "#,##0"}),
        }
