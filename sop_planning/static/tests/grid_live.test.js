import { describe, expect, test } from "@odoo/hoot";
import { press, waitUntil } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { contains } from "@web/../tests/web_test_helpers";
import { user } from "@web/core/user";
import { pushMessage } from "./helpers/bus";
import { CHANGED } from "@sop_planning/live/cycle_changes";
import {
    cell,
    clickCell,
    defineGridModels,
    expectActive,
    gridData,
    mockGrid,
    mountGrid,
    rowNames,
    type,
} from "./helpers/grid_data";

describe.current.tags("desktop");
defineGridModels();

const STATUS = ".o_sop_grid_status_text";

/** A grid of which somebody else changes a figure after it was opened. */
function mockChanging(others = {}) {
    const qty = { now: 246 };
    const data = () => {
        const grid = gridData();
        grid.rows[0].cells.qty_consensus[1] = qty.now;
        return grid;
    };
    return { qty, ...mockGrid({ data, ...others }) };
}

/** What the server pushes when figures have changed. */
async function push(change = {}) {
    await pushMessage(CHANGED, {
        cycle_id: 5,
        user_id: 77,
        user: "Sam Sales",
        family_ids: [12],
        ...change,
    });
    await animationFrame();
}

/** Somebody else changes the figure that a person has begun to type over. */
async function pushWhileTyping(qty) {
    await clickCell("family_id:12", 1);
    await press("2");
    await animationFrame();
    qty.now = 240;
    await push();
}

test("what somebody else changes is shown, with who it was; the place stays", async () => {
    const { qty } = mockChanging();
    await mountGrid();
    await clickCell("family_id:13", 2);
    qty.now = 240;
    await push();
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n240");
    expect(STATUS).toHaveText("Sam Sales changed Hydraulic cylinders.");
    expectActive("family_id:13", 2);
});

test("rows that were opened stay open", async () => {
    const { qty } = mockChanging();
    await mountGrid();
    const closed = rowNames();
    await contains(".o_sop_grid_toggle").click();
    const opened = rowNames();
    expect(opened.length).toBeGreaterThan(closed.length);
    qty.now = 240;
    await push();
    expect(rowNames()).toEqual(opened);
});

test("a refresh is told as such", async () => {
    mockChanging();
    await mountGrid();
    await push({ family_ids: null });
    expect(STATUS).toHaveText("Sam Sales refreshed the plan.");
});

test("families that are not shown are not named", async () => {
    mockChanging();
    await mountGrid();
    await push({ family_ids: [99] });
    expect(STATUS).toHaveText("Sam Sales changed figures of this plan.");
});

test("one's own changes and other cycles are no news", async () => {
    const { read } = mockChanging();
    await mountGrid();
    await push({ user_id: user.userId });
    await push({ cycle_id: 6 });
    expect(read).toHaveLength(1);
});

test("nothing moves under somebody who types; it comes afterwards", async () => {
    const { qty, read, write } = mockChanging();
    await mountGrid();
    await pushWhileTyping(qty);
    expect(read).toHaveLength(1);
    expect(".o_sop_grid_editor").toHaveCount(1);
    await press("Escape");
    await animationFrame();
    await animationFrame();
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n240");
    expect(write).toEqual([]);
});

test("the server sees the version that somebody began to type on", async () => {
    const answer = new Deferred();
    const { qty, read, write } = mockChanging({ write: () => answer });
    await mountGrid();
    await pushWhileTyping(qty);
    await press("Enter");
    await animationFrame();
    expect(write[0].cells[0].version).toBe(1);
    expect(read).toHaveLength(1);
    answer.resolve({ status: "done", rows: [] });
    await animationFrame();
    await animationFrame();
    expect(read).toHaveLength(2);
});

test("a change during a load waits for its end", async () => {
    const quarters = new Deferred();
    const { read } = mockGrid({
        data: ({ period }) => (period === "quarter" && read.length === 2 ? quarters : gridData()),
    });
    await mountGrid();
    await contains(".o_sop_grid_period[data-period=quarter]").click();
    await push();
    expect(read).toHaveLength(2);
    quarters.resolve(gridData());
    await waitUntil(() => read.length === 3);
    await animationFrame();
    expect(".o_sop_grid_period.active").toHaveAttribute("data-period", "quarter");
    expect(".o_sop_grid_status .fa-spin").toHaveCount(0);
});

test("an answer that a later change has overtaken is read again", async () => {
    const first = new Deferred();
    let count = 0;
    const { read } = mockGrid({
        data: () => (++count === 2 ? first : gridData()),
        write: () => ({ status: "done", rows: [] }),
    });
    await mountGrid();
    await push();
    await clickCell("family_id:12", 1);
    await type("225");
    first.resolve(gridData());
    await animationFrame();
    await animationFrame();
    await animationFrame();
    expect(read).toHaveLength(3);
});
