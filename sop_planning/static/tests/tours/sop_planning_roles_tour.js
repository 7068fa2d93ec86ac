import { press } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { expectClicks, findCell, findRow, startCounting, type, typeFigure } from "./sop_planning_tour_steps";

const tours = registry.category("web_tour.tours");
const noDialog = "body:not(:has(.modal))";

/** Type a figure into a cell and see it saved. */
function enter(cell, figure) {
    return [
        ...typeFigure(cell, figure),
        {
            content: "It is saved",
            trigger: `${cell}:not(.o_sop_grid_saving):not(:has(input)):contains(${figure})`,
        },
    ];
}

/** Type into a cell that is closed: the sentence says why, and no editor opens. */
function enterInVain(cell, sentence) {
    return [
        { content: "Choose a closed cell", trigger: `${cell}[aria-readonly=true]`, run: "click" },
        {
            content: "Type all the same",
            trigger: `${cell}.o_sop_grid_active`,
            run: () => type("987"),
        },
        { content: "The sentence says why", trigger: `.o_notification:contains(${sentence})` },
        {
            content: "Nothing was entered",
            trigger: `${cell}.o_sop_grid_active:not(.o_sop_grid_saving):not(:has(input)):not(:contains(987))`,
        },
    ];
}

const openMenu = (section, entry) => [
    {
        content: `Menu ${section}`,
        trigger: `.o_menu_sections button[data-menu-xmlid='sop_planning.${section}']`,
        run: "click",
    },
    {
        content: `Menu ${entry}`,
        trigger: `.o-dropdown--menu .dropdown-item[data-menu-xmlid='sop_planning.${entry}']`,
        run: "click",
    },
];

// ---- sales ----

tours.add("sop_planning_role_sales_activity", {
    steps: () => [
        startCounting(".o_list_view .o_data_row"),
        {
            content: "1 What is to do: the demand review",
            trigger: ".o_list_view .o_data_row:contains(Demand Review) td[name=summary]",
            run: "click",
        },
        {
            content: "The grid of the own families, with the sales input under the consensus",
            trigger: `.o_sop_grid_body:has(${findRow("Valves")}):not(:has(${findRow("Filters")}))`,
            timeout: 30000,
        },
        // 2
        ...enter(findCell("Valves", "qty_sales", 1), "250"),
        {
            content: "The consensus tells that there is one",
            trigger: `${findCell("Valves", "qty_consensus", 1)}[aria-label*='with sales input']`,
        },
        expectClicks(4),
        ...enterInVain(
            findCell("Valves", "qty_consensus", 1),
            "Controllers change the consensus: enter what you expect as sales input."
        ),
        {
            content: "All families",
            trigger: ".o_searchview_facet:contains(My families) .o_facet_remove",
            run: "click",
        },
        { trigger: findRow("Filters") },
        ...enterInVain(
            findCell("Filters", "qty_sales", 1),
            "Filters is not yours to change."
        ),
    ],
});

// the mail opens the dashboard
tours.add("sop_planning_role_sales_mail", {
    steps: () => [
        startCounting(".o_sop_dashboard .o_sop_family"),
        {
            content: "1 The family that deviates",
            trigger: ".o_sop_family_name button:contains(Valves)",
            run: "click",
        },
        { trigger: `${findRow("Valves")} .o_sop_grid_active`, timeout: 30000 },
        // 2
        ...enter(findCell("Valves", "qty_sales", 2), "260"),
        expectClicks(4),
    ],
});

// ---- operations ----

function expectLabel(cell, pattern) {
    const label = cell.getAttribute("aria-label");
    if (!pattern.test(label)) {
        throw new Error(`A screen reader is told "${label}"`);
    }
}

const shortWeek = (week) =>
    `${findRow("Couplings")} .o_sop_grid_cell[aria-label*='Couplings, W${week},']`;
const backToGaps = {
    trigger: ".o_breadcrumb .o_back_button",
    run: "click",
};

tours.add("sop_planning_role_operations_gaps", {
    steps: () => [
        {
            content: "A gap, by colour, glyph and word",
            trigger: `${shortWeek(6)}:not(.o_sop_level_none):has(.o_sop_grid_glyph:contains(▲▲))`,
            timeout: 30000,
            async run(actions) {
                expectLabel(this.anchor, /Couplings, W6, [\d.,]+, (red|critical)/);
                await actions.click();
            },
        },
        {
            content: "Space: why",
            trigger: `${shortWeek(6)}.o_sop_grid_active`,
            run: () => press("Space"),
        },
        {
            content: "It names the cause",
            trigger: ".o_sop_why_panel:has(h3:contains(Couplings)) .o_sop_why_facts:contains(Line 2 Turning needs)",
        },
        {
            content: "Down to the capacity of that week",
            trigger: ".o_sop_why_drill[data-name=capacity]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Line 2 Turning)", timeout: 30000 },
        backToGaps,
        {
            content: "Down to the gap",
            trigger: ".o_sop_why_panel:has(h3:contains(Couplings)) .o_sop_why_drill[data-name=gaps]",
            timeout: 30000,
            run: "click",
        },
        {
            content: "What stands in the way",
            trigger: ".o_form_view .o_field_widget[name=note] textarea",
            timeout: 30000,
            run: "edit Two lathes, one operator in the late shift",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_view:not(:has(.o_form_button_save:visible))" },
        backToGaps,
        {
            content: "The grid and its panel show the note",
            trigger: `${shortWeek(6)} .fa-sticky-note-o`,
            timeout: 30000,
        },
        { trigger: ".o_sop_why_facts:contains(Constraint: Two lathes, one operator in the late shift)" },
    ],
});

const load = (week) =>
    `${findRow("Line 2 Turning")} .o_sop_grid_cell[aria-label*='Line 2 Turning, W${week},']`;

tours.add("sop_planning_role_operations_capacity", {
    steps: () => [
        { trigger: load(5), timeout: 30000 },
        ...[6, 7, 8].map((week) => ({
            content: `Week ${week} is more than the hours, in colour, glyph and words`,
            trigger: `${load(week)}:not(.o_sop_level_none):has(.o_sop_grid_glyph:contains(▲▲))`,
            run() {
                expectLabel(this.anchor, /, 1\d\d ?%, (red|critical)/);
            },
        })),
        {
            content: "The week before fits",
            trigger: `${load(5)}.o_sop_level_none:not(:has(.o_sop_grid_glyph))`,
        },
    ],
});

// ---- executives ----

tours.add("sop_planning_role_executive_menu", {
    steps: () => [
        { trigger: ".o_sop_dashboard .o_sop_family", timeout: 30000 },
        ...openMenu("sop_meetings_menu", "sop_cycle_executive_menu"),
        {
            content: "Decisions first",
            trigger: ".o_sop_executive .o_sop_agenda .o_kanban_record:contains(Overtime or not?)",
            timeout: 30000,
        },
    ],
});

tours.add("sop_planning_role_executive_approve", {
    steps: () => [
        startCounting(".o_sop_agenda .o_kanban_record"),
        {
            content: "1 As recommended",
            trigger: ".o_sop_agenda .o_kanban_record:contains(Overtime or not?) button[name=action_approve]",
            run: "click",
        },
        { trigger: ".o_sop_agenda .o_kanban_record:contains(Decided):contains(As recommended)" },
        {
            content: "2 The plan",
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        { content: "3 Yes", trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "It is approved",
            trigger: `${noDialog} .o_statusbar_status .o_arrow_button_current:contains(Approved)`,
            timeout: 60000,
        },
        expectClicks(3),
    ],
});

// ---- who reads ----

const MAY_READ =
    "You may read this plan. Controllers change the consensus, sales contributors the sales input of their families.";

tours.add("sop_planning_role_reads_the_grid", {
    steps: () => [
        { trigger: ".o_sop_grid_body", timeout: 30000 },
        ...enterInVain(findCell("Valves", "qty_consensus", 1), MAY_READ),
        {
            content: "Nothing to change it with",
            trigger: ".o_sop_grid_view:not(:has(.o_sop_grid_adjust_button, .o_sop_grid_undo))",
        },
        { content: "But it can be asked", trigger: ".o_sop_grid_why", run: "click" },
        {
            trigger: ".o_sop_why_panel:has(.o_sop_why_parts):not(:has(.o_sop_why_reset, .o_sop_why_accept))",
        },
    ],
});

tours.add("sop_planning_role_viewer", {
    steps: () => [
        {
            content: "The dashboard, with nothing to press",
            trigger:
                ".o_sop_dashboard:has(.o_sop_family):has(.o_sop_scenario):has(.o_sop_supplier):not(:has(" +
                ".o_sop_refresh, .o_sop_publish, .o_sop_choose, .o_sop_assign, .o_sop_snooze))",
            timeout: 30000,
        },
        {
            content: "Nothing to configure",
            trigger: "body:not(:has([data-menu-xmlid='sop_planning.sop_configuration_menu']))",
        },
        ...openMenu("sop_demand_menu", "sop_demand_grid_menu"),
        { trigger: findRow("Valves"), timeout: 30000 },
        ...openMenu("sop_supply_menu", "sop_supply_gap_grid_menu"),
        { trigger: shortWeek(6), timeout: 30000 },
        ...openMenu("sop_reporting_menu", "sop_plan_report_menu"),
        { trigger: ".o_switch_view.o_pivot", timeout: 30000, run: "click" },
        {
            content: "The plan as a pivot",
            trigger: ".o_pivot table td.o_pivot_cell_value",
            timeout: 30000,
        },
    ],
});

// ---- the administrator ----

const configure = (entry, trigger) => [
    ...openMenu("sop_configuration_menu", entry),
    { content: `${entry} opens`, trigger, timeout: 30000 },
];

tours.add("sop_planning_role_manager", {
    steps: () => [
        { trigger: ".o_sop_dashboard .o_sop_family", timeout: 30000 },
        ...configure("product_category_menu_thresholds", ".o_list_view .o_data_row:contains(Valves)"),
        ...configure("sop_scenario_lever_menu", ".o_list_view .o_group_header"),
        ...configure("sop_data_health_menu", ".o_list_view .o_group_header"),
        ...configure(
            "sop_settings_menu",
            ".o_form_view .app_settings_block[data-key=sop_planning] .o_sop_example_remove"
        ),
    ],
});

// ---- a phone ----

const card = ".o_sop_grid_card:contains(Valves)";
const cardMonth = `${card} .o_sop_grid_card_month[data-column='1']`;

tours.add("sop_planning_role_phone", {
    steps: () => [
        {
            content: "Cards, no table",
            trigger: "body:has(.o_sop_grid_card):not(:has([role=treegrid]))",
            timeout: 30000,
        },
        { content: "5 % more", trigger: `${cardMonth} .o_sop_grid_more`, run: "click" },
        {
            content: "It is past amber: a reason by touch",
            trigger: ".o_sop_grid_reason input",
            run: "edit Agreed on the phone",
        },
        { trigger: ".o_sop_grid_reason_choice:contains(Promotion)", run: "click" },
        {
            content: "It is saved",
            trigger: `${cardMonth}:not(:has(.o_sop_grid_saving)) [aria-label*='changed by a person']`,
        },
        { trigger: ".o_sop_grid_cards .o_sop_grid_undo" },
        {
            content: "Nothing is wider than the phone",
            trigger: "body",
            run() {
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`The page is ${scrollWidth} wide, the phone ${clientWidth}`);
                }
            },
        },
    ],
});
