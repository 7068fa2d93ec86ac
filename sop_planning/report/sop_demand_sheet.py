import hashlib

from odoo import api, fields, models
from odoo.tools import SQL

from .sop_pack_xlsx_book import Book

MARK = "sop.demand.sheet"
KEY_ROW, BLOCK_ROW, HEAD_ROW, SUM_ROW, FIRST_ROW = 2, 3, 4, 5, 6
ID_COLUMN, FIRST_MONTH = 0, 6  # id, family, code, product, unit, sum, then the months
# the blocks of columns beside the consensus, in the file's keys
STATISTICAL, LAST_YEAR, ORDERS, WAS, CONSENSUS = "statistical", "last_year", "orders", "was", "qty"


class SopDemandSheet(models.AbstractModel):
    """The demand sheet: consensus by product and month, to be edited and read back.

    The hidden third row says what the file is (column A, JSON) and what each column is
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
        self.with_env(cycle.env)._write_sheet(book, cycle)
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
        """{product id: {month: [line id, consensus, statistical, last year, orders, whether it is
        overridden]}}"""
        self.env["sop.demand.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id, bucket_start, id, COALESCE(qty_consensus, 0)::float8,
                       COALESCE(qty_statistical, 0)::float8, COALESCE(qty_last_year, 0)::float8,
                       COALESCE(qty_orders, 0)::float8, COALESCE(is_overridden, FALSE)
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
