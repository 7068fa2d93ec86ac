import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect } from "@odoo/hoot";
import { press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

export class DemandLine extends models.Model {
    _name = "sop.demand.line";

    family_id = fields.Many2one({ string: "Family", relation: "product.category" });
    user_id = fields.Many2one({ string: "Owner", relation: "res.users" });
}

export class Category extends models.Model {
    _name = "product.category";

    name = fields.Char();
}

export function defineGridModels() {
    defineMailModels();
    defineModels([DemandLine, Category]);
}

export const MONTHS = ["Dec 26", "Jan 27", "Feb 27"];
const KEYS = ["2026-12-01", "2027-01-01", "2027-02-01"];

export const columns = (values = [{}, {}, {}]) =>
    values.map((value, index) => ({
        key: KEYS[index],
        label: MONTHS[index],
        title: MONTHS[index],
        is_frozen: false,
        frozen_text: "",
        group: index ? "2027" : "2026",
        ...value,
    }));

export const MEASURES = [
    { name: "qty_consensus", label: "Consensus", kind: "qty", is_editable: true, is_default: true },
    { name: "deviation", label: "Δ vs stat", kind: "rate", is_editable: false, is_default: true },
    { name: "qty_statistical", label: "Statistical", kind: "qty", is_editable: false, is_default: false },
];

export const row = (key, label, consensus, values = {}) => ({
    key,
    label,
    parent: null,
    level: 0,
    has_children: false,
    is_locked: false,
    is_editable: true,
    owner: "",
    state: "",
    tags: [],
    res_model: null,
    res_id: null,
    total: { qty_consensus: consensus.reduce((sum, value) => sum + value, 0) },
    levels: consensus.map(() => "none"),
    glyphs: consensus.map(() => ""),
    marks: consensus.map(() => 0),
    version: 3,
    versions: consensus.map(() => 1),
    ...values,
    cells: { qty_consensus: consensus, deviation: consensus.map(() => 0), ...values.cells },
});

export const CYLINDERS = () =>
    row("family_id:12", "Hydraulic cylinders", [167, 246, 178], {
        has_children: true,
        levels: ["none", "red", "none"],
        glyphs: ["", "▲▲", ""],
        marks: [0, 1, 4],
        cells: { deviation: [0.02, 0.29, 0] },
        res_model: "sop.demand.review",
        res_id: 7,
        owner: "S. Roth",
    });

export const PUMPS = () =>
    row("family_id:13", "Pumps", [249, 246, 218], {
        levels: ["none", "none", "amber"],
        glyphs: ["", "", "▼"],
        cells: { deviation: [0, 0, -0.12] },
    });

export const FILTERS = () => row("family_id:14", "Filters", [1200, 1300.5, 0]);

export const PRODUCTS = () => [
    row("product_id:1", "Small cylinder", [100, 150, 100], { level: 1, parent: "family_id:12" }),
    row("product_id:2", "Large cylinder", [67, 96, 78], {
        level: 1,
        parent: "family_id:12",
        is_locked: true,
    }),
];

export const gridData = (values = {}) => ({
    cycle: { id: 5, name: "December 2026", company: "Maker", currency: { symbol: "€", position: "after" } },
    unit: "qty",
    columns: columns(),
    total_label: "3 months",
    measures: MEASURES,
    shown: ["qty_consensus", "deviation"],
    rows: [CYLINDERS(), PUMPS(), FILTERS()],
    totals: { cells: { qty_consensus: [1616, 1792.5, 396] }, total: { qty_consensus: 3804.5 } },
    edit: {
        can_edit: true,
        reason: "",
        reasons: [
            { id: 31, name: "New customer", code: "customer" },
            { id: 32, name: "Promotion", code: "promotion" },
        ],
        amber: 0.1,
        reason_rule: "",
    },
    empty: null,
    row_limit: null,
    ...values,
});

/** Answers as the server does; each call that is not a read is a step of the test. */
export function mockGrid({ data = () => gridData(), children = PRODUCTS, write, undo } = {}) {
    const calls = { read: [], write: [], undo: [] };
    onRpc("sop.demand.line", "get_grid_data", ({ args: [domain, options] }) => {
        calls.read.push({ domain, options });
        return options.parent ? gridData({ rows: children(), totals: null }) : data(options);
    });
    onRpc("sop.demand.line", "write_grid", ({ args: [domain, options, change] }) => {
        calls.write.push(change);
        return write ? write(change, calls.write.length, options) : { status: "done", rows: [] };
    });
    onRpc("sop.demand.line", "undo_grid", ({ args: [domain, options, ids] }) => {
        calls.undo.push(ids);
        return undo ? undo(ids) : { status: "done", rows: [] };
    });
    onRpc("sop.demand.line", "get_grid_cell", () => ({
        title: "",
        value: "",
        level: "none",
        glyph: "",
        parts: [],
        facts: [],
        series: null,
        changes: [],
        actions: [],
        chatter: null,
        editable: false,
    }));
    return calls;
}

/** An answer that sets some cells of one row. */
export const done = (key, cells, values = {}) => ({
    status: "done",
    rows: [{ key, cells, ...values }],
    journal_ids: [91],
    text: "Saved",
    ...values.answer,
});

export async function mountGrid(props = {}) {
    await mountView({
        type: "sop_grid",
        resModel: "sop.demand.line",
        arch: '<sop_grid edit="1" string="Demand"/>',
        ...props,
    });
    await animationFrame();
}

export const cellSelector = (key, column, measure = "qty_consensus") =>
    `.o_sop_grid_row [data-row="${key}"][data-measure="${measure}"][data-column="${column}"]`;

export const cell = (...place) => queryOne(cellSelector(...place));

export const clickCell = (...place) => contains(cellSelector(...place)).click();

/** Types into the active cell, as with the keyboard. */
export async function type(text) {
    await press(text[0]);
    await animationFrame();
    await contains(".o_sop_grid_editor").edit(text, { confirm: false });
    await press("Enter");
    await animationFrame();
}

export const activeLabel = () => queryOne(".o_sop_grid_active").getAttribute("aria-label");

export const rowNames = () => queryAllTexts(".o_sop_grid_body .o_sop_grid_name");

/** Where the cursor is: "row measure column". */
export const expectActive = (key, column, measure = "qty_consensus") => {
    const { dataset } = queryOne(".o_sop_grid_active");
    expect([dataset.row, dataset.measure, dataset.column]).toEqual([key, measure, String(column)]);
};
