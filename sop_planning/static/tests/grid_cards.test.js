import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { contains } from "@web/../tests/web_test_helpers";
import { columns, defineGridModels, done, gridData, mockGrid, mountGrid } from "./helpers/grid_data";

describe.current.tags("mobile");
defineGridModels();

test("on a phone, each family is a card with its next months", async () => {
    mockGrid();
    await mountGrid();
    expect(".o_sop_grid_scroll").toHaveCount(0);
    expect(queryAllTexts(".o_sop_grid_card h3")).toEqual(["Hydraulic cylinders", "Pumps", "Filters"]);
    expect(queryAllTexts(".o_sop_grid_badge")).toEqual(["▲▲ red", "▼ amber"]);
    expect(queryAllTexts(".o_sop_grid_card:first .o_sop_grid_card_label")).toEqual([
        "Dec 26",
        "Jan 27",
        "Feb 27",
    ]);
    expect(".o_sop_grid_card:first .o_sop_grid_card_figure:eq(1)").toHaveText("▲▲ 246");
});

test("a figure is changed in steps of five percent", async () => {
    const { write } = mockGrid({
        write: () => done("family_id:12", { qty_consensus: { 1: 258.3 } }),
    });
    await mountGrid();
    await contains(".o_sop_grid_card:first .o_sop_grid_more:eq(1)").click();
    await animationFrame();
    expect(write[0].cells).toEqual([
        { row: "family_id:12", column: "2027-01-01", kind: "percent", value: 5, version: 1 },
    ]);
    expect(".o_sop_grid_card:first .o_sop_grid_card_figure:eq(1)").toHaveText("▲▲ 258");
    await contains(".o_sop_grid_card:first .o_sop_grid_less:eq(0)").click();
    expect(write[1].cells[0].value).toBe(-5);
});

test("frozen months and figures for reading have no steps", async () => {
    const frozen = columns([{ is_frozen: true }, {}, {}]);
    let data = gridData({ columns: frozen });
    mockGrid({ data: () => data });
    await mountGrid();
    expect(queryAllTexts(".o_sop_grid_card:first .o_sop_grid_card_label")).toEqual(["Jan 27", "Feb 27"]);
    data = gridData({ edit: { can_edit: false, reasons: [] } });
    await mountGrid();
    expect(".o_sop_grid_card:last .o_sop_grid_more").toHaveCount(0);
});
