import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sop_planning_demand_review", {
    steps: () => [
        {
            content: "Open the review of the valves",
            trigger: ".o_list_view .o_data_row:contains(Valves) td[name=family_id]",
            run: "click",
            timeout: 30000,
        },
        {
            content: "The rule that raised it is told",
            trigger: ".o_form_view [name=flag_reason]:contains(is above the threshold)",
        },
        {
            content: "Adjust the family",
            trigger: "button[name=action_adjust]",
            run: "click",
        },
        {
            content: "Twenty percent more",
            trigger: ".modal .o_field_widget[name=value] input",
            run: "edit 20",
        },
        {
            content: "A reason is asked for",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_invalid[name=reason_id]",
        },
        {
            content: "Because of a new customer",
            trigger: ".modal .o_selection_badge:contains(New customer)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Agreed with S. Roth",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The journal has one entry",
            trigger: "body:not(:has(.modal)) .o-form-buttonbox .o_button_more",
            run: "click",
        },
        {
            trigger: "button[name=action_open_overrides]:contains(1)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(New customer)",
        },
        {
            content: "Undo it",
            trigger: ".o_data_row button[name=action_undo]",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The journal keeps both",
            trigger: ".o_list_view .o_data_row:contains(undone)",
        },
    ],
});

registry.category("web_tour.tours").add("sop_planning_exceptions", {
    steps: () => [
        {
            content: "Open the exception of the valves",
            trigger: ".o_list_view .o_data_row:contains(Valves) td[name=reason]",
            run: "click",
            timeout: 30000,
        },
        {
            content: "Snooze it",
            trigger: "button[name=action_snooze]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Wait for the tender",
        },
        {
            trigger: ".modal button[name=action_apply]:contains(Snooze)",
            run: "click",
        },
        {
            content: "It is no longer among the open ones",
            trigger: "body:not(:has(.modal)) .o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains(All clear: nothing over 10 %)",
        },
    ],
});

registry.category("web_tour.tours").add("sop_planning_exception_row", {
    steps: () => [
        {
            content: "Accept in one click",
            trigger: ".o_data_row:has(.o_sop_exception_about:contains(Valves)) button[name=action_accept]",
            run: "click",
            timeout: 30000,
        },
        {
            content: "It is answered, without a dialog",
            trigger: "body:not(:has(.modal)):not(:has(.o_sop_exception_about:contains(Valves)))",
        },
        {
            trigger: ".o_view_nocontent:contains(All clear)",
        },
    ],
});

registry.category("web_tour.tours").add("sop_planning_launch", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
            timeout: 30000,
        },
        {
            content: "A launch",
            trigger: ".o_form_view .o_field_widget[name=kind] .o_radio_item:contains(Launch) input",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] :is(input, textarea)",
            run: "edit New valve in spring",
        },
        {
            trigger: ".o_field_widget[name=product_ids] input",
            run: "edit Fresh",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Fresh valve)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=date_start] button, .o_field_widget[name=date_start] input",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=date_start] input",
            run: "edit 03/01/2027 && press Tab",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It says what is missing",
            trigger: ".alert:contains(Choose a like-item)",
        },
        {
            trigger: ".o_field_widget[name=like_product_id] input",
            run: "edit Growing",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Growing valve)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.alert:contains(Choose a like-item)))",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))",
        },
    ],
});
