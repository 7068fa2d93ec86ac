"""Take the example company away, with all that was entered in it, by whatever application.

The ORM deletes, so that messages, activities, followers and attachments go along. Its flag of an
uninstallation passes the checks that keep done transfers, approved plans and posted documents: here
the whole company goes, with everything that they are kept for. What belongs to it is found in the
registry, not in a list alone: other applications store records of it, too.
"""

from psycopg2 import IntegrityError

from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

# in this order, since later ones are used by earlier ones; others follow when nothing uses them
PLANS = (
    "sop.plan.version.line", "sop.plan.version", "sop.pack", "sop.decision", "sop.exception",
    "sop.supplier.risk", "sop.scenario", "sop.cycle",
)  # fmt: skip
DOCUMENTS = (
    "stock.reference", "mrp.production.group", "stock.move.line", "stock.move", "mrp.workorder",
    "mrp.production", "stock.picking", "purchase.order", "sale.order", "sop.promise", "stock.quant",
    "stock.warehouse.orderpoint",
)  # fmt: skip
MASTERS = (
    "mrp.bom", "product.supplierinfo", "mrp.workcenter", "product.product", "product.template",
    "stock.rule", "stock.warehouse", "stock.picking.type", "stock.route", "stock.location",
)  # fmt: skip
LAST = ("res.company", "res.users", "res.partner")
KEPT = ("res.partner", "res.currency", "res.company", "res.users")  # what settings refer to
# whose they are, where they have no company of their own or not always
PATHS = {
    "stock.reference": "move_ids.company_id",
    "mrp.production.group": "production_ids.company_id",
    "mrp.workorder": "production_id.company_id",
    "stock.quant": "product_id.company_id",
    "product.product": "product_tmpl_id.company_id",
}
OWNERS = ("company_id", "record_company_id")  # fields of what belongs to a company
PASSES = 8
STAGES = {"plans": 0.2, "documents": 0.6, "masters": 0.95, "removed": 1.0}


def remove(env, company, tell):
    """Delete ``company`` and everything of it; ``tell(stage)`` is called when a stage ends.

    ``env`` is a superuser's. Raises UserError where something of other companies is in the way.
    """
    env = env(
        context={
            MODULE_UNINSTALL_FLAG: True,
            "lang": env.lang,
            "active_test": False,
            "tracking_disable": True,
            "mail_create_nolog": True,
        }
    )
    company = company.with_env(env)
    root = company.sop_example_category_id
    categories = env["product.category"].search([("id", "child_of", root.ids)])
    _check_others(env, company, categories)
    _send_users_home(env, company)
    _forget_settings(company)
    for stage, names in (("plans", PLANS), ("documents", DOCUMENTS), ("masters", MASTERS)):
        for name in names:
            if name in env:
                _unlink_own(env, name, company)  # what is still used comes again at the end
        tell(stage)
    _unlink_rest(env, company)
    categories.sorted("parent_path", reverse=True).unlink()
    _unlink_company(env, company)
    tell("removed")


def _check_others(env, company, categories):
    """Nothing of other companies may be lost, nor get anywhere by this."""
    goods = env["product.template"].search(
        [("categ_id", "in", categories.ids), ("company_id", "!=", company.id)], limit=3
    )
    if goods:
        raise UserError(
            env._(
                "%s: products that do not belong to the example are in its categories. Give them"
                " other categories first.",
                ", ".join(goods.mapped("name")),
            )
        )
    stuck = env["res.users"].search([("company_id", "=", company.id)])
    stuck = stuck.filtered(lambda user: user.company_ids == company)
    if stuck:
        raise UserError(
            env._(
                "%s: these users belong to the example company only. Give them another company or"
                " delete them first.",
                ", ".join(stuck.mapped("name")),
            )
        )


def _send_users_home(env, company):
    """Users work in their other companies from now on, alone or with several as before."""
    for user in env["res.users"].search([("company_ids", "in", company.ids)]):
        others = user.company_ids - company
        home = user.company_id if user.company_id != company else others[:1]
        user.write({"company_id": home.id, "company_ids": [(3, company.id)]})


def _forget_settings(company):
    """The company's own settings use records that go before it; numbers that only they use go with
    them."""
    names = [
        name
        for name, field in company._fields.items()
        if field.type == "many2one" and field.store and not field.required
        if not field.related and field.comodel_name not in KEPT
    ]
    numbered = [name for name in names if company._fields[name].comodel_name == "ir.sequence"]
    own = company.env["ir.sequence"].union(*(company[name] for name in numbered))
    company.write(dict.fromkeys(names, False))
    others = company.search([])
    kept = own.browse().union(*(others.mapped(name) for name in numbered))
    (own - kept).unlink()


def _own(env, name, company):
    """The records of a model that belong to the company."""
    model = env[name]
    fields = [field for field in OWNERS if _is_owner(model, field)]
    fields += [PATHS[name]] if name in PATHS else []
    domain = ["|"] * (len(fields) - 1) + [(field, "=", company.id) for field in fields]
    return model.search(domain, order="id desc") if fields else model


def _is_owner(model, name):
    field = model._fields.get(name)
    return bool(
        field and field.store and field.type == "many2one" and field.comodel_name == "res.company"
    )


def _models(env):
    return [
        name
        for name, model in env.registry.models.items()
        if not model._abstract and model._auto and name not in LAST
        if name in PATHS or any(_is_owner(env[name], field) for field in OWNERS)
    ]


def _unlink_own(env, name, company):
    """Delete the company's records of a model, or say why not."""
    try:
        with env.cr.savepoint():
            _own(env, name, company).unlink()
    except (IntegrityError, UserError) as error:
        env.invalidate_all(flush=False)
        return str(error)
    return ""


def _unlink_rest(env, company):
    """Delete what is left as soon as nothing uses it any more."""
    left = dict.fromkeys(_models(env), "")
    for _pass in range(PASSES):
        found = {name: _unlink_own(env, name, company) for name in left}
        left = {name: reason for name, reason in found.items() if reason}
        if not left:
            return
    raise UserError(
        env._(
            "The example company cannot be removed: %(models)s (%(reason)s).",
            models=", ".join(env[name]._description for name in left),
            reason=next(iter(left.values())),
        )
    )


def _unlink_company(env, company):
    """The company, its own partner, and what other records keep under its number."""
    partner, number = company.partner_id, company.id
    people = _own(env, "res.partner", company) - partner
    company.unlink()
    (people | partner | partner.child_ids).unlink()
    env["sop.source"]._forget_company(number)
    env["res.company"]._update_asset_style()  # its reports had styles of their own
    inter = env.ref("stock.stock_location_inter_company", raise_if_not_found=False)
    if inter and inter.active and env["res.company"].search_count([]) == 1:
        inter.active = False  # Odoo activated it for the second company
