"""What was rejected on arrival and what failed in production, as native scrap."""

from . import csvs, sql


def create_reasons(env):
    """Return {scrap reason id: stock.scrap.reason.tag}; None stands for a rejected delivery."""
    rows = csvs.rows("scrap_reason")
    names = [row["name"] for row in rows] + ["Rejected on arrival"]
    tags = env["stock.scrap.reason.tag"].create([{"name": name} for name in names])
    reasons = {row["scrap_reason_id"]: tag for row, tag in zip(rows, tags, strict=False)}
    return {**reasons, None: tags[-1]}


def load(env, patterns, world):
    """Write scrap of finished orders and of received goods; return the counts."""
    cr = env.cr
    sql.mapping(cr, "aw_reason", [(key or 0, tag.id) for key, tag in world.reasons.items()])
    count = sql.table(
        cr,
        "aw_scrap",
        """
        SELECT nextval('stock_scrap_id_seq')::int AS id,
               nextval('stock_move_id_seq')::int AS move_id,
               nextval('stock_move_line_id_seq')::int AS move_line_id,
               'SP/' || lpad((row_number() OVER (ORDER BY happened, origin))::text, 5, '0') AS name,
               x.*
          FROM (SELECT name AS origin, id AS production_id, product, uom_id, cost,
                       scrapped_qty AS qty, ended AS happened, scrap_reason_id AS reason
                  FROM aw_mo WHERE done AND scrapped_qty > 0
                 UNION ALL
                SELECT order_name, NULL, product, stock_uom_id, cost, stock_rejected,
                       arrival + time '16:00', 0
                  FROM aw_pol WHERE done AND stock_rejected > 0) x""",
    )
    sql.insert(cr, patterns["scrap"], "aw_scrap", _SCRAP)
    sql.insert(cr, patterns["scrap move"], "aw_scrap", _MOVE)
    sql.insert(cr, patterns["scrap line"], "aw_scrap", _MOVE_LINE)
    relation = env["stock.scrap"]._fields["scrap_reason_tag_ids"]
    links = (relation.column1, "s.id"), (relation.column2, "r.id")
    sql.link(cr, relation.relation, *links, "aw_scrap s JOIN aw_reason r ON r.key = s.reason")
    sequence = env["ir.sequence"].search([("code", "=", "stock.scrap")], limit=1)
    sql.advance_sequence(env, sequence, count)
    return {"scraps": count}


_SCRAP = {
    "id": "id",
    "name": "name",
    "origin": "origin",
    "production_id": "production_id",
    "product_id": "product",
    "product_uom_id": "uom_id",
    "scrap_qty": "qty",
    "date_done": "happened",
}
_MOVE = {
    "id": "move_id",
    "scrap_id": "id",
    "production_id": "production_id",
    "product_id": "product",
    "product_uom": "uom_id",
    "packaging_uom_id": "uom_id",
    "packaging_uom_qty": "qty",
    "product_uom_qty": "qty",
    "product_qty": "qty",
    "quantity": "qty",
    "value": "round(qty * cost, 2)",
    "origin": "origin",
    "reference": "name",
    "date": "happened",
}
_MOVE_LINE = {
    "id": "move_line_id",
    "move_id": "move_id",
    "product_id": "product",
    "product_uom_id": "uom_id",
    "quantity": "qty",
    "quantity_product_uom": "qty",
    "date": "happened",
}
