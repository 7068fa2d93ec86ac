import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sop_planning_first_cycle", {
    steps: () => [
        {
            content: "Open the first cycle",
            trigger: ".o_sop_open_cycle",
            timeout: 30000,
            run: "click",
        },
        {
            content: "A new cycle of this month",
            trigger: ".o_form_view .o_field_widget[name=month]",
        },
        {
            content: "Save it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Refresh it: there are no sales",
            trigger: ".o_statusbar_buttons .o_sop_refresh",
            run: "click",
        },
        {
            content: "The cause is told",
            trigger: ".o_sop_refresh_failed .o_sop_refresh_message:contains(no confirmed sales)",
            timeout: 30000,
        },
    ],
});
