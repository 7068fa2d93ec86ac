import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { BridgeWidget } from "@sop_planning/bridge/bridge_widget";
import { dashboard } from "./helpers/dashboard_data";

describe.current.tags("desktop");
defineMailModels();

async function mountBridge(bridge) {
    onRpc("sop.cycle", "get_dashboard_bridge", ({ args: [id] }) => {
        expect.step(`read ${id}`);
        return bridge;
    });
    mockService("action", {
        doActionButton: ({ name, resId }) => expect.step(`${name} ${resId}`),
    });
    await mountWithCleanup(BridgeWidget, { props: { record: { resId: 7 } } });
    await animationFrame();
    expect.verifySteps(["read 7"]);
}

test("the cycle's form has the dashboard's bridge", async () => {
    await mountBridge(dashboard().bridge);
    expect(".o_sop_bridge_section rect").toHaveCount(4);
    expect(queryAllTexts(".o_sop_bridge_text")[1]).toBe("▲ +200 €");
    await contains(".o_sop_bridge_details").click();
    expect.verifySteps(["action_open_bridge 7"]);
});

test("without a plan before there is a sentence instead", async () => {
    await mountBridge({ state: "empty", message: "The bridge starts with the next cycle." });
    expect(".o_sop_bridge_section p").toHaveText("The bridge starts with the next cycle.");
    expect(".o_sop_bridge_details").toHaveCount(0);
});
