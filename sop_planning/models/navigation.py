"""How one S&OP screen opens another."""

# a family is called by its own name, not by its whole path of categories
FAMILY_NAMES = {"hierarchical_naming": False}


def open_action(env, xmlid, domain, first_view=None, **context):
    """The window action ``sop_planning.<xmlid>`` on the records of a domain, starting with its
    first view or with the one named."""
    action = env["ir.actions.act_window"]._for_xml_id(f"sop_planning.{xmlid}")
    views = sorted(action["views"], key=lambda view: view[1] != first_view)
    return {**action, "views": views, "domain": domain, "context": {**FAMILY_NAMES, **context}}
