import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineMailModels();

class SopTarget extends models.Model {
    _name = "sop.target";

    bucket_start = fields.Date();

    _records = [{ id: 1, bucket_start: "2027-03-01" }];
}
defineModels([SopTarget]);

const ARCH = `<field name="bucket_start" widget="sop_month" />`;

test("a list shows the month and its year", async () => {
    await mountView({ type: "list", resModel: "sop.target", arch: `<list>${ARCH}</list>` });
    expect(".o_data_row [name=bucket_start]").toHaveText("Mar 2027");
});

test("a month is picked without its day", async () => {
    onRpc("sop.target", "web_save", ({ args }) => expect.step(args[1]));
    await mountView({
        type: "form",
        resModel: "sop.target",
        resId: 1,
        arch: `<form>${ARCH}</form>`,
    });
    await contains("[name=bucket_start] button, [name=bucket_start] input").click();
    await contains(".o_date_item_cell:contains(Jun)").click();
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ bucket_start: "2027-06-01" }]);
});
