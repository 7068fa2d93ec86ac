import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const noDialog = "body:not(:has(.modal))";

function closeStep(next) {
    return [
        {
            content: "Close the step",
            trigger: `${noDialog} .o_statusbar_buttons button[name=action_next_step]`,
            run: "click",
            timeout: 30000,
        },
        {
            content: `The cycle is in ${next}`,
            trigger: `.o_statusbar_status button.o_arrow_button_current:contains(${next})`,
        },
    ];
}

// the controller closes data gathering
tours.add("sop_planning_cycle_data", { steps: () => closeStep("Demand Review") });

// whoever owns a family agrees its consensus
tours.add("sop_planning_cycle_agree", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains(Valves) td[name=family_id]",
            run: "click",
            timeout: 30000,
        },
        { trigger: ".o_form_view button[name=action_agree]", run: "click" },
        {
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Agreed)",
        },
    ],
});

// the exceptions are answered with a reason
tours.add("sop_planning_cycle_exceptions", {
    steps: () => [
        {
            trigger: ".o_list_view .o_data_row:contains(Valves)",
            timeout: 30000,
        },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel button[name=action_dismiss]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit The plan is right, sales confirmed",
        },
        { trigger: ".modal button[name=action_apply]:contains(Dismiss)", run: "click" },
        { trigger: `${noDialog} .o_list_view:not(:has(.o_data_row:contains(Valves: )))` },
    ],
});

// supply is clear: on to the pre-S&OP
tours.add("sop_planning_cycle_supply", {
    steps: () => [...closeStep("Supply Review"), ...closeStep("Pre-S&OP")],
});

// a scenario is chosen, with a reason
tours.add("sop_planning_cycle_choose", {
    steps: () => [
        { trigger: ".o_sop_choose:first", run: "click", timeout: 30000 },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Nothing is short",
        },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: `${noDialog} .o_sop_selected_text:contains(Nothing is short)` },
    ],
});

// what is to be decided is written down
tours.add("sop_planning_cycle_decision", {
    steps: () => [
        { trigger: ".o-kanban-button-new, .o_list_button_add", run: "click", timeout: 30000 },
        {
            trigger: ".o_form_view .o_field_widget[name=name] input, .o_field_widget[name=name] textarea",
            run: "edit Keep one shift in spring",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_view .o_form_status_indicator_buttons.invisible" },
    ],
});

tours.add("sop_planning_cycle_executive", { steps: () => closeStep("Executive S&OP") });

// executives decide, then approve
tours.add("sop_planning_cycle_decide", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Keep one shift) , .o_data_row:contains(Keep one shift)",
            run: "click",
            timeout: 30000,
        },
        { trigger: ".o_form_view button[name=action_approve]", run: "click" },
        {
            trigger: `${noDialog} .o_statusbar_status button.o_arrow_button_current:contains(Decided)`,
        },
    ],
});
tours.add("sop_planning_cycle_approve", {
    steps: () => [
        {
            trigger: `${noDialog} .o_statusbar_buttons button[name=action_approve]`,
            run: "click",
            timeout: 30000,
        },
        {
            trigger: ".o_statusbar_status button.o_arrow_button_current:contains(Approved)",
        },
    ],
});

// a viewer sees the cycle and finds nothing to press
tours.add("sop_planning_cycle_viewer", {
    steps: () => [
        { trigger: ".o_form_view .o_statusbar_status", timeout: 30000 },
        {
            trigger:
                ".o_form_view:not(:has(button[name=action_next_step], button[name=action_approve], " +
                "button[name=action_ask_send_back], button[name=action_jump_gate], .o_sop_refresh))",
        },
    ],
});
