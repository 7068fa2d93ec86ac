import { edit, press, queryOne } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { expectClicks, findCell, startCounting, typeFigure } from "./sop_planning_tour_steps";

const noDialog = "body:not(:has(.modal))";

/** Type a figure over the consensus of a family in a month, and give the reason by its number. */
function adjust(family, column, figure, reason) {
    const cell = findCell(family, "qty_consensus", column);
    return [
        ...typeFigure(cell, figure),
        {
            content: "It is past amber: the reason by its number",
            trigger: ".o_sop_grid_reason",
            run: () => press(reason),
        },
        {
            content: "A person's figure",
            trigger: `${cell}:not(.o_sop_grid_saving):has(.fa-pencil)`,
        },
    ];
}

// the controller's first Monday, from the apps to the pack in the executives' inbox
registry.category("web_tour.tours").add("sop_planning_first_monday", {
    steps: () => [
        startCounting(".o_navbar_apps_menu button:enabled"),
        { content: "1 The apps", trigger: ".o_navbar_apps_menu button:enabled", run: "click" },
        {
            content: "2 S&OP: the dashboard is ready",
            trigger: ".o_app[data-menu-xmlid='sop_planning.sop_planning_menu_root']",
            run: "click",
        },
        {
            content: "3 The family that deviates most",
            trigger: ".o_sop_family:has(.o_sop_fill_red) .o_sop_family_name button",
            timeout: 30000,
            run: "click",
        },
        // 4 and 5
        ...adjust("Valves", 1, "-20%", "2"),
        ...adjust("Filters", 1, "+12%", "4"),
        {
            content: "6 Back to the dashboard",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        { content: "7 Compare", trigger: ".o_sop_compare_all", run: "click" },
        {
            content: "8 Choose B",
            trigger: ".o_sop_compare .o_sop_choose[aria-label*='Postponement']",
            timeout: 30000,
            run: "click",
        },
        {
            content: "The reason, and the dialog's key to confirm it",
            trigger: ".modal .o_field_widget[name=reason] textarea, .modal .o_field_widget[name=reason] input",
            async run(actions) {
                queryOne(this.anchor).focus();
                await edit("Sales moved the order of Couplings");
                await press(["alt", "q"]);
            },
        },
        {
            content: "9 Back to the dashboard",
            trigger: `${noDialog} .o_breadcrumb .o_back_button`,
            run: "click",
        },
        {
            content: "The choice is there",
            trigger: ".o_sop_scenario:contains(Postponement) .o_sop_chosen",
        },
        { content: "10 The buyer is told", trigger: ".o_sop_assign", run: "click" },
        { trigger: ".o_sop_supplier .o_sop_supplier_state" },
        { content: "11 The pack, to be read", trigger: ".o_sop_publish", run: "click" },
        {
            content: "12 Send it",
            trigger: ".o_form_view button[name=action_publish]",
            timeout: 30000,
            run: "click",
        },
        {
            content: "Yes, by the dialog's key",
            trigger: ".modal .btn-primary",
            run: () => press(["alt", "q"]),
        },
        {
            content: "It is sent, and that took twelve clicks",
            trigger: ".o_form_view .o_arrow_button_current:contains(Published)",
            timeout: 60000,
        },
        expectClicks(12),
    ],
});
