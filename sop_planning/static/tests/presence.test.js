import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { advanceTime } from "@odoo/hoot-mock";
import {
    makeMockEnv,
    makeServerError,
    mockService,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { isSopAction } from "@sop_planning/presence/presence_service";

describe.current.tags("desktop");
defineMailModels();

const MINUTE = 60 * 1000;
const DASHBOARD = { type: "ir.actions.client", tag: "sop_planning.dashboard" };
const ORDERS = { type: "ir.actions.act_window", res_model: "sale.order" };
let action;

beforeEach(() => {
    action = DASHBOARD;
    mockService("action", {
        get currentController() {
            return action && { action };
        },
    });
});

async function start() {
    onRpc("sop.presence", "note_presence", () => {
        expect.step("told");
        return true;
    });
    await makeMockEnv();
}

test("knows the screens of S&OP", () => {
    expect(isSopAction(DASHBOARD)).toBe(true);
    expect(isSopAction({ res_model: "sop.cycle" })).toBe(true);
    for (const other of [ORDERS, { tag: "sop" }, { res_model: "sopping.list" }, null, undefined]) {
        expect(isSopAction(other)).toBe(false);
    }
});

test("tells once a minute while somebody works", async () => {
    await start();
    for (let second = 0; second < 120; second += 20) {
        await press("a");
        await advanceTime(20 * 1000);
    }
    expect.verifySteps(["told", "told"]);
});

test("tells nothing when nobody touches the page any more", async () => {
    await start();
    await advanceTime(MINUTE);
    expect.verifySteps([]);
    await press("a");
    await advanceTime(MINUTE);
    expect.verifySteps(["told"]);
    await advanceTime(3 * MINUTE);
    expect.verifySteps([]);
});

test("takes a key that a screen keeps to itself for a sign of life", async () => {
    await start();
    const stop = (ev) => ev.stopPropagation();
    document.body.addEventListener("keydown", stop);
    await advanceTime(MINUTE - 1000);
    await press("a");
    document.body.removeEventListener("keydown", stop);
    await advanceTime(1000);
    expect.verifySteps(["told"]);
});

test("tells nothing on screens of other apps", async () => {
    await start();
    for (const other of [ORDERS, null]) {
        action = other;
        await press("a");
        await advanceTime(MINUTE);
    }
    expect.verifySteps([]);
    action = { type: "ir.actions.act_window", res_model: "sop.exception" };
    await press("a");
    await advanceTime(MINUTE);
    expect.verifySteps(["told"]);
});

test("tells nothing while the page is hidden", async () => {
    let hidden = true;
    patchWithCleanup(document, {
        get hidden() {
            return hidden;
        },
    });
    await start();
    await press("a");
    await advanceTime(MINUTE);
    expect.verifySteps([]);
    hidden = false;
    await press("a");
    await advanceTime(MINUTE);
    expect.verifySteps(["told"]);
});

test("stops after an error, without a message", async () => {
    onRpc("sop.presence", "note_presence", () => {
        expect.step("refused");
        throw makeServerError({ message: "No right" });
    });
    await makeMockEnv();
    for (let minute = 0; minute < 3; minute++) {
        await press("a");
        await advanceTime(MINUTE);
    }
    expect.verifySteps(["refused"]);
    expect(".o_notification").toHaveCount(0);
    expect(".o_dialog").toHaveCount(0);
});
