import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { contains, onRpc } from "@web/../tests/web_test_helpers";
import { dashboard, mountDashboard, tile } from "./helpers/dashboard_data";

describe.current.tags("desktop");
defineMailModels();

async function mountWith(parts, header) {
    onRpc("sop.cycle", "get_dashboard_data", () => dashboard(header, parts));
    await mountDashboard();
}

test("tiles say what stands in their way, and open what ends it", async () => {
    await mountWith({
        tiles: [
            tile("gaps", "supply gaps", null, {
                state: "blocked",
                message: "0 of 3 work centers have operations.",
                fix: { res_model: "mrp.routing.workcenter" },
            }),
            tile("stock", "stock", null, {
                state: "no_right",
                message: "Ask Anna for the right to see it.",
                action: false,
            }),
            tile("service", "service", "96→93 %", { detail: "last plan → now" }),
        ],
    });
    expect(".o_sop_tile_gaps .o_sop_tile_value").toHaveText("–");
    expect(".o_sop_tile_gaps .o_sop_tile_detail").toHaveText("0 of 3 work centers have operations. Fix");
    expect(".o_sop_tile_stock").not.toBeEnabled();
    expect(".o_sop_tile_stock .o_sop_tile_detail").toHaveText("Ask Anna for the right to see it.");
    expect(".o_sop_tile_service .o_sop_tile_value").toHaveText("96→93 %");
    await contains(".o_sop_tile_gaps").click();
    expect.verifySteps(["mrp.routing.workcenter"]);
});

test("the first six tiles have a key", async () => {
    await mountWith({ tiles: [...Array(7).keys()].map((n) => tile(`t${n}`, "tile", n)) });
    expect(".o_sop_tile[data-hotkey]").toHaveCount(6);
    expect(".o_sop_tile:eq(5)").toHaveAttribute("data-hotkey", "shift+6");
});

test("gaps by family and week open what is behind them", async () => {
    await mountWith();
    expect(queryAllTexts(".o_sop_gaps thead th").slice(1)).toEqual(["W5", "W6", "W7"]);
    expect(queryAllTexts(".o_sop_gap_cell")).toEqual(["▲▲−60", "▲▲▲−2.9k", "▲−12"]);
    expect(".o_sop_gap_cell:eq(1)").toHaveClass("o_sop_fill_critical");
    expect(".o_sop_gap_cell:eq(2)").toHaveClass("o_sop_fill_amber");
    expect(".o_sop_gap_cell:eq(0)").toHaveAttribute(
        "aria-label",
        "Valves, W6 (12/07/2026): 60 units short. Line 2: 24.1 h short"
    );
    expect(".o_sop_more_gaps").toHaveText("and 2 later");
    await contains(".o_sop_gap_cell:eq(0)").click();
    await contains(".o_sop_gap_cell:eq(2)").click();
    expect.verifySteps(["sop.supply.gap", "sop.supply.gap"]);
    await contains(".o_sop_gap_cell:eq(0)").focus();
    await press("ArrowRight");
    expect(".o_sop_gap_cell:eq(1)").toBeFocused();
});

test("no gap is said in words, and what keeps gaps from being seen too", async () => {
    await mountWith({
        gaps: { state: "empty", message: "Supply covers demand for 26 weeks." },
        suppliers: { state: "no_right", message: "Ask Anna for the right to see it." },
    });
    expect(".o_sop_gaps .o_sop_clear").toHaveText("Supply covers demand for 26 weeks.");
    expect(".o_sop_gap_table").toHaveCount(0);
    expect(".o_sop_suppliers .o_sop_clear").toHaveText("Ask Anna for the right to see it.");
});

test("scenarios show what they change and cost, and one is chosen", async () => {
    onRpc("sop.scenario", "action_open_select", ({ args }) => {
        expect.step(`select ${args[0]}`);
        return { res_model: "sop.scenario.select" };
    });
    await mountWith();
    expect(queryAllTexts(".o_sop_scenario:eq(2) .o_sop_number")).toEqual([
        "3→0",
        "173→20",
        "+18.0 k€",
        "98 %",
        "97 %",
    ]);
    expect(".o_sop_scenario:eq(0) .o_sop_scenario_choice").toHaveText("Plan follows");
    expect(".o_sop_best").toHaveCount(1);
    expect(".o_sop_scenario:eq(2) .o_sop_best").toHaveAttribute(
        "data-tooltip",
        "Recommended for the goal Least cost: Least of: overtime + being late."
    );
    expect(".o_sop_choose:eq(1)").toHaveText("Choose B");
    await contains(".o_sop_choose:eq(1)").click();
    await contains(".o_sop_compare_all").click();
    expect.verifySteps(["select 33", "sop.scenario.select", "sop_planning.compare"]);
});

test("scenarios without amounts, for those who do not see them", async () => {
    await mountWith({}, { sees_money: false });
    expect(".o_sop_scenarios th:contains(Extra cost)").toHaveCount(0);
    expect(".o_sop_scenario:eq(1) .o_sop_number").toHaveCount(4);
});

test("what can be done about a supplier", async () => {
    onRpc("sop.supplier.risk", "action_assign", ({ args }) => {
        expect.step(`assign ${args[0]}`);
        return false;
    });
    onRpc("sop.supplier.risk", "action_snooze", () => ({ res_model: "sop.supplier.risk.answer" }));
    onRpc("sop.supplier.risk", "action_open_orders", () => ({ res_model: "purchase.order" }));
    await mountWith();
    expect(".o_sop_supplier_hits").toHaveText(
        "hits Valves, Pumps and 3 more · next needed W6 · 13.1 k€ at risk"
    );
    await contains(".o_sop_assign").click();
    await contains(".o_sop_open_orders").click();
    await contains(".o_sop_snooze").click();
    expect.verifySteps(["assign 41", "purchase.order", "sop.supplier.risk.answer"]);
});

test("a supplier that is taken care of says by whom", async () => {
    const [row] = dashboard().suppliers.rows;
    const suppliers = {
        ...dashboard().suppliers,
        rows: [{ ...row, state: "in_progress", state_label: "In progress" }],
        can_open_orders: false,
    };
    await mountWith({ suppliers });
    expect(".o_sop_assign").toHaveCount(0);
    expect(".o_sop_open_orders").toHaveCount(0);
    expect(".o_sop_supplier_state").toHaveText("In progress: Bo Buyer");
});

test("the bridge has a bar a cause, with its figure and direction", async () => {
    await mountWith();
    expect(queryAllTexts(".o_sop_bridge_text")).toEqual(["1.0 k€", "▲ +200 €", "▼ −100 €", "1.1 k€"]);
    expect(".o_sop_bridge_up").toHaveCount(1);
    expect(".o_sop_bridge_down").toHaveCount(1);
    expect(".o_sop_bridge_chart").toHaveAttribute(
        "aria-label",
        "October 2026 1.0 k€, Statistics +200 €, Overrides −100 €, Consensus 1.1 k€"
    );
    await contains(".o_sop_bridge_details").click();
    expect.verifySteps(["action_open_bridge 7"]);
});

test("without an approved plan the bridge is a sentence", async () => {
    await mountWith({ bridge: { state: "empty", message: "No plan was approved before this one." } });
    expect(".o_sop_bridge .o_sop_clear").toHaveText("No plan was approved before this one.");
});

test("my tasks come before the next dates", async () => {
    onRpc("mail.activity", "action_open_document", ({ args }) => ({
        type: "ir.actions.act_window",
        res_model: `where activity ${args[0]} leads`,
    }));
    await mountWith();
    expect(".o_sop_task:eq(0)").toHaveText("Second shift? Decision\nlate, Fri 6 Nov");
    expect(".o_sop_date:eq(1)").toHaveText("Pre-S&OP Bo Meeting Thu 5 Nov, 14:00\nThu 5 Nov");
    await contains(".o_sop_task:eq(0) button").click();
    await contains(".o_sop_task:eq(1) button").click();
    await contains(".o_sop_date:eq(1) button").click();
    expect.verifySteps(["sop.decision", "where activity 7 leads", "sop.cycle.step"]);
});

test("while a run is at work the old figures stay and say so", async () => {
    onRpc("sop.run", "get_progress", () => ({ state: "running", step: "gather", rate_done: 0.1, message: "" }));
    await mountWith({}, { run_id: 42, figures: "computing" });
    expect(".o_sop_tile_red").toHaveClass("o_sop_is_computing");
    expect(".o_sop_tile_red .o_sop_tile_value").toHaveText("▲▲6");
    expect(".o_sop_gaps").toHaveAttribute("aria-busy", "true");
    expect(".o_sop_refresh_leave").toHaveText("You may leave this page.");
});
