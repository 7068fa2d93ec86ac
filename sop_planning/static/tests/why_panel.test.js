import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, press, queryAllTexts, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { Component, EventBus, useState, xml } from "@odoo/owl";
import { contains, makeMockEnv, mockService, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { WhyPanel } from "@sop_planning/grid/why_panel/why_panel";
import { whyChartConfig } from "@sop_planning/grid/why_panel/why_chart_config";

describe.current.tags("desktop");
defineMailModels();

const part = (label, value, text, sign = "", help = "") => ({ label, value, text, sign, help });
const drill = (name, label, values = {}) => ({
    name,
    label,
    count: null,
    text: "",
    is_allowed: true,
    help: "",
    ...values,
});

const CELL = {
    title: "Couplings · Jan 27",
    subtitle: "January 2027",
    value: "246",
    level: "red",
    glyph: "▲▲",
    deviation: "▲▲ +29 % against statistical",
    parts: [
        part("Statistical", 190, "190", "", "Own season, forecast error 11 %"),
        part("Override", 56, "+56", "+", "246 entered (S. Roth, New customer)"),
        part("Consensus", 246, "246", "="),
    ],
    beside: [{ label: "Last year", text: "186" }],
    facts: ["Couplings: 700 planned against 540 by trend: +29.6 %."],
    series: false,
    changes: [
        { id: 4, when: "12/11", user: "S. Roth", text: "190 → 246", reason: "New customer", note: "" },
    ],
    actions: [
        drill("orders", "Orders", { count: 130, text: "130", is_allowed: false, help: "No right." }),
        drill("products", "Products", { count: 14, text: "14" }),
    ],
    chatter: { model: "sop.demand.review", id: 7, name: "Couplings", can_post: true },
    comments: [{ id: 1, when: "12/11", user: "S. Roth", text: "Agreed" }],
    owner: "S. Roth",
    editable: true,
    is_overridden: true,
    refusal: "",
};

/** A grid's model whose server answers `answer(method, args, model, kwargs)`. */
function makeModel(answer = () => CELL) {
    return {
        resModel: "sop.demand.line",
        domain: [["cycle_id", "=", 1]],
        options: { period: "month" },
        context: {},
        bus: new EventBus(),
        nodes: new Map(),
        data: { columns: [{ key: "2027-01-01" }, { key: "2027-02-01" }] },
        orm: { call: async (model, method, args, kwargs) => answer(method, args, model, kwargs) },
        write(change) {
            const [{ row, column, kind }] = change.cells;
            expect.step(`write ${change.measure} ${row} ${column} ${kind}`);
            return Promise.resolve(true);
        },
    };
}

const PLACE = { row: "family_id:12", column: "2027-01-01", measure: "qty_consensus" };

async function mountPanel(model, props = {}) {
    const panel = await mountWithCleanup(WhyPanel, {
        props: { model, ...PLACE, close: () => expect.step("close"), ...props },
    });
    await advanceTime(200);
    await animationFrame();
    return panel;
}

/** The panel under a parent that moves it to other cells. */
async function mountMoving(model) {
    class Parent extends Component {
        static components = { WhyPanel };
        static props = ["*"];
        static template = xml`<WhyPanel model="props.model" t-props="place" close="() => {}" />`;
        setup() {
            this.place = useState({ ...PLACE });
        }
    }
    const parent = await mountWithCleanup(Parent, { props: { model } });
    await advanceTime(200);
    return parent;
}

test("it shows the equation, why it is flagged, and who changed it", async () => {
    await mountPanel(makeModel());
    expect(".o_sop_why_panel").toHaveAttribute("role", "complementary");
    expect(".o_sop_why_panel h3").toHaveText("Couplings · Jan 27");
    expect(".o_sop_why_deviation").toHaveClass("o_sop_fill_red");
    expect(queryAllTexts(".o_sop_why_number")).toEqual(["190", "+56", "246"]);
    expect(".o_sop_why_sum").toHaveCount(1);
    expect(".o_sop_why_facts li").toHaveText(CELL.facts[0]);
    expect(".o_sop_why_changes li").toHaveText(/190 → 246\s+New customer/);
    expect(".o_sop_why_comments li").toHaveText(/Agreed/);
});

test("the level is the one of the grid's own cell", async () => {
    const model = makeModel();
    model.nodes.set("family_id:12", { data: { levels: ["amber", "none"] } });
    await mountPanel(model);
    expect(".o_sop_why_deviation").toHaveClass("o_sop_fill_amber");
});

test("only the answer to the last cell counts, and moving fast asks once", async () => {
    const answers = {};
    const model = makeModel((method, [, , , column]) => {
        expect.step(column);
        answers[column] = new Deferred();
        return answers[column];
    });
    const parent = await mountMoving(model);
    parent.place.column = "2027-02-01";
    await animationFrame();
    parent.place.column = "2027-03-01";
    await animationFrame();
    await advanceTime(200);
    expect.verifySteps(["2027-01-01", "2027-03-01"]);
    answers["2027-03-01"].resolve({ ...CELL, title: "Couplings · Mar 27" });
    await animationFrame();
    answers["2027-01-01"].resolve(CELL);
    await animationFrame();
    expect(".o_sop_why_panel h3").toHaveText("Couplings · Mar 27");
    expect(".o_sop_why_panel").toHaveAttribute("aria-busy", "false");
});

test("it reads the cell again when the figures of the grid have changed", async () => {
    let value = 246;
    const model = makeModel(() => ({ ...CELL, value: String(value) }));
    await mountPanel(model);
    value = 230;
    model.bus.trigger("changed");
    await advanceTime(200);
    await animationFrame();
    expect(".o_sop_why_value strong").toHaveText("230");
});

test("reset and accept are edits of the grid", async () => {
    await mountPanel(makeModel());
    await contains(".o_sop_why_reset").click();
    await contains(".o_sop_why_accept").click();
    expect.verifySteps([
        "write qty_consensus family_id:12 2027-01-01 reset",
        "write qty_consensus family_id:12 2027-01-01 statistical",
    ]);
});

test("who may not change the figure reads why", async () => {
    const refusal = "November 2026 is frozen.";
    await mountPanel(makeModel(() => ({ ...CELL, editable: false, refusal })));
    expect(".o_sop_why_reset, .o_sop_why_accept").toHaveCount(0);
    expect(".o_sop_why_answers").toHaveText(/November 2026 is frozen/);
});

test("a drill-down opens; one without the right says so", async () => {
    mockService("action", { doAction: (action) => expect.step(action.name) });
    mockService("notification", { add: (text) => expect.step(text) });
    const model = makeModel((method, args) =>
        method === "open_grid_cell" ? { name: `opened ${args.at(-1)}` } : CELL
    );
    await mountPanel(model);
    expect(".o_sop_why_drill[data-name=orders]").toHaveAttribute("aria-disabled", "true");
    expect(".o_sop_why_drill[data-name=orders] b").toHaveText("130");
    await contains(".o_sop_why_drill[data-name=orders]").click();
    await contains(".o_sop_why_drill[data-name=products]").click();
    await contains(".o_sop_why_ask").click();
    expect.verifySteps(["No right.", "opened products", "opened ask"]);
});

test("a note names the cell", async () => {
    const model = makeModel((method, args, resModel, { body }) => {
        if (method === "message_post") {
            expect.step(`${resModel} ${args[0]} ${body}`);
        }
        return CELL;
    });
    await mountPanel(model);
    expect(".o_sop_why_post").not.toBeEnabled();
    await contains(".o_sop_why_text").edit("Order moved", { confirm: false });
    await contains(".o_sop_why_post").click();
    expect.verifySteps(["sop.demand.review 7 Couplings · Jan 27: Order moved"]);
    await animationFrame();
    expect(".o_sop_why_text").toHaveValue("");
});

test("a refusal of the server is a sentence in the panel", async () => {
    await mountPanel(
        makeModel(() => Promise.reject({ data: { message: "The grid has no column 2031." } }))
    );
    expect("[role=alert]").toHaveText("The grid has no column 2031.");
    expect(".o_sop_why_skeleton").toHaveCount(0);
});

test("escape closes it", async () => {
    await mountPanel(makeModel());
    await contains(".o_sop_why_ask").focus();
    await press("Escape");
    expect.verifySteps(["close"]);
});

test("the chart draws the interval under the lines and a mark at the cell", async () => {
    await makeMockEnv(); // translations
    const style = getComputedStyle(document.body);
    const monthly = whyChartConfig(
        {
            months: ["2026-12", "2027-01"],
            history: [100, null],
            consensus: [null, 246],
            statistical: [null, 190],
            low: [null, 170],
            high: [null, 214],
            marker: 1,
        },
        style
    );
    const labels = monthly.data.datasets.map(({ label }) => label);
    expect(labels.slice(0, 2)).toEqual(["History", "Consensus"]);
    expect(monthly.data.datasets.at(-1).fill).toBe("-1");
    const { label } = monthly.options.plugins.tooltip.callbacks;
    const item = { datasetIndex: labels.length - 1, dataIndex: 1, parsed: { y: 214 } };
    expect(label({ ...item, dataset: monthly.data.datasets.at(-1) })).toBe("Likely (80 %): 170 – 214");
    expect(monthly.plugins).toHaveLength(1);
    const weekly = whyChartConfig(
        { labels: ["W1"], lines: [{ name: "available", label: "Available", data: [60] }] },
        style
    );
    expect(weekly.data.datasets[0].type).toBe("line");
});
