import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { POLL_DELAY } from "@sop_planning/refresh/refresh_hook";

describe.current.tags("desktop");
defineMailModels();

class SopCycle extends models.Model {
    _name = "sop.cycle";

    name = fields.Char();
    state = fields.Selection({
        selection: [
            ["data", "Data Gathering"],
            ["demand", "Demand Review"],
        ],
    });

    _records = [
        { id: 1, name: "November", state: "data" },
        { id: 2, name: "October", state: "demand" },
    ];
}
defineModels([SopCycle]);

async function mountCycle(resId) {
    onRpc("sop.cycle", "web_save", () => expect.step("save"));
    onRpc("sop.cycle", "action_start_refresh", ({ args }) => {
        expect.step(`start ${args[0]}`);
        return 42;
    });
    await mountView({
        type: "form",
        resModel: "sop.cycle",
        resId,
        arch: `<form>
            <header><widget name="sop_refresh" /></header>
            <field name="name" />
        </form>`,
    });
}

test("saves the cycle, refreshes it and loads it again", async () => {
    onRpc("sop.run", "action_execute", ({ args }) => {
        expect.step(`execute ${args[0]}`);
        return true;
    });
    await mountCycle(1);
    expect(".o_sop_refresh").toHaveClass("btn-primary");
    await contains(".o_field_widget[name=name] input").edit("changed");
    onRpc("sop.cycle", "web_read", () => expect.step("load"));
    await contains(".o_sop_refresh").click();
    await expect.waitForSteps(["save", "start 1", "execute 42", "load"]);
});

test("is a secondary button after the first step", async () => {
    await mountCycle(2);
    expect(".o_sop_refresh").toHaveClass("btn-secondary");
});

test("follows the run when the connection of the long request is lost", async () => {
    let progress = { state: "running", step: "forecast", rate_done: 0.6, message: "" };
    onRpc("sop.run", "get_progress", () => progress);
    await mountCycle(1);
    patchWithCleanup(rpc, {
        _rpc(url) {
            return url.endsWith("/action_execute")
                ? Promise.reject(new ConnectionLostError(url))
                : super._rpc(...arguments);
        },
    });
    await contains(".o_sop_refresh").click();
    await advanceTime(POLL_DELAY);
    await advanceTime(0);
    expect(".o_sop_refresh_step").toHaveText("Composing consensus");
    progress = { state: "failed", step: "forecast", rate_done: 0.6, message: "No sales." };
    await advanceTime(POLL_DELAY);
    await advanceTime(0);
    expect(".o_sop_refresh_message").toHaveText("No sales.");
    expect.verifySteps(["start 1"]);
});
