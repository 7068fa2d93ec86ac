import { describe, expect, queryAllAttributes, queryAllTexts, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, mockService } from "@web/../tests/web_test_helpers";
import {
    activeLabel,
    cell,
    clickCell,
    columns,
    defineGridModels,
    expectActive,
    gridData,
    mockGrid,
    mountGrid,
    row,
    rowNames,
} from "./helpers/grid_data";

describe.current.tags("desktop");
defineGridModels();

test("shows rows, measures, years, months, glyphs and totals", async () => {
    mockGrid();
    await mountGrid();
    expect(rowNames()).toEqual(["Hydraulic cylinders", "Pumps", "Filters"]);
    expect(queryAllTexts(".o_sop_grid_band")).toEqual(["2026", "2027"]);
    expect(queryAllTexts(".o_sop_grid_column")).toEqual(["Dec 26", "Jan 27", "Feb 27", "3 months"]);
    expect(queryAllTexts(".o_sop_grid_row:first .o_sop_grid_measure")).toEqual(["Consensus", "Δ vs stat"]);
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n246");
    expect(cell("family_id:12", 1)).toHaveClass("o_sop_level_red");
    expect(cell("family_id:12", 1, "deviation")).toHaveText("▲▲\n+29%");
    expect(cell("family_id:13", 2, "deviation")).toHaveText("▼\n-12%");
    expect(cell("family_id:12", 1).querySelector(".fa-pencil")).not.toBe(null);
    expect(cell("family_id:12", 2).querySelector(".fa-sticky-note-o")).not.toBe(null);
    expect(cell("family_id:14", 1)).toHaveText("1,301");
    expect(".o_sop_grid_totals .o_sop_grid_cell:first").toHaveText("1,616");
    expect(".o_sop_grid_totals .o_sop_grid_total:first").toHaveText("3,805");
});

test("a cell says all it shows to screen readers", async () => {
    mockGrid();
    await mountGrid();
    expect(cell("family_id:12", 1)).toHaveAttribute(
        "aria-label",
        "Consensus, Hydraulic cylinders, Jan 27, 246, red, 29 percent above the reference, changed by a person"
    );
    expect(".o_sop_grid_scroll").toHaveAttribute("role", "treegrid");
    expect(".o_sop_grid_scroll").toHaveAttribute("aria-rowcount", "7");
    expect(".o_sop_grid_scroll").toHaveAttribute("aria-colcount", "6");
    expect(cell("family_id:12", 1)).toHaveAttribute("aria-colindex", "4");
    expect(cell("family_id:12", 1)).toHaveAttribute("aria-readonly", "false");
    expect(cell("family_id:12", 1, "deviation")).toHaveAttribute("aria-readonly", "true");
    expect(queryAllAttributes(".o_sop_grid_body [role=row]", "aria-rowindex")).toEqual(
        ["2", "3", "4", "5", "6", "7"]
    );
    expect(".o_sop_grid_scroll [tabindex='0']").toHaveCount(1);
});

test("asks for what the search and the arch say", async () => {
    const { read } = mockGrid();
    await mountGrid({
        arch: '<sop_grid edit="1" default_measures="qty_consensus, deviation"/>',
        domain: [["family_id", "=", 12]],
        groupBy: ["user_id"],
    });
    expect(read).toEqual([
        {
            domain: [["family_id", "=", 12]],
            options: {
                groupby: ["user_id"],
                period: "month",
                unit: "qty",
                measures: ["qty_consensus", "deviation"],
                parent: null,
            },
        },
    ]);
});

test("a family opens to its products, which are read once", async () => {
    const { read } = mockGrid();
    await mountGrid();
    expect("[role=row][aria-expanded=false]").toHaveCount(1);
    await contains(".o_sop_grid_toggle").click();
    expect(rowNames()).toEqual([
        "Hydraulic cylinders",
        "Small cylinder",
        "Large cylinder",
        "Pumps",
        "Filters",
    ]);
    expect("[role=row][aria-expanded=true]").toHaveCount(1);
    expect(read.at(-1).options.parent).toBe("family_id:12");
    await contains(".o_sop_grid_toggle").click();
    expect(rowNames()).toHaveLength(3);
    await contains(".o_sop_grid_toggle").click();
    expect(rowNames()).toHaveLength(5);
    expect(read).toHaveLength(2);
});

test("measures are chosen, and read where they are missing", async () => {
    const { read } = mockGrid({
        data: ({ measures }) => gridData(measures ? { shown: measures } : {}),
    });
    await mountGrid();
    await contains(".o_sop_grid_measures").click();
    expect(queryAllTexts(".o-dropdown-item.selected")).toEqual(["Consensus", "Δ vs stat"]);
    await contains(".o-dropdown-item:contains(Δ vs stat)").click();
    expect(".o_sop_grid_row:first [role=row]").toHaveCount(1);
    expect(read).toHaveLength(1);
    await contains(".o-dropdown-item:contains(Statistical)").click();
    expect(read.at(-1).options.measures).toEqual(["qty_consensus", "qty_statistical"]);
});

test("values and quarters are read with an own set of measures", async () => {
    const { read } = mockGrid();
    await mountGrid();
    await contains("[data-unit=amount]").click();
    expect(read.at(-1).options.unit).toBe("amount");
    expect(read.at(-1).options.measures).toBe(null);
    await contains("[data-period=quarter]").click();
    expect(read.at(-1).options.period).toBe("quarter");
});

test("without the right to amounts, there is no value", async () => {
    mockGrid({ data: () => gridData({ cycle: { id: 5, name: "December", currency: null } }) });
    await mountGrid();
    expect(".o_sop_grid_unit").toHaveCount(0);
});

test("only rows of a chosen level are shown", async () => {
    mockGrid();
    await mountGrid();
    expect(queryAllTexts(".o_sop_grid_flag")).toEqual(["▲▲ 1 red", "▲ 1 amber"]);
    await contains(".o_sop_grid_flag_red").click();
    expect(rowNames()).toEqual(["Hydraulic cylinders"]);
    await contains(".o_sop_grid_flag_amber").click();
    expect(rowNames()).toEqual(["Hydraulic cylinders", "Pumps"]);
    expect(".o_sop_grid_flag_red").toHaveAttribute("aria-pressed", "true");
    await contains(".o_sop_grid_flag_red").click();
    await contains(".o_sop_grid_flag_amber").click();
    expect(rowNames()).toHaveLength(3);
});

test("a row opens its record", async () => {
    mockService("action", {
        doAction: ({ res_model, res_id }) => expect.step(`${res_model} ${res_id}`),
    });
    mockGrid();
    await mountGrid();
    await contains(".o_sop_grid_open", { visible: false }).click();
    expect.verifySteps(["sop.demand.review 7"]);
    await clickCell("family_id:12", -1);
    await press("Enter");
    expect.verifySteps(["sop.demand.review 7"]);
});

test("of many rows only those in sight are drawn", async () => {
    const many = Array.from({ length: 500 }, (_, n) => row(`product_id:${n}`, `Product ${n}`, [1, 2, 3]));
    mockGrid({ data: () => gridData({ rows: many }) });
    await mountGrid();
    expect(queryAllTexts(".o_sop_grid_body .o_sop_grid_row").length).toBeLessThan(80);
    expect(queryAllTexts(".o_sop_grid_body [role=row]").length).toBeLessThan(160);
    await clickCell("product_id:0", 0);
    await press(["ctrl", "ArrowDown"]);
    await animationFrame();
    await animationFrame();
    expectActive("product_id:499", 0, "deviation");
    expect(document.activeElement).toBe(cell("product_id:499", 0, "deviation"));
    expect(queryAllTexts(".o_sop_grid_body .o_sop_grid_row").length).toBeLessThan(80);
});

test("says why there is nothing, and what to do", async () => {
    mockService("action", { doAction: (action) => expect.step(action) });
    mockGrid({
        data: () =>
            gridData({
                cycle: null,
                columns: [],
                rows: [],
                totals: null,
                empty: {
                    title: "No cycle yet",
                    text: "Open a cycle to compute the forecast.",
                    action: "sop_planning.sop_cycle_action",
                },
            }),
    });
    await mountGrid();
    expect(".o_nocontent_help").toHaveText(/No cycle yet/);
    expect(".o_sop_grid_scroll").toHaveCount(0);
    await contains(".o_sop_grid_empty_action").click();
    expect.verifySteps(["sop_planning.sop_cycle_action"]);
});

test("a load is read-only, with the limits of its levels", async () => {
    const load = [{ name: "rate_load", label: "Load", kind: "rate", is_editable: false, is_default: true }];
    const line = row("workcenter_id:1", "Turning line 1", [], {
        is_editable: false,
        cells: { rate_load: [0.83, 0.98, 1.21] },
        total: {},
        levels: ["none", "amber", "critical"],
        glyphs: ["", "▲", "▲▲▲"],
        marks: [0, 0, 0],
    });
    const edit = { can_edit: false, reason: "The refresh computes these figures.", reasons: [] };
    const { read } = mockGrid({
        data: () =>
            gridData({ unit: "rate", measures: load, shown: ["rate_load"], rows: [line], totals: null, edit }),
    });
    await mountGrid({ arch: '<sop_grid mode="capacity" edit="1"/>' });
    expect(read[0].options.unit).toBe("rate");
    expect(queryAllTexts(".o_sop_grid_body .o_sop_grid_cell")).toEqual(["83%", "▲\n98%", "▲▲▲\n121%"]);
    expect(queryAllTexts(".o_sop_grid_legend_step").at(-1)).toBe("▲▲▲\n> 120 %");
    expect(".o_sop_grid_undo").toHaveCount(0);
    await clickCell("workcenter_id:1", 0, "rate_load");
    await press("1");
    await animationFrame();
    expect(".o_notification").toHaveText("The refresh computes these figures.");
    expect(".o_sop_grid_editor").toHaveCount(0);
});

test("frozen months have a lock and say so", async () => {
    mockGrid({
        data: () =>
            gridData({ columns: columns([{ is_frozen: true, frozen_text: "frozen by A. Meyer" }, {}, {}]) }),
    });
    await mountGrid();
    expect(".o_sop_grid_frozen .fa-lock").toHaveCount(1);
    expect(cell("family_id:12", 0)).toHaveAttribute("aria-readonly", "true");
    expect(cell("family_id:12", 0)).toHaveAttribute("title", "frozen by A. Meyer");
    expect(cell("family_id:12", 1)).not.toHaveAttribute("title");
});

test("keeps the place when only one measure is left", async () => {
    mockGrid();
    await mountGrid();
    await clickCell("family_id:13", 2);
    expect(activeLabel()).toBe("Consensus, Pumps, Feb 27, 218, amber, 12 percent below the reference");
    await contains(".o_sop_grid_toggle").click();
    await animationFrame();
    expectActive("family_id:13", 2);
    await contains(".o_sop_grid_measures").click();
    await contains(".o-dropdown-item:contains(Δ vs stat)").click();
    expectActive("family_id:13", 2);
    expect(".o_sop_grid_corner").toHaveText("Consensus");
});
