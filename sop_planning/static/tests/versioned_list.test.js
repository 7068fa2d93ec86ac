import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

class SopDemandLine extends models.Model {
    _name = "sop.demand.line";

    product = fields.Char();
    qty_override = fields.Float();
    version = fields.Integer();

    _records = [
        { id: 1, product: "Pump", qty_override: 10, version: 3 },
        { id: 2, product: "Valve", qty_override: 20, version: 7 },
    ];
}
defineModels([SopDemandLine]);

const FIELDS = `<field name="product" readonly="1" />
    <field name="qty_override" />`;

function expectSaves() {
    onRpc("sop.demand.line", "web_save", ({ args }) => expect.step(args));
}

test("a list sends the version that the user saw", async () => {
    expectSaves();
    await mountView({
        type: "list",
        resModel: "sop.demand.line",
        arch: `<list editable="bottom" js_class="sop_versioned_list">
            <field name="version" column_invisible="True" />${FIELDS}
        </list>`,
    });
    await contains(".o_data_row:eq(1) [name=qty_override]").click();
    await contains(".o_data_row [name=qty_override] input").edit("25");
    await contains(".o_list_view").click();
    expect.verifySteps([[[2], { qty_override: 25, version: 7 }]]);
});

test("a list saves nothing when nothing was changed", async () => {
    expectSaves();
    await mountView({
        type: "list",
        resModel: "sop.demand.line",
        arch: `<list editable="bottom" js_class="sop_versioned_list">
            <field name="version" column_invisible="True" />${FIELDS}
        </list>`,
    });
    await contains(".o_data_row [name=qty_override]").click();
    await contains(".o_list_view").click();
    expect.verifySteps([]);
});

test("a form sends the version that the user saw", async () => {
    expectSaves();
    await mountView({
        type: "form",
        resModel: "sop.demand.line",
        resId: 1,
        arch: `<form js_class="sop_versioned_form"><field name="version" invisible="1" />${FIELDS}</form>`,
    });
    await contains("[name=qty_override] input").edit("11");
    await contains(".o_form_button_save").click();
    expect.verifySteps([[[1], { qty_override: 11, version: 3 }]]);
});

test("changing several records sends the version of each", async () => {
    onRpc("sop.demand.line", "web_save", ({ args }) => {
        expect.step(args);
        return args[0].map((id) => ({ id, product: "", qty_override: 5, version: 8 }));
    });
    await mountView({
        type: "list",
        resModel: "sop.demand.line",
        arch: `<list editable="bottom" multi_edit="1" js_class="sop_versioned_list">
            <field name="version" column_invisible="True" />${FIELDS}
        </list>`,
    });
    await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
    await contains(".o_data_row:eq(1) .o_list_record_selector input").click();
    await contains(".o_data_row:eq(0) [name=qty_override]").click();
    await contains(".o_data_row [name=qty_override] input").edit("5");
    await contains(".modal .btn-primary").click();
    expect.verifySteps([[[1, 2], { qty_override: 5, version: { 1: 3, 2: 7 } }]]);
    expect(".o_data_row:eq(1) [name=qty_override]").toHaveText("5.00");
});
