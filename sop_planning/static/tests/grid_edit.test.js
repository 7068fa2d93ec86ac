import { describe, expect, queryAllTexts, queryOne, test } from "@odoo/hoot";
import { manuallyDispatchProgrammaticEvent, press } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { contains, makeServerError, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { GridRow } from "@sop_planning/grid/grid_row/grid_row";
import {
    cell,
    clickCell,
    defineGridModels,
    done,
    expectActive,
    mockGrid,
    mountGrid,
    type,
} from "./helpers/grid_data";

describe.current.tags("desktop");
defineGridModels();

const JANUARY = "2027-01-01";
const change = (kind, value, values = {}) => ({
    measure: "qty_consensus",
    cells: [{ row: "family_id:12", column: JANUARY, kind, value, version: 1, ...values }],
    reason_id: null,
    note: "",
});

async function paste(text) {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    await manuallyDispatchProgrammaticEvent(queryOne(".o_sop_grid_active"), "paste", { clipboardData });
    await animationFrame();
}

test("a figure, a percentage, a difference and a formula are written as such", async () => {
    const { write } = mockGrid();
    await mountGrid();
    const entries = ["225", "+10%", "-5%", "+50", "-50", "=600*1.1"];
    for (const entry of entries) {
        await clickCell("family_id:12", 1);
        await type(entry);
    }
    expect(write).toEqual([
        change("set", 225),
        change("percent", 10),
        change("percent", -5),
        change("delta", 50),
        change("delta", -50),
        change("set", 660),
    ]);
});

test("no key of a fast typist is lost", async () => {
    const { write } = mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 1);
    for (const key of ["2", "2", "6", "Backspace", "5", "Enter"]) {
        await press(key);
    }
    await animationFrame();
    expect(write).toEqual([change("set", 225)]);
    expectActive("family_id:13", 1);
});

test("figures are typed as the language writes them", async () => {
    const { write } = mockGrid();
    await mountGrid();
    patchWithCleanup(localization, { decimalPoint: ",", thousandsSep: "." });
    await clickCell("family_id:12", 1);
    await type("1.225,5");
    expect(write).toEqual([change("set", 1225.5)]);
});

test("what is no figure is told, and can be corrected", async () => {
    const { write } = mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 1);
    await type("2x5");
    expect(".o_notification").toHaveText("“2x5” is not a number.");
    expect(".o_sop_grid_editor").toHaveCount(1);
    await press("Escape");
    await animationFrame();
    expect(".o_sop_grid_editor").toHaveCount(0);
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n246");
    expect(write).toEqual([]);
});

test("F2 edits the figure, and leaves it where it did not change", async () => {
    const { write } = mockGrid();
    await mountGrid();
    await clickCell("family_id:14", 1);
    await press("F2");
    await animationFrame();
    expect(".o_sop_grid_editor").toHaveValue("1300.5");
    await press("Enter");
    await animationFrame();
    expect(write).toEqual([]);
});

test("the new figure is shown at once, and the answer takes its place", async () => {
    const answer = new Deferred();
    mockGrid({ write: () => answer });
    await mountGrid();
    await clickCell("family_id:12", 1);
    await type("225");
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n225");
    expect(cell("family_id:12", 1)).toHaveClass("o_sop_grid_saving");
    expect(".o_sop_grid_status").toHaveText("Saving…");
    answer.resolve(
        done(
            "family_id:12",
            { qty_consensus: { 1: 225 }, deviation: { 1: 0.18 } },
            { levels: { 1: "amber" }, glyphs: { 1: "▲" }, answer: { text: "Jan 27: 246 → 225" } }
        )
    );
    await animationFrame();
    await animationFrame();
    expect(cell("family_id:12", 1)).toHaveText("▲\n225");
    expect(cell("family_id:12", 1)).toHaveClass("o_sop_level_amber");
    expect(cell("family_id:12", 1)).not.toHaveClass("o_sop_grid_saving");
    expect(cell("family_id:12", 1, "deviation")).toHaveText("▲\n+18%");
    expect("[role=status].visually-hidden").toHaveText("Jan 27: 246 → 225");
});

test("edits are written one after the other, each with the version of then", async () => {
    const first = new Deferred();
    const { write } = mockGrid({
        write: (request, count) =>
            count === 1 ? first : done("family_id:12", { qty_consensus: { 1: 230 } }),
    });
    await mountGrid();
    await clickCell("family_id:12", 1);
    await type("225");
    await clickCell("family_id:12", 1);
    await type("230");
    expect(write).toHaveLength(1);
    first.resolve(done("family_id:12", { qty_consensus: { 1: 225 } }, { versions: { 1: 2 } }));
    await animationFrame();
    await animationFrame();
    expect(write.at(-1)).toEqual(change("set", 230, { version: 2 }));
});

test("a reason is asked for at the cell and picked with a number key", async () => {
    const { write } = mockGrid({
        write: ({ reason_id }) =>
            reason_id
                ? done("family_id:12", { qty_consensus: { 1: 300 } })
                : { status: "reason", text: "More than 10 % from the reference." },
    });
    await mountGrid();
    await clickCell("family_id:12", 1);
    await type("300");
    expect(".o_sop_grid_reason p").toHaveText("More than 10 % from the reference.");
    expect(queryAllTexts(".o_sop_grid_reason_choice")).toEqual(["1\nNew customer", "2\nPromotion"]);
    await press("2");
    await animationFrame();
    await animationFrame();
    expect(".o_sop_grid_reason").toHaveCount(0);
    expect(write.map((request) => request.reason_id)).toEqual([null, 32]);
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n300");

    await clickCell("family_id:12", 1);
    await type("301");
    expect(".o_sop_grid_reason_last").toHaveText(/Promotion/);
    expect(".o_sop_grid_reason_last").toBeFocused();
    await press("Enter");
    await animationFrame();
    expect(write.at(-1).reason_id).toBe(32);
});

test("without a reason nothing is written, and the old figure is back", async () => {
    mockGrid({ write: () => ({ status: "reason", text: "Why?" }) });
    await mountGrid();
    await clickCell("family_id:12", 1);
    await type("300");
    await press("Escape");
    await animationFrame();
    await animationFrame();
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n246");
    expect(".o_sop_grid_status_text").toHaveText("Not saved: a reason is needed.");
});

test("a note goes with the reason", async () => {
    const { write } = mockGrid({
        write: ({ reason_id }) =>
            reason_id ? done("family_id:12", {}) : { status: "reason", text: "Why?" },
    });
    await mountGrid();
    await clickCell("family_id:12", 1);
    await type("300");
    await contains(".o_sop_grid_reason input").edit("Contract 12", { confirm: false });
    await contains(".o_sop_grid_reason_choice:eq(0)").click();
    expect(write.at(-1)).toEqual({ ...change("set", 300), reason_id: 31, note: "Contract 12" });
});

for (const mine of [false, true]) {
    test(`a conflict is told; ${mine ? "mine is entered again" : "theirs is taken"}`, async () => {
        const theirs = {
            key: "family_id:12",
            cells: { qty_consensus: { 1: 240 } },
            versions: { 1: 9 },
        };
        const { write } = mockGrid({
            write: (request, count) =>
                count > 1
                    ? done("family_id:12", { qty_consensus: { 1: 225 } })
                    : { status: "conflict", text: "S. Roth entered 240 at 14:02.", rows: [theirs] },
        });
        await mountGrid();
        await clickCell("family_id:12", 1);
        await type("225");
        expect(".o_sop_grid_conflict p:first").toHaveText("S. Roth entered 240 at 14:02.");
        expect(".o_sop_grid_conflict p:last").toHaveText("You entered 225; it is not saved.");
        expect(cell("family_id:12", 1)).toHaveText("▲▲\n240");
        await contains(mine ? ".o_sop_grid_mine" : ".o_sop_grid_theirs").click();
        await animationFrame();
        expect(".o_sop_grid_conflict").toHaveCount(0);
        expect(cell("family_id:12", 1)).toHaveText(mine ? "▲▲\n225" : "▲▲\n240");
        expect(write.slice(1)).toEqual(mine ? [change("set", 225, { version: 9 })] : []);
    });
}

test("a refusal is told and the old figure is back", async () => {
    mockGrid({
        write: () => {
            throw makeServerError({ message: "The cycle is frozen." });
        },
    });
    await mountGrid();
    await clickCell("family_id:12", 1);
    await type("225");
    await animationFrame();
    expect(".o_notification").toHaveText("The cycle is frozen.");
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n246");
});

test("a block of a spreadsheet is pasted in one call", async () => {
    const { write } = mockGrid();
    await mountGrid();
    await clickCell("family_id:13", 0);
    await paste("1,100\t20\t30\r\n4\t\t6.5\r\n");
    const cells = [
        ["family_id:13", "2026-12-01", 1100],
        ["family_id:13", "2027-01-01", 20],
        ["family_id:13", "2027-02-01", 30],
        ["family_id:14", "2026-12-01", 4],
        ["family_id:14", "2027-02-01", 6.5],
    ].map(([row, column, value]) => ({ row, column, kind: "set", value, version: 1 }));
    expect(write).toEqual([{ measure: "qty_consensus", cells, reason_id: null, note: "" }]);
});

test("a block with a wrong cell, or that does not fit, is not pasted", async () => {
    const { write } = mockGrid();
    await mountGrid();
    await clickCell("family_id:13", 0);
    await paste("1\t2\n3\tabc");
    expect(".o_notification:last").toHaveText(
        "Nothing was pasted. Row 2, column 2 of the block: “abc” is not a number."
    );
    await paste("1\t2\t3\t4");
    expect(".o_notification:last").toHaveText(
        "Nothing was pasted: the block of 1 × 4 cells does not fit here."
    );
    await clickCell("family_id:13", 0, "deviation");
    await paste("1\t2");
    expect(".o_notification:last").toHaveText(
        "Nothing was pasted. Δ vs stat is computed: it cannot be typed."
    );
    expect(write).toEqual([]);
});

test("the selection is copied for a spreadsheet", async () => {
    mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 0);
    await press(["shift", "ArrowRight"]);
    await press(["shift", "ArrowDown"]);
    await animationFrame();
    expect(".o_sop_grid_selected").toHaveCount(4);
    const clipboardData = new DataTransfer();
    await manuallyDispatchProgrammaticEvent(queryOne(".o_sop_grid_active"), "copy", { clipboardData });
    expect(clipboardData.getData("text/plain")).toBe("167\t246\n2%\t29%");
});

test("Delete goes back to the computed figures of the selection", async () => {
    const { write } = mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 1);
    await press(["shift", "ArrowRight"]);
    await press("Delete");
    await animationFrame();
    expect(write[0].cells.map(({ column, kind }) => [column, kind])).toEqual([
        ["2027-01-01", "reset"],
        ["2027-02-01", "reset"],
    ]);
});

test("a range is adjusted in one call; products under a selected family are left out", async () => {
    const { write } = mockGrid();
    await mountGrid();
    await contains(".o_sop_grid_toggle").click();
    await clickCell("family_id:12", 1);
    for (let n = 0; n < 6; n++) {
        await press(["shift", "ArrowDown"]);
    }
    await animationFrame();
    expect(".o_sop_grid_selected").toHaveCount(7);
    await contains(".o_sop_grid_adjust_button").click();
    expect(".o_sop_grid_adjust h4").toHaveText("Consensus: 2 cell(s)");
    await contains(".o_sop_grid_adjust_entry").edit("+5%", { confirm: false });
    await contains(".o_sop_grid_adjust_apply").click();
    await animationFrame();
    expect(write).toHaveLength(1);
    expect(write[0].cells.map(({ row, kind, value }) => [row, kind, value])).toEqual([
        ["family_id:12", "percent", 5],
        ["family_id:13", "percent", 5],
    ]);
    await contains(".o_sop_grid_adjust_button").click();
    await contains("[data-kind=last_year]").click();
    await animationFrame();
    expect(write[1].cells.map(({ kind }) => kind)).toEqual(["last_year", "last_year"]);
});

test("a locked row refuses what is typed and says why", async () => {
    const { write } = mockGrid();
    await mountGrid();
    await contains(".o_sop_grid_toggle").click();
    await clickCell("product_id:2", 1);
    expect(cell("product_id:2", 1)).toHaveAttribute("aria-readonly", "true");
    expect(cell("product_id:2", 1)).toHaveAttribute("title", "Large cylinder is locked.");
    await press("9");
    await animationFrame();
    expect(".o_notification").toHaveText("Large cylinder is locked.");
    expect(".o_sop_grid_editor").toHaveCount(0);
    await press("Delete");
    expect(write).toEqual([]);
});

test("an edit draws the changed row only", async () => {
    mockGrid({ write: () => done("family_id:12", { qty_consensus: { 1: 225 } }) });
    await mountGrid();
    await clickCell("family_id:12", 1);
    const others = queryOne(".o_sop_grid_row[data-key='family_id:14']");
    const records = [];
    const observer = new MutationObserver((found) => records.push(...found));
    observer.observe(others, { subtree: true, childList: true, attributes: true, characterData: true });
    const drawn = [];
    patchWithCleanup(GridRow.prototype, {
        get lines() {
            drawn.push(this.props.node.key);
            return super.lines;
        },
    });
    await press("2");
    await animationFrame();
    await contains(".o_sop_grid_editor").edit("225", { confirm: false });
    await press("Tab");
    await animationFrame();
    await animationFrame();
    observer.disconnect();
    expect(cell("family_id:12", 1)).toHaveText("▲▲\n225");
    expect([...new Set(drawn)]).toEqual(["family_id:12"]);
    expect(records).toEqual([]);
});

test("products of a changed family that the answer leaves out are read again", async () => {
    const { read } = mockGrid({ write: () => done("family_id:12", { qty_consensus: { 1: 225 } }) });
    await mountGrid();
    await contains(".o_sop_grid_toggle").click();
    expect(read).toHaveLength(2);
    await clickCell("family_id:12", 1);
    await type("225");
    await animationFrame();
    expect(read).toHaveLength(3);
    expect(read.at(-1).options.parent).toBe("family_id:12");
});

test("an open entry is saved when the cell is left with the mouse", async () => {
    const { write } = mockGrid();
    await mountGrid();
    await clickCell("family_id:12", 1);
    await press("2");
    await animationFrame();
    await contains(".o_sop_grid_editor").edit("225", { confirm: false });
    await clickCell("family_id:13", 0);
    expect(write).toEqual([change("set", 225)]);
    expectActive("family_id:13", 0);
});
