import { describe, expect, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { contains } from "@web/../tests/web_test_helpers";
import {
    cell,
    clickCell,
    defineGridModels,
    done,
    gridData,
    mockGrid,
    mountGrid,
    type,
} from "./helpers/grid_data";

describe.current.tags("desktop");
defineGridModels();

const undone = () => done("family_id:12", { qty_consensus: { 1: 246 } }, { answer: { journal_ids: [] } });

async function pressAndSettle(keys) {
    await press(keys);
    await animationFrame();
    await animationFrame();
}

/** A grid in which a figure was typed and taken back. */
async function mountUndone(mocks = {}) {
    const calls = mockGrid({
        write: () => done("family_id:12", { qty_consensus: { 1: 225 } }),
        undo: undone,
        ...mocks,
    });
    await mountGrid();
    await clickCell("family_id:12", 1);
    await type("225");
    await pressAndSettle(["ctrl", "z"]);
    return calls;
}

test("the last change is taken back", async () => {
    const { undo } = mockGrid({
        write: () => done("family_id:12", { qty_consensus: { 1: 225 } }),
        undo: undone,
    });
    await mountGrid();
    expect(".o_sop_grid_undo").not.toBeEnabled();
    await clickCell("family_id:12", 1);
    await type("225");
    await animationFrame();
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n225");
    expect(".o_sop_grid_undo").toBeEnabled();
    await pressAndSettle(["ctrl", "z"]);
    expect(undo).toEqual([[91]]);
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n246");
    expect(".o_sop_grid_undo").not.toBeEnabled();
});

for (const keys of [
    ["ctrl", "y"],
    ["ctrl", "shift", "z"],
]) {
    test(`what was taken back is made once more with its reason: ${keys.join(" ")}`, async () => {
        const { write, undo } = mockGrid({
            write: ({ reason_id }) =>
                reason_id
                    ? done("family_id:12", { qty_consensus: { 1: 300 } })
                    : { status: "reason", text: "+22 %", rows: [] },
            undo: undone,
        });
        await mountGrid();
        expect(".o_sop_grid_redo").toHaveCount(0);
        await clickCell("family_id:12", 1);
        await type("300");
        await pressAndSettle("2");
        await clickCell("family_id:12", 1);
        await pressAndSettle(["ctrl", "z"]);
        expect(".o_sop_grid_redo").toHaveCount(1);
        await pressAndSettle(keys);
        expect(write.map(({ reason_id }) => reason_id)).toEqual([null, 32, 32]);
        expect(write[2].cells).toEqual(write[0].cells);
        expect(cell("family_id:12", 1)).toHaveText("▲▲\n300");
        expect(".o_sop_grid_redo").toHaveCount(0);
        await pressAndSettle(["ctrl", "z"]);
        expect(undo).toHaveLength(2);
    });
}

test("a new change leaves nothing to make once more", async () => {
    const { write } = await mountUndone();
    await clickCell("family_id:12", 1);
    await type("230");
    await animationFrame();
    expect(".o_sop_grid_redo").toHaveCount(0);
    await clickCell("family_id:12", 1);
    await pressAndSettle(["ctrl", "y"]);
    expect(".o_sop_grid_status_text").toHaveText("Nothing to redo.");
    expect(write).toHaveLength(2);
});

const QUARTERS = gridData().columns.map((column, n) => ({ ...column, key: `2027-Q${n + 1}` }));

for (const [what, button, data] of [
    [
        "nothing is made once more in months that are not shown",
        ".o_sop_grid_period[data-period=quarter]",
        ({ period }) => gridData(period === "quarter" ? { columns: QUARTERS } : {}),
    ],
    [
        "units are not made once more as money",
        ".o_sop_grid_unit[data-unit=amount]",
        ({ unit }) => gridData({ unit }),
    ],
]) {
    test(what, async () => {
        const { write } = await mountUndone({ data });
        await contains(button).click();
        await contains(".o_sop_grid_redo").click();
        expect(".o_sop_grid_status_text").toHaveText(
            "Show the rows, months and unit of the change first, to redo it."
        );
        expect(write).toHaveLength(1);
    });
}

test("a figure is written in the unit that it was typed in", async () => {
    const slow = new Deferred();
    const units = [];
    mockGrid({
        data: ({ unit }) => gridData({ unit }),
        write: async (_change, count, { unit }) => {
            units.push(unit);
            await (count === 1 && slow);
            return done("family_id:12", { qty_consensus: { 1: 225 } });
        },
    });
    await mountGrid();
    await clickCell("family_id:12", 1);
    await type("225");
    await type("230");
    await contains(".o_sop_grid_unit[data-unit=amount]").click();
    slow.resolve();
    await animationFrame();
    await animationFrame();
    expect(units).toEqual(["qty", "qty"]);
});

test("the button makes it once more as well", async () => {
    const { write } = await mountUndone();
    await contains(".o_sop_grid_redo").click();
    expect(write).toHaveLength(2);
});
