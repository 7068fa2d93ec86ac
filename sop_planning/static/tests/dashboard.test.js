import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, Deferred } from "@odoo/hoot-mock";
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
import { POLL_DELAY } from "@sop_planning/refresh/refresh_hook";
import { SopDashboard } from "@sop_planning/dashboard/dashboard";

describe.current.tags("desktop");
defineMailModels();

const SERIES = {
    months: ["2026-09", "2026-10", "2026-11", "2026-12"],
    history: [10, 20, null, null],
    consensus: [null, null, 30, 20],
};

const family = (id, name, severity, label) => ({
    id,
    name,
    severity,
    label,
    consensus: 1234.5,
    reference: 1000,
    impact: 5000,
    impact_label: "5.0 k€",
    owner: "Anna Berger",
    state: "todo",
    exceptions: 1,
    series: SERIES,
});

const dashboard = (header = {}) => ({
    cycle: {
        id: 7,
        name: "November 2026",
        state: "demand",
        is_frozen: false,
        company: "Small Maker",
        currency_id: 1,
        data_as_of: "11/02/2026 06:10",
        hours_old: 3,
        is_computed: true,
        horizon_months: 18,
        reference: "Trend",
        can_refresh: true,
        ...header,
    },
    cycles: [
        { id: 7, name: "November 2026" },
        { id: 6, name: "October 2026" },
    ],
    steps: [
        { code: "data", name: "Data Gathering", state: "done", is_late: false, due: "11/02", user: "A" },
        { code: "demand", name: "Demand Review", state: "current", is_late: true, due: "11/03", user: "A" },
        { code: "supply", name: "Supply Review", state: "todo", is_late: false, due: false, user: "" },
    ],
    tiles: [
        { name: "red", label: "red exceptions", value: 6, detail: "", action: { res_model: "red" } },
        { name: "amber", label: "amber exceptions", value: 0, detail: "", action: {} },
        { name: "agreed", label: "families agreed", value: "1 / 3", detail: "+4 %", action: {} },
    ],
    families: [
        family(1, "Valves", "red", "▲▲ +29 %"),
        family(2, "Pumps", "none", "+1 %"),
        family(3, "Filters", "amber", "▼ -12 %"),
    ],
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
});

function mockData(makeData = dashboard) {
    onRpc("sop.cycle", "get_dashboard_data", ({ args }) => makeData(args[0]));
}

async function mountDashboard() {
    mockService("action", {
        doAction: (action) => expect.step(action.res_model || action),
        doActionButton: ({ name, resId }) => expect.step(`${name} ${resId}`),
    });
    const env = getMockEnv() || (await makeMockEnv());
    await mountWithCleanup(SopDashboard, {
        env: { ...env, config: getDefaultConfig() },
        props: { action: {} },
    });
}

test("shows the cycle, its steps and its tiles", async () => {
    mockData();
    await mountDashboard();
    expect(".o_sop_cycle_select").toHaveText("November 2026");
    expect(".o_sop_data_as_of").toHaveText("Data as of 11/02/2026 06:10");
    expect(".o_sop_data_as_of").not.toHaveClass("o_sop_stale");
    expect(".o_sop_step").toHaveCount(3);
    expect(".o_sop_step_current").toHaveText("2\nDemand Review\nlate");
    expect(".o_sop_tile").toHaveCount(3);
    expect(".o_sop_tile_red .o_sop_tile_value").toHaveClass("o_sop_fill_red");
    expect(".o_sop_tile_amber .o_sop_tile_value").not.toHaveClass("o_sop_fill_amber");
    await contains(".o_sop_tile_red").click();
    expect.verifySteps(["red"]);
});

test("shows flagged families first and all of them on demand", async () => {
    mockData();
    await mountDashboard();
    expect(".o_sop_family").toHaveCount(2);
    expect(".o_sop_family:eq(0) .o_sop_severity").toHaveText("▲▲ +29 %");
    expect(".o_sop_family:eq(0) .o_sop_severity").toHaveClass("o_sop_fill_red");
    expect(".o_sop_family:eq(0) .o_sop_family_consensus").toHaveText("1,235");
    expect(".o_sop_family:eq(0) .o_sop_sparkline").toHaveCount(1);
    expect(".o_sop_show_all").toHaveText("All families (3)");
    await contains(".o_sop_show_all").click();
    expect(".o_sop_family").toHaveCount(3);
    expect(".o_sop_show_all").toHaveText("Amber and red (2)");
    await contains(".o_sop_family:eq(1)").click();
    expect.verifySteps(["sop.demand.review"]);
});

test("lists exceptions with the reason after the subject", async () => {
    mockData();
    await mountDashboard();
    expect(".o_sop_exception_subject").toHaveText("Valves");
    expect(".o_sop_exception_reason").toHaveText("246 planned against 190, worth 5 k€.");
    await contains(".o_sop_exception").click();
    await contains(".o_sop_all_exceptions").click();
    expect.verifySteps(["sop.exception", "action_open_exceptions 7"]);
});

test("another cycle can be chosen", async () => {
    mockData((id) => dashboard(id === 6 ? { id, name: "October 2026" } : {}));
    await mountDashboard();
    await contains(".o_sop_cycle_select").click();
    await contains(".o-dropdown-item:contains(October)").click();
    expect(".o_sop_cycle_select").toHaveText("October 2026");
});

test("old figures are marked, and viewers cannot refresh", async () => {
    mockData(() => dashboard({ hours_old: 50, can_refresh: false }));
    await mountDashboard();
    expect(".o_sop_data_as_of").toHaveClass("o_sop_stale");
    expect(".o_sop_refresh").toHaveCount(0);
});

test("nothing flagged is said in words", async () => {
    mockData(() => ({
        ...dashboard(),
        families: [family(2, "Pumps", "none", "+1 %")],
        exceptions: [],
    }));
    await mountDashboard();
    expect(".o_sop_family").toHaveCount(0);
    expect(".o_sop_clear").toHaveCount(2);
    expect(".o_sop_clear:eq(0)").toHaveText(/All clear/);
});

test("without a cycle, the first one can be opened by those who may", async () => {
    let mayCreate = true;
    mockData(() => ({ cycle: false, can_create: mayCreate }));
    await mountDashboard();
    expect(".o_nocontent_help").toHaveText(/No S&OP cycle yet/);
    await contains(".o_sop_open_cycle").click();
    expect.verifySteps(["sop_planning.sop_cycle_action"]);
    mayCreate = false;
    await mountDashboard();
    expect(".o_nocontent_help:last").toHaveText(/Ask your S&OP controller/);
});

test("a cycle without figures calls for a refresh, which shows its progress", async () => {
    const execution = new Deferred();
    let isComputed = false;
    mockData(() => dashboard({ is_computed: isComputed, data_as_of: "", hours_old: false }));
    onRpc("sop.cycle", "action_start_refresh", ({ args }) => {
        expect.step(`start ${args[0]}`);
        return 42;
    });
    onRpc("sop.run", "action_execute", ({ args }) => {
        expect.step(`execute ${args[0]}`);
        return execution;
    });
    onRpc("sop.run", "get_progress", () => ({
        state: "running",
        step: "gather",
        rate_done: 0.25,
        message: "",
    }));
    await mountDashboard();
    expect(".o_sop_tile").toHaveCount(0);
    await contains(".o_sop_empty .btn-primary").click();
    expect(".o_sop_refresh_step").toHaveText("Reading records");
    expect(".o_sop_data_bar .o_sop_refresh").not.toBeEnabled();
    await advanceTime(POLL_DELAY);
    await advanceTime(0);
    expect(".o_sop_refresh_step").toHaveText("Correcting history");
    expect(".o_sop_refresh_percent").toHaveText("25 %");
    isComputed = true;
    execution.resolve(true);
    await advanceTime(0);
    await advanceTime(0);
    expect(".o_sop_refresh_strip").toHaveCount(0);
    expect(".o_sop_tile").toHaveCount(3);
    expect.verifySteps(["start 7", "execute 42"]);
});

test("a failed refresh says why and can be tried again", async () => {
    let isFailing = true;
    mockData();
    onRpc("sop.cycle", "action_start_refresh", () => 42);
    onRpc("sop.run", "action_execute", () => {
        if (isFailing) {
            throw makeServerError({ message: "Small Maker has no confirmed sales." });
        }
        return true;
    });
    await mountDashboard();
    await contains(".o_sop_refresh").click();
    expect(".o_sop_refresh_failed .o_sop_refresh_message").toHaveText(
        "Small Maker has no confirmed sales."
    );
    expect(".o_sop_tile").toHaveCount(3, { message: "the old figures stay" });
    isFailing = false;
    await contains(".o_sop_refresh_retry").click();
    await advanceTime(0);
    expect(".o_sop_refresh_strip").toHaveCount(0);
});

test("a refresh that runs already is followed to its end", async () => {
    let state = "running";
    mockData(() => dashboard({ run_id: state === "running" ? 42 : false }));
    onRpc("sop.run", "get_progress", ({ args }) => {
        expect.step(`poll ${args[0]}`);
        return { state, step: "gather", rate_done: 0.25, message: "" };
    });
    await mountDashboard();
    await advanceTime(POLL_DELAY);
    await advanceTime(0);
    expect.verifySteps(["poll 42"]);
    expect(".o_sop_refresh_strip").toHaveCount(1);
    state = "done";
    await advanceTime(POLL_DELAY);
    await advanceTime(0);
    expect.verifySteps(["poll 42"]);
    expect(".o_sop_refresh_strip").toHaveCount(0);
});
