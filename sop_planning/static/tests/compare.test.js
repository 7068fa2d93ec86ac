import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    contains,
    getMockEnv,
    makeMockEnv,
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { getDefaultConfig } from "@web/views/view";
import { SopCompare } from "@sop_planning/compare/compare";

describe.current.tags("desktop");
defineMailModels();

const scenario = (id, name, kind, values = {}) => ({
    id,
    name,
    kind,
    kind_label: name,
    state: "done",
    message: "",
    is_selected: false,
    is_recommended: false,
    stale: "",
    date: "28 Nov, 12:45",
    levers: [],
    selected_text: "",
    binds: [],
    ...values,
});

const SCENARIOS = [
    scenario(1, "Base plan", "base"),
    scenario(2, "Overtime", "overtime", {
        is_recommended: true,
        levers: ["+16 h a week on Turning, 4 Jan - 24 Jan", "Overtime on Saturdays"],
    }),
    scenario(3, "Wait", "postpone", { binds: ["Turning in W7: one more hour is worth 412 EUR"] }),
];

const SECTIONS = [
    {
        name: "service",
        label: "Service",
        rows: [
            {
                name: "rate_fill",
                label: "Fill rate",
                help: "Shipped in time",
                format: "percent",
                better: "more",
                values: [0.93, 0.9751, null],
                changes: [0, 0.0451, null],
            },
            {
                name: "qty_late",
                label: "Late quantity",
                help: "",
                format: "units",
                better: "less",
                values: [1730, 0, 0.2],
                changes: [null, -1730, -1729.8],
            },
            {
                name: "orders_late",
                label: "Late orders",
                help: "",
                format: "number",
                better: "less",
                values: [2, 2, 2.01],
                changes: [null, 0, 0.01],
            },
        ],
    },
    {
        name: "money",
        label: "Money",
        rows: [
            {
                name: "amount_overtime",
                label: "Overtime",
                help: "",
                format: "money",
                better: "",
                values: [0, 18000.4, 0],
                changes: [null, 18000.4, 0],
            },
            {
                name: "hours",
                label: "Hours",
                help: "",
                format: "hours",
                better: "less",
                values: [10, 64, 10],
                changes: [null, 54, 0],
            },
        ],
    },
];

const comparison = ({ cycle = {}, scenarios = SCENARIOS, ...values } = {}) => ({
    cycle: {
        id: 7,
        name: "November 2026",
        company: "Small Maker",
        is_frozen: false,
        data_as_of: "11/02/2026 06:10",
        currency_id: 1,
        can_simulate: true,
        can_choose: true,
        can_decide: true,
        ...cycle,
    },
    cycles: [
        { id: 7, name: "November 2026" },
        { id: 6, name: "October 2026" },
    ],
    goal: { label: "Lowest cost", formula: "least cost of overtime + late deliveries" },
    scenarios,
    sections: SECTIONS,
    families: [
        {
            name: "Couplings",
            values: [{ qty: 120, amount: 5400 }, { qty: 0, amount: 0 }, null],
        },
    ],
    months: [{ label: "Jan 2027", values: [0, -18000, 250.4] }],
    ...values,
});

/** The scenarios with other values for the second one. */
const withOvertime = (values) => [SCENARIOS[0], { ...SCENARIOS[1], ...values }, SCENARIOS[2]];

function mockData(makeData = comparison) {
    onRpc("sop.cycle", "get_comparison_data", ({ args }) => {
        expect.step(`load ${args[0]}`);
        return makeData(args[0]);
    });
}

/** Mounts the screen; a dialog that an action opens is closed at once. */
async function mountCompare(props = {}) {
    mockService("action", {
        doAction: (action, options) => {
            expect.step(action.res_model ? `${action.res_model} ${action.res_id || ""}` : action);
            return options?.onClose?.();
        },
    });
    const env = getMockEnv() || (await makeMockEnv());
    await mountWithCleanup(SopCompare, {
        env: { ...env, config: getDefaultConfig() },
        props: { action: {}, ...props },
    });
    expect.verifySteps([`load ${props.state?.cycleId || false}`]);
}

const cells = (row) => queryAllTexts(`[data-row=${row}] td`);
const best = (row) => queryAllTexts(`[data-row=${row}] .o_sop_best`);

test("shows a column for each scenario in order, with its levers", async () => {
    mockData();
    await mountCompare();
    expect(".o_sop_cycle_select").toHaveText("November 2026");
    expect(".o_sop_data_as_of").toHaveText("Data as of 11/02/2026 06:10");
    expect(queryAllTexts(".o_sop_scenario_name")).toEqual(["Base plan", "Overtime", "Wait"]);
    expect(queryAllTexts(".o_sop_levers")).toEqual([
        "The plan as it is",
        "+16 h a week on Turning, 4 Jan - 24 Jan\nOvertime on Saturdays",
        "No measure",
    ]);
    expect(".o_sop_scenario_date:first").toHaveText("Calculated 28 Nov, 12:45");
});

test("shows figures in their format, with the difference to the base", async () => {
    mockData();
    await mountCompare();
    expect(cells("rate_fill")).toEqual([
        "93.0%",
        "97.5%\n+4.5 pp\nbetter than the base plan",
        "–",
    ]);
    expect(cells("qty_late")[1]).toBe("0\n-1,730\nbetter than the base plan");
    expect(cells("amount_overtime")).toEqual(["$ 0", "$ 18,000\n+$ 18,000", "$ 0\n±0"]);
    expect(cells("hours")[1]).toBe("64 h\n+54 h\nworse than the base plan");
});

test("marks the best value of a row with a glyph, and none where all look the same", async () => {
    mockData();
    await mountCompare();
    expect(best("rate_fill")).toEqual(["97.5%"]);
    expect("[data-row=rate_fill] .o_sop_best .fa-check").toHaveCount(1);
    expect(best("qty_late")).toEqual(["0"]);
    expect(best("hours")).toEqual(["10 h", "10 h"]);
    expect(best("orders_late")).toEqual([]);
    expect(best("amount_overtime")).toEqual([], { message: "neither more nor less is better" });
    expect("[data-row=rate_fill] .o_sop_direction").toHaveAttribute("title", "more is better");
    expect("[data-row=qty_late] .o_sop_direction").toHaveText("↓");
});

test("the recommended scenario has a star that says why", async () => {
    mockData();
    await mountCompare();
    const formula =
        "Recommended for the goal Lowest cost: least cost of overtime + late deliveries";
    expect(".o_sop_star").toHaveCount(1);
    expect("thead th:eq(2) .o_sop_star").toHaveText("★ Recommended");
    expect(".o_sop_star").toHaveAttribute("data-tooltip", formula);
    expect(".o_sop_goal dd").toHaveText("least cost of overtime + late deliveries");
    expect("td:eq(1) .o_sop_choose").toHaveClass("btn-primary");
});

test("the chosen scenario has a badge, its reason and no button to choose it", async () => {
    const chosen = { is_selected: true, selected_text: "Chosen by A. Meyer, 1 Dec: cheapest" };
    mockData(() => comparison({ scenarios: withOvertime(chosen) }));
    await mountCompare();
    expect("thead th:eq(2) .o_sop_chosen").toHaveText("Chosen");
    expect(".o_sop_chosen").toHaveCount(1);
    expect(".o_sop_selected_text").toHaveText("Chosen by A. Meyer, 1 Dec: cheapest");
    expect(".o_sop_choose").toHaveCount(2);
    expect("td:eq(1) .o_sop_choose").toHaveCount(0);
});

test("a scenario is chosen in a dialog", async () => {
    mockData();
    onRpc("sop.scenario", "action_open_select", ({ args }) => {
        expect.step(`select ${args[0]}`);
        return { type: "ir.actions.act_window", res_model: "sop.scenario.select" };
    });
    await mountCompare();
    await contains(".o_sop_choose:eq(1)").click();
    await expect.waitForSteps(["select 2", "sop.scenario.select ", "load false"]);
});

test("old figures are marked and can be calculated again", async () => {
    const simulation = new Deferred();
    const stale = "3 inputs changed: orders, stock, calendar";
    let scenarios = withOvertime({ stale });
    mockData(() => comparison({ scenarios }));
    onRpc("sop.scenario", "action_simulate", ({ args }) => {
        expect.step(`simulate ${args[0]}`);
        return simulation;
    });
    await mountCompare();
    expect(".o_sop_stale_note").toHaveText(stale);
    await contains("td:eq(1) .o_sop_recalculate").click();
    expect("td:eq(1) .o_sop_recalculate .fa-spin").toHaveCount(1);
    expect(".o_sop_recalculate:enabled").toHaveCount(0);
    scenarios = SCENARIOS;
    simulation.resolve(true);
    await expect.waitForSteps(["simulate 2", "load false"]);
    await animationFrame();
    expect(".o_sop_stale_note").toHaveCount(0);
    expect(".o_sop_recalculate:enabled").toHaveCount(3);
});

test("a calculation that fails leaves the buttons usable", async () => {
    expect.errors(1);
    mockData();
    onRpc("sop.scenario", "action_simulate", () => {
        throw makeServerError({ message: "The cycle is frozen." });
    });
    await mountCompare();
    await contains(".o_sop_recalculate:eq(1)").click();
    await animationFrame();
    expect.verifyErrors(["RPC_ERROR"]);
    expect(".o_sop_recalculate:enabled").toHaveCount(3);
});

test("a scenario that failed or waits says so", async () => {
    const [base, overtime, wait] = SCENARIOS;
    const failed = { ...overtime, state: "failed", message: "No capacity." };
    const draft = { ...wait, state: "draft", date: "" };
    mockData(() => comparison({ scenarios: [base, failed, draft] }));
    await mountCompare();
    expect(".o_sop_failed").toHaveText("No capacity.");
    expect("td:eq(2) .o_sop_scenario_date").toHaveText("Not calculated yet");
    expect("td:eq(2) .o_sop_recalculate").toHaveText("Calculate");
    expect(".o_sop_choose").toHaveCount(1);
});

test("groups open and close", async () => {
    mockData();
    await mountCompare();
    expect("[data-row=family_0]").toHaveCount(0);
    await contains(".o_sop_group_families .o_sop_group_toggle").click();
    expect(cells("family_0")).toEqual(["$ 5,400\n120 units", "$ 0\n0 units", "–"]);
    await contains(".o_sop_group_months .o_sop_group_toggle").click();
    expect(cells("month_0")).toEqual(["±0", "-$ 18,000", "+$ 250"]);
    expect(cells("binds")).toEqual([
        "Nothing",
        "Nothing",
        "Turning in W7: one more hour is worth 412 EUR",
    ]);
    expect(".o_sop_group_service .o_sop_group_toggle").toHaveAttribute("aria-expanded", "true");
    await contains(".o_sop_group_service .o_sop_group_toggle").click();
    expect(".o_sop_group_service .o_sop_group_toggle").toHaveAttribute("aria-expanded", "false");
    expect("[data-row=rate_fill]").toHaveCount(0);
});

test("opens scenarios, a new one and the list", async () => {
    mockData();
    await mountCompare();
    await contains(".o_sop_open_scenario:eq(2)").click();
    await contains(".o_sop_new_scenario").click();
    await contains(".o_sop_scenarios").click();
    await expect.waitForSteps([
        "sop.scenario 3",
        "sop_planning.sop_scenario_new_action",
        "load false",
        "sop_planning.sop_scenario_action",
    ]);
});

test("a menu leads to a scenario's records, and makes a copy or a decision of it", async () => {
    mockData();
    for (const name of ["action_open_gaps", "action_open_capacity", "action_make_decision"]) {
        onRpc("sop.scenario", name, ({ args: [ids] }) => `${name} ${ids}`);
    }
    onRpc("sop.scenario", "copy", ({ args: [ids] }) => ids.map((id) => id + 40));
    await mountCompare();
    const labels = ["Supply gaps", "Capacity by week", "Duplicate", "Send to the meeting"];
    for (const label of labels) {
        await contains(".o_sop_scenario_more:eq(1)").click();
        expect(queryAllTexts(".o-dropdown-item")).toEqual(labels);
        await contains(`.o-dropdown-item:contains(${label})`).click();
    }
    await expect.waitForSteps([
        "action_open_gaps 2",
        "action_open_capacity 2",
        "sop.scenario 42",
        "action_make_decision 2",
    ]);
});

test("another cycle can be chosen, and is kept", async () => {
    mockData((id) => comparison({ cycle: id === 6 ? { id, name: "October 2026" } : {} }));
    await mountCompare({ state: { cycleId: 7, closed: {} } });
    await contains(".o_sop_cycle_select").click();
    await contains(".o-dropdown-item:contains(October)").click();
    expect(".o_sop_cycle_select").toHaveText("October 2026");
    expect.verifySteps(["load 6"]);
});

test("without the rights, there is nothing to change", async () => {
    const cycle = { can_choose: false, can_simulate: false, can_decide: false };
    mockData(() => comparison({ cycle }));
    await mountCompare();
    await contains(".o_sop_scenario_more:eq(0)").click();
    expect(queryAllTexts(".o-dropdown-item")).toEqual(["Supply gaps", "Capacity by week"]);
    expect(".o_sop_choose").toHaveCount(0);
    expect(".o_sop_recalculate").toHaveCount(0);
    expect(".o_sop_new_scenario").toHaveCount(0);
    expect(".o_sop_open_scenario").toHaveCount(3);
});

test("without a cycle or figures, the way leads to the dashboard", async () => {
    let data = { cycle: false };
    mockData(() => data);
    await mountCompare();
    expect(".o_nocontent_help").toHaveText(/No S&OP cycle yet/);
    expect(".o_sop_new_scenario").toHaveCount(0);
    await contains(".o_sop_open_dashboard").click();
    expect.verifySteps(["sop_planning.sop_dashboard_action"]);
    data = comparison({ scenarios: [] });
    await mountCompare();
    expect(".o_sop_compare_table").toHaveCount(0);
    expect(".o_sop_empty").toHaveText(/No scenario of November 2026 is calculated yet/);
});
