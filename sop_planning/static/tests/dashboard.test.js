import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { press, waitFor } from "@odoo/hoot-dom";
import { advanceTime, Deferred } from "@odoo/hoot-mock";
import { contains, makeServerError, onRpc } from "@web/../tests/web_test_helpers";
import { POLL_DELAY } from "@sop_planning/refresh/refresh_hook";
import { dashboard, family, mountDashboard } from "./helpers/dashboard_data";

describe.current.tags("desktop");
defineMailModels();

const FIRST_STEPS = {
    company: "Small Maker",
    done: 0,
    total: 5,
    is_computed: false,
    can_dismiss: false,
    example: false,
    steps: [],
};

function mockData(makeData = () => dashboard()) {
    onRpc("sop.cycle", "get_dashboard_data", ({ args }) => makeData(args[0]));
}

test("shows the cycle, its steps and its tiles", async () => {
    mockData();
    await mountDashboard();
    expect(".o_sop_cycle_select").toHaveText("November 2026");
    expect(".o_sop_data_as_of").toHaveText("Data as of 11/02/2026 06:10");
    expect(".o_sop_data_as_of").not.toHaveClass("o_sop_stale");
    expect(".o_sop_step").toHaveCount(3);
    expect(".o_sop_step_current").toHaveText("2\nDemand Review\nlate, Tue 3 Nov");
    expect(".o_sop_health").toHaveText("Data health 91 % (3 issues)");
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
    mockData(() => dashboard({ hours_old: 50, figures: "stale", can_refresh: false, can_publish: false }));
    await mountDashboard();
    expect(".o_sop_data_as_of").toHaveClass("o_sop_stale");
    expect(".o_sop_refresh").toHaveCount(0);
    expect(".o_sop_publish").toHaveCount(0);
    expect(".o_sop_tile_red").toHaveClass("o_sop_is_stale");
    expect(".o_sop_gaps .o_sop_panel_state").toHaveText("old figures");
});

test("orders that changed since open by their kind, with the right to see them", async () => {
    mockData();
    await mountDashboard();
    expect(".o_sop_changes").toHaveText("37 orders changed since");
    await contains(".o_sop_changes").click();
    expect(".dropdown-item-text").toHaveText("7 purchase orders");
    await contains(".o-dropdown-item:contains(30 sales orders)").click();
    await contains(".o_sop_health").click();
    await contains(".o_sop_publish").click();
    expect.verifySteps(["sale.order", "sop.data.issue", "action_publish_pack 7"]);
});

test("a family opens in the grid where there is one, its status opens the review", async () => {
    mockData(() => dashboard({}, { family_action: { res_model: "grid", domain: [["cycle_id", "=", 7]] } }));
    await mountDashboard();
    await contains(".o_sop_family_name:eq(0) button").click();
    await contains(".o_sop_family_state:eq(0) button").click();
    expect.verifySteps(["grid", "sop.demand.review"]);
});

test("the last plan stands beside the consensus, the reference where there is no such plan", async () => {
    let last_plan = null;
    mockData(() => dashboard({}, { families: [family(1, "Valves", "red", "▲▲ +29 %", { last_plan })] }));
    await mountDashboard();
    expect(".o_sop_families th:contains(Trend)").toHaveCount(1);
    expect(".o_sop_family_reference").toHaveText("1,000");
    last_plan = 900;
    await mountDashboard();
    expect(".o_sop_families:last th:contains(Last plan)").toHaveCount(1);
    expect(".o_sop_family_reference:last").toHaveText("900");
});

test("arrows move through the families", async () => {
    mockData();
    await mountDashboard();
    await contains(".o_sop_family_name:eq(0) button").focus();
    await press("ArrowDown");
    expect(".o_sop_family_name:eq(1) button").toBeFocused();
    await press("ArrowRight");
    expect(".o_sop_family_state:eq(1) button").toBeFocused();
    await press("ArrowUp");
    expect(".o_sop_family_state:eq(0) button").toBeFocused();
});

test("a bridge that is too large for the one call comes after it", async () => {
    mockData(() => dashboard({}, { bridge: { state: "later", message: "" } }));
    onRpc("sop.cycle", "get_dashboard_bridge", ({ args }) => {
        expect.step(`bridge ${args[0]}`);
        return dashboard().bridge;
    });
    await mountDashboard();
    await waitFor(".o_sop_bridge rect");
    expect(".o_sop_bridge rect").toHaveCount(4);
    expect.verifySteps(["bridge 7"]);
});

test("the first steps stand in for figures that are not there", async () => {
    mockData(() => dashboard({ is_computed: false }, { first_run: FIRST_STEPS }));
    await mountDashboard();
    expect(".o_sop_first_run").toHaveCount(1);
    expect(".o_sop_empty").toHaveCount(0);
    expect(".o_sop_tile").toHaveCount(0);
});

test("nothing flagged is said in words", async () => {
    mockData(() => ({
        ...dashboard(),
        families: [family(2, "Pumps", "none", "+1 %")],
        exceptions: [],
    }));
    await mountDashboard();
    expect(".o_sop_family").toHaveCount(0);
    expect(".o_sop_families .o_sop_clear").toHaveText(/All clear/);
    expect(".o_sop_exceptions .o_sop_clear").toHaveText(/All clear/);
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
