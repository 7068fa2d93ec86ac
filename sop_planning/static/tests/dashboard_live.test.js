import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { onRpc } from "@web/../tests/web_test_helpers";
import { CHANGED } from "@sop_planning/live/cycle_changes";
import { pushMessage } from "./helpers/bus";
import { dashboard, mountDashboard } from "./helpers/dashboard_data";

describe.current.tags("desktop");
defineMailModels();

const CYCLE = dashboard().cycle.id;

/** A dashboard whose first tile counts how often it was read. */
async function mountCounting() {
    let reads = 0;
    onRpc("sop.cycle", "get_dashboard_data", () => {
        reads += 1;
        const data = dashboard();
        data.tiles[0].value = `${reads}`;
        return data;
    });
    await mountDashboard();
    expect(".o_sop_tile_red .o_sop_tile_value").toHaveText(/1$/);
}

/** Somebody changes figures of a family in a cycle. */
const push = (cycleId) =>
    pushMessage(CHANGED, { cycle_id: cycleId, user_id: 77, user: "Sam", family_ids: [12] });

test("what somebody changes is on the dashboard when it is quiet again", async () => {
    await mountCounting();
    await push(CYCLE);
    await push(CYCLE);
    expect(".o_sop_tile_red .o_sop_tile_value").toHaveText(/1$/);
    await advanceTime(2000);
    await animationFrame();
    expect(".o_sop_tile_red .o_sop_tile_value").toHaveText(/2$/);
});

test("changes of another cycle do not matter", async () => {
    await mountCounting();
    await push(CYCLE + 1);
    await advanceTime(2000);
    await animationFrame();
    expect(".o_sop_tile_red .o_sop_tile_value").toHaveText(/1$/);
});
