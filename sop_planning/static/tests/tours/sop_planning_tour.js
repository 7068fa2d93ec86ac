import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sop_planning_dashboard", {
    steps: () => [
        {
            content: "The figures are old",
            trigger: ".o_sop_dashboard .o_sop_data_as_of.o_sop_stale",
            timeout: 30000,
        },
        {
            content: "Open the red exceptions",
            trigger: ".o_sop_tile_red:has(.o_sop_fill_red)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Valve)",
        },
        {
            content: "Back to the dashboard",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "Refresh",
            trigger: ".o_sop_data_bar .o_sop_refresh:enabled",
            run: "click",
        },
        {
            content: "The figures are of today",
            trigger: ".o_sop_data_as_of:not(.o_sop_stale)",
            timeout: 60000,
        },
        {
            content: "Open the review of the valves",
            trigger: ".o_sop_family:contains(Valves) .o_sop_family_state button",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_sop_series_chart canvas",
        },
        {
            content: "Agree",
            trigger: "button[name=action_agree]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains(Agreed)",
        },
        {
            content: "The dashboard knows",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_sop_family:contains(Valves) .o_sop_state_agreed",
        },
    ],
});
