import { describe, expect, test } from "@odoo/hoot";
import { drag, press } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import {
    cell,
    cellSelector,
    clickCell,
    defineGridModels,
    expectActive,
    gridData,
    mockGrid,
    mountGrid,
    rowNames,
} from "./helpers/grid_data";

describe.current.tags("desktop");
defineGridModels();

async function walk(...keys) {
    for (const key of keys) {
        await press(key);
        await animationFrame();
    }
}

test("arrows, Home, End and Ctrl move the cursor, which has the focus", async () => {
    mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 0);
    await walk("ArrowRight", "ArrowDown");
    expectActive("family_id:12", 1, "deviation");
    expect(document.activeElement).toBe(cell("family_id:12", 1, "deviation"));
    await walk("ArrowDown");
    expectActive("family_id:13", 1);
    await walk("End");
    expectActive("family_id:13", 2);
    await walk("ArrowRight");
    expectActive("family_id:13", 3);
    await walk("Home");
    expectActive("family_id:13", 0);
    await walk(["ctrl", "ArrowDown"]);
    expectActive("family_id:14", 0, "deviation");
    await walk(["ctrl", "Home"]);
    expectActive("family_id:12", 0);
    await walk(["ctrl", "End"]);
    expectActive("family_id:14", 2, "deviation");
    await walk("PageUp");
    expectActive("family_id:12", 2);
});

test("F8 walks through the exceptions, and round", async () => {
    mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 0);
    await walk("F8");
    expectActive("family_id:12", 1);
    await walk("F8");
    expectActive("family_id:13", 2);
    await walk("F8");
    expectActive("family_id:12", 1);
    await walk(["shift", "F8"]);
    expectActive("family_id:13", 2);
});

test("Tab goes to the next figure that can be typed, and out after the last", async () => {
    mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 2);
    await walk("Tab");
    expectActive("family_id:13", 0);
    await walk(["shift", "Tab"]);
    expectActive("family_id:12", 2);
    await clickCell("family_id:14", 2);
    const [keydown] = await press("Tab");
    expect(keydown.defaultPrevented).toBe(false);
});

test("on the head of a row, right opens and left closes", async () => {
    mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 0);
    await walk("ArrowLeft");
    expectActive("family_id:12", -1);
    await walk("ArrowRight");
    await animationFrame();
    expect(rowNames()).toHaveLength(5);
    await walk("ArrowDown");
    expectActive("product_id:1", -1);
    await walk("ArrowLeft");
    expectActive("family_id:12", -1);
    await walk("ArrowLeft");
    expect(rowNames()).toHaveLength(3);
    await walk(" ");
    await animationFrame();
    expect(rowNames()).toHaveLength(5);
});

test("where the language is written from the right, the arrows are mirrored", async () => {
    mockGrid();
    await mountGrid();
    patchWithCleanup(localization, { direction: "rtl" });
    await clickCell("family_id:12", 0);
    await walk("ArrowLeft");
    expectActive("family_id:12", 1);
    await walk("ArrowRight", "ArrowRight");
    expectActive("family_id:12", -1);
});

test("Enter goes down to the next figure, arrows leave a typed one", async () => {
    mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 1);
    await walk("1", "Enter");
    expectActive("family_id:13", 1);
    await walk("1", "ArrowRight");
    expect(".o_sop_grid_editor").toHaveCount(0);
    expectActive("family_id:13", 2);
    await walk("F2", "ArrowRight");
    expect(".o_sop_grid_editor").toHaveCount(1);
    await walk("Escape");
    expectActive("family_id:13", 2);
});

test("a range is selected with the mouse and with Shift", async () => {
    mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 0);
    const { moveTo, drop } = await drag(cellSelector("family_id:12", 0));
    await moveTo(cellSelector("family_id:13", 1));
    await drop();
    await animationFrame();
    expect(".o_sop_grid_selected").toHaveCount(6);
    await walk("Escape");
    expect(".o_sop_grid_selected").toHaveCount(0);
    await walk(["ctrl", "a"]);
    expect(".o_sop_grid_selected").toHaveCount(18);
});

test("Space shows why the active figure is what it is, and follows it", async () => {
    mockGrid({ data: () => gridData() });
    await mountGrid();
    await clickCell("family_id:12", 1);
    await walk(" ");
    expect(".o_sop_grid_why").toHaveAttribute("aria-pressed", "true");
    expect(".o_sop_grid_desk > :nth-child(2)").toHaveCount(1);
    await walk("Escape");
    expect(".o_sop_grid_why").toHaveAttribute("aria-pressed", "false");
    expect(".o_sop_grid_desk > :nth-child(2)").toHaveCount(0);
    await contains(cellSelector("family_id:13", 0)).dblclick();
    expect(".o_sop_grid_desk > :nth-child(2)").toHaveCount(1);
});
