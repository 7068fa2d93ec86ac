import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { waitFor, waitForNone } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { pushMessage } from "./helpers/bus";
import { CHANNEL } from "@sop_planning/refresh/progress_service";
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

/** What the server pushes while it works on the run. */
function push(progress) {
    return pushMessage(CHANNEL, {
        run_id: 42,
        cycle_id: 1,
        cycle: "November",
        message: "",
        ...progress,
    });
}

/** The long request goes on; from its step on the screen follows the run. */
function executeForever() {
    onRpc("sop.run", "action_execute", () => {
        expect.step("execute");
        return new Promise(() => {});
    });
}

/** A proxy cuts the long request. */
function cutExecute() {
    patchWithCleanup(rpc, {
        _rpc(url) {
            if (url.endsWith("/action_execute")) {
                expect.step("cut");
                return Promise.reject(new ConnectionLostError(url));
            }
            return super._rpc(...arguments);
        },
    });
}

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
    cutExecute();
    await contains(".o_sop_refresh").click();
    await expect.waitForSteps(["start 1", "cut"]);
    await advanceTime(POLL_DELAY);
    await advanceTime(0);
    expect(".o_sop_refresh_step").toHaveText("Composing consensus");
    progress = { state: "failed", step: "forecast", rate_done: 0.6, message: "No sales." };
    await advanceTime(POLL_DELAY);
    await advanceTime(0);
    expect(".o_sop_refresh_message").toHaveText("No sales.");
});

test("hears from the bus how far it is, without asking", async () => {
    onRpc("sop.run", "get_progress", () => expect.step("poll"));
    executeForever();
    await mountCycle(1);
    await contains(".o_sop_refresh").click();
    await expect.waitForSteps(["start 1", "execute"]);
    await push({ state: "running", step: "forecast", rate_done: 0.6 });
    expect(".o_sop_refresh_step").toHaveText("Composing consensus");
    await advanceTime(POLL_DELAY - 500);
    await push({ state: "running", step: "store", rate_done: 0.92 });
    await advanceTime(POLL_DELAY - 500);
    expect(".o_sop_refresh_percent").toHaveText("92 %");
    // late news: the bar does not go back
    await push({ state: "running", step: "forecast", rate_done: 0.6 });
    expect(".o_sop_refresh_percent").toHaveText("92 %");
    expect.verifySteps([]);
});

test("asks the server when the bus says nothing", async () => {
    executeForever();
    onRpc("sop.run", "get_progress", () => {
        expect.step("poll");
        return { state: "running", step: "forecast", rate_done: 0.6, message: "" };
    });
    await mountCycle(1);
    await contains(".o_sop_refresh").click();
    await expect.waitForSteps(["start 1", "execute"]);
    await advanceTime(POLL_DELAY);
    await advanceTime(0);
    expect.verifySteps(["poll"]);
});

test("the bus tells the end when the connection of the long request is lost", async () => {
    await mountCycle(1);
    cutExecute();
    await contains(".o_sop_refresh").click();
    await expect.waitForSteps(["start 1", "cut"]);
    await push({ state: "failed", step: "forecast", rate_done: 0.6, message: "No sales." });
    expect(".o_sop_refresh_message").toHaveText("No sales.");
});

test("an end that the screen has shown is not told again", async () => {
    onRpc("sop.run", "action_execute", () => true);
    await mountCycle(1);
    await contains(".o_sop_refresh").click();
    await expect.waitForSteps(["start 1"]);
    await waitForNone(".o_sop_refresh_strip");
    await push({ state: "done", step: "check", rate_done: 1 });
    await animationFrame();
    expect(".o_notification").toHaveCount(0);
});

test("the end of a run that no screen follows is told, with a way back", async () => {
    mockService("action", {
        doAction: (action, { props }) => expect.step(`${action} ${props.state.cycleId}`),
    });
    await mountWithCleanup(MainComponentsContainer);
    await push({ state: "running", step: "forecast", rate_done: 0.6 });
    expect(".o_notification").toHaveCount(0);
    await push({ state: "done", step: "check", rate_done: 1 });
    await waitFor(".o_notification");
    expect(".o_notification").toHaveText(/November is refreshed/);
    await contains(".o_notification button:contains(Open)").click();
    expect.verifySteps(["sop_planning.sop_dashboard_action 1"]);
    await push({ state: "failed", step: "forecast", rate_done: 0.6, message: "No sales." });
    await waitFor(".o_notification:contains(No sales)");
    expect(".o_notification").toHaveText(/The refresh of November failed/);
});
