{
    "name": "S&OP Planning - CRM",
    "summary": "Weights quotations by the stage that their opportunity has reached",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Manufacturing",
    "author": "SOP Planning",
    "license": "LGPL-3",
    "depends": ["sop_planning", "sale_crm"],
    "auto_install": True,
    "data": [
        "views/crm_lead_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
