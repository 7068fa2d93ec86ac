import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { getService, MockServer } from "@web/../tests/web_test_helpers";

const TURNS = 100; // a busy machine needs some until a message is there

/** Pushes a message as the server does, and waits until the screen has heard and shown it. */
export async function pushMessage(type, payload) {
    const busService = getService("bus_service");
    let isHeard = false;
    const hear = () => {
        isHeard = true;
    };
    busService.subscribe(type, hear);
    MockServer.env["bus.bus"]._sendone("broadcast", type, payload);
    for (let turn = 0; turn < TURNS && !isHeard; turn++) {
        await advanceTime(0);
        await animationFrame();
    }
    busService.unsubscribe(type, hear);
    await animationFrame();
}
