def uninstall_hook(env):
    """The journal keeps what people entered, without the opportunities that it rested on: where
    CRM goes too, they could not be read any more."""
    journal = env["sop.demand.override"]
    journal.search([("source_ref", "=like", "crm.lead,%")]).source_ref = False
