import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";

const MINUTE = 60 * 1000;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel"];

/** Whether a screen belongs to S&OP. */
export function isSopAction(action) {
    return Boolean(
        action?.tag?.startsWith("sop_planning.") || action?.res_model?.startsWith("sop.")
    );
}

/**
 * Tells the server once a minute that the user is at work on an S&OP screen: preparation time is
 * counted from these minutes. Nothing is sent while the page is hidden or nobody touches it.
 */
export const presenceService = {
    dependencies: ["action", "orm"],
    start(env, { action, orm }) {
        let lastSign = 0;
        let isRefused = false;
        for (const name of SIGNS_OF_LIFE) {
            // capture: some screens keep their keys to themselves
            browser.addEventListener(name, () => (lastSign = Date.now()), {
                capture: true,
                passive: true,
            });
        }
        async function tell() {
            const isAtWork = Date.now() - lastSign < MINUTE && !document.hidden;
            if (isRefused || !isAtWork || !isSopAction(action.currentController?.action)) {
                return;
            }
            try {
                await orm.silent.call("sop.presence", "note_presence", []);
            } catch {
                isRefused = true; // no right to it, or no connection: not worth a message
            }
        }
        browser.setInterval(tell, MINUTE);
        return { tell };
    },
};

registry.category("services").add("sop_presence", presenceService);
