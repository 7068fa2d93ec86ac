import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const bar = (xmlid) => `.o_menu_sections [data-menu-xmlid='sop_planning.${xmlid}']`;
const item = (xmlid) => `.o-dropdown--menu [data-menu-xmlid='sop_planning.${xmlid}']`;

/** The way through a month for somebody who sees S&OP for the first time: it only opens screens. */
registry.category("web_tour.tours").add("sop_planning_guide", {
    url: "/odoo/sop",
    steps: () => [
        {
            trigger: bar("sop_demand_menu"),
            content: _t("Every month starts here: what is demanded. Open Demand."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: item("sop_demand_review_menu"),
            content: _t("The review compares the plan of each family with its trend."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: bar("sop_demand_menu"),
            content: _t(
                "Rows are families, columns months; amber is more than 10 % off, red more than 25 %. Open Demand again."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: item("sop_exception_menu"),
            content: _t("Exceptions are what deserves a look, the largest in money first."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: bar("sop_supply_menu"),
            content: _t(
                "Each one says in a sentence why it was raised: accept, adjust or snooze it. Now open Supply."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: item("sop_supply_gap_menu"),
            content: _t("Gaps are the families and weeks where capacity or material falls short."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: bar("sop_scenarios_menu"),
            content: _t("What closes them? Scenarios are calculated already: open them."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: item("sop_compare_menu"),
            content: _t("Compare cost, service and stock side by side, and choose one with a reason."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: bar("sop_meetings_menu"),
            content: _t("The chosen plan goes into the meetings: open them."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: item("sop_cycle_menu"),
            content: _t(
                "A cycle leads through five steps to the approved plan; its pack is published from there."
            ),
            tooltipPosition: "right",
            run: "click",
        },
        {
            trigger: bar("sop_dashboard_menu"),
            content: _t("Everything that needs a decision is back on the dashboard. That is the month."),
            tooltipPosition: "bottom",
            run: "click",
        },
    ],
});
