import { registry } from "@web/core/registry";

const STEP = ".o_sop_first_run [data-step=cycle]";

registry.category("web_tour.tours").add("sop_planning_first_cycle", {
    steps: () => [
        {
            content: "An empty company sees the first steps; open the first cycle",
            trigger: `${STEP} button:contains(Open cycle)`,
            timeout: 30000,
            run: "click",
        },
        {
            content: "The dialog says what it starts with",
            trigger: ".modal .o_field_widget[name=history_text]:contains(No sales orders yet)",
        },
        {
            content: "And who does the five steps",
            trigger: ".modal .o_data_row:contains(Executive S&OP)",
        },
        {
            content: "Open it",
            trigger: ".modal button[name=action_open]",
            run: "click",
        },
        {
            content: "Compute it: there are neither sales nor goods",
            trigger: `${STEP} button:contains(Compute)`,
            timeout: 30000,
            run: "click",
        },
        {
            content: "The cause is told",
            trigger: ".o_sop_refresh_failed .o_sop_refresh_message:contains(no confirmed sales)",
            timeout: 30000,
        },
    ],
});
