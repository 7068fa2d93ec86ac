import { getMockEnv, makeMockEnv, mockService, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { expect } from "@odoo/hoot";
import { getDefaultConfig } from "@web/views/view";
import { SopDashboard } from "@sop_planning/dashboard/dashboard";

const SERIES = {
    months: ["2026-09", "2026-10", "2026-11", "2026-12"],
    history: [10, 20, null, null],
    consensus: [null, null, 30, 20],
};

export const family = (id, name, severity, label, values = {}) => ({
    id,
    family_id: 100 + id,
    name,
    severity,
    label,
    consensus: 1234.5,
    reference: 1000,
    last_plan: null,
    impact: 5000,
    impact_label: "5.0 k€",
    owner: "Anna Berger",
    state: "todo",
    exceptions: 1,
    series: SERIES,
    ...values,
});

export const tile = (name, label, value, values = {}) => ({
    name,
    label,
    value,
    detail: "",
    action: { res_model: name },
    state: "ok",
    message: "",
    fix: false,
    ...values,
});

const scenario = (id, letter, name, values = {}) => ({
    id,
    letter,
    name,
    is_base: false,
    state: "done",
    message: "",
    levers: ["+16 h a week on Turning", "Overtime on Saturdays"],
    is_followed: false,
    is_chosen: false,
    is_best: false,
    gaps: [3, 0],
    late: [173, 0],
    extra: "+18.0 k€",
    service: "98 %",
    otif: "97 %",
    ...values,
});

const cell = (id, qty, severity, glyph) => ({ ids: [id], qty, severity, glyph, title: "Line 2: 24.1 h short" });

const bar = (name, label, start, end, text) => ({
    name,
    label,
    start,
    end,
    text,
    is_total: ["old", "new"].includes(name),
});

/** What the server says of a cycle in demand review with something in every panel. */
export const dashboard = (header = {}, parts = {}) => ({
    cycle: {
        id: 7,
        name: "November 2026",
        state: "demand",
        is_frozen: false,
        company: "Small Maker",
        currency_id: 1,
        data_as_of: "11/02/2026 06:10",
        run_id: false,
        figures: "ok",
        hours_old: 3,
        changes: {
            label: "37",
            kinds: [
                { label: "30 sales orders", action: { res_model: "sale.order" } },
                { label: "7 purchase orders", action: false },
            ],
        },
        is_computed: true,
        horizon_months: 18,
        reference: "Trend",
        can_refresh: true,
        can_publish: true,
        published: false,
        sees_money: true,
        health: { label: "91 %", issues: 3, action: { res_model: "sop.data.issue" } },
        ...header,
    },
    cycles: [
        { id: 7, name: "November 2026" },
        { id: 6, name: "October 2026" },
    ],
    steps: [
        { id: 1, code: "data", name: "Data Gathering", state: "done", is_late: false, due: "Mon 2 Nov", user: "A" },
        { id: 2, code: "demand", name: "Demand Review", state: "current", is_late: true, due: "Tue 3 Nov", user: "A" },
        { id: 3, code: "supply", name: "Supply Review", state: "todo", is_late: false, due: false, user: "" },
    ],
    tiles: [
        tile("red", "red exceptions", 6),
        tile("amber", "amber exceptions", 0),
        tile("agreed", "families agreed", "1 / 3"),
    ],
    families: [
        family(1, "Valves", "red", "▲▲ +29 %"),
        family(2, "Pumps", "none", "+1 %"),
        family(3, "Filters", "amber", "▼ -12 %"),
    ],
    family_action: false,
    exceptions: [
        {
            id: 11,
            severity: "red",
            label: "▲▲ +29 %",
            subject: "Valves",
            is_family: true,
            reason: "Valves: 246 planned against 190, worth 5 k€.",
            impact_label: "5.0 k€",
            owner: "",
        },
    ],
    gaps: {
        state: "ok",
        message: "",
        columns: ["W5", "W6", "W7"].map((label) => ({ label, title: "12/07/2026" })),
        rows: [
            { id: 1, name: "Valves", cells: [null, cell(21, 60, "red", "▲▲"), cell(22, 2903.4, "critical", "▲▲▲")] },
            { id: 2, name: "Pumps", cells: [null, { ...cell(23, 12, "amber", "▲"), ids: [23, 24] }, null] },
        ],
        hidden_families: 0,
        earlier: 0,
        later: 2,
        action: { res_model: "sop.supply.gap", domain: [], context: {} },
    },
    scenarios: {
        state: "ok",
        message: "",
        rows: [
            scenario(31, "", "Base plan", {
                is_base: true,
                is_followed: true,
                gaps: [3, 3],
                late: [173, 173],
                extra: "0 €",
            }),
            scenario(32, "A", "Overtime"),
            scenario(33, "B", "Postponement", { is_best: true, late: [173, 20] }),
        ],
        goal: { label: "Least cost", formula: "Least of: overtime + being late." },
        can_choose: true,
        compare: { tag: "sop_planning.compare" },
    },
    suppliers: {
        state: "ok",
        message: "",
        rows: [
            {
                id: 41,
                name: "Steelco",
                severity: "red",
                missed: "missed its last 2 windows of 26",
                reason: "Missed its last 2 delivery windows.",
                families: ["Valves", "Pumps"],
                families_more: 3,
                needed: "W6",
                at_risk: "13.1 k€",
                owner: "Bo Buyer",
                state: "open",
                state_label: "Open",
            },
        ],
        more: 0,
        can_answer: true,
        can_open_orders: true,
        action: { res_model: "sop.supplier.risk" },
    },
    bridge: {
        state: "ok",
        message: "",
        months: "Nov 2026 - Oct 2027",
        unit: "amount",
        bars: [
            bar("old", "October 2026", 0, 1000, "1.0 k€"),
            bar("statistics", "Statistics", 1000, 1200, "+200 €"),
            bar("override", "Overrides", 1200, 1100, "−100 €"),
            bar("new", "Consensus", 0, 1100, "1.1 k€"),
        ],
    },
    tasks: {
        todos: [
            {
                key: "sop.decision,51,Second shift?",
                label: "Second shift?",
                subject: "Decision",
                due: "Fri 6 Nov",
                is_late: true,
                model: "sop.decision",
                res_id: 51,
                activity_id: false,
            },
            {
                key: "sop.cycle,1,Demand input",
                label: "Demand input",
                subject: "November 2026",
                due: "Tue 3 Nov",
                is_late: false,
                model: "sop.cycle",
                res_id: 1,
                activity_id: 7,
            },
        ],
        dates: [
            { id: 2, name: "Demand Review", due: "Tue 3 Nov", is_late: true, is_mine: true, user: "A", meeting: "" },
            { id: 4, name: "Pre-S&OP", due: "Thu 5 Nov", is_late: false, is_mine: false, user: "Bo", meeting: "Thu 5 Nov, 14:00" },
        ],
    },
    ...parts,
});

/** The dashboard on its own; what it opens is a step. */
export async function mountDashboard() {
    mockService("action", {
        doAction: (action) => expect.step(action.res_model || action.tag || action),
        doActionButton: ({ name, resId }) => expect.step(`${name} ${resId}`),
    });
    const env = getMockEnv() || (await makeMockEnv());
    await mountWithCleanup(SopDashboard, {
        env: { ...env, config: getDefaultConfig() },
        props: { action: {} },
    });
}
