import { onWillDestroy, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";

export const POLL_DELAY = 700;
// polls without news before giving up on a server that does not answer any more: five minutes
const PATIENCE = 430;

/** What the user can do something about, in words. */
function plainCause(error) {
    if (error.exceptionName?.startsWith("odoo.exceptions.")) {
        return error.data.message;
    }
    return _t("An unexpected error occurred: see the server log.");
}

/**
 * Starts the refresh of a cycle, follows it and calls `onDone` at its end.
 *
 * The server works inside one long request. When the connection of that request is lost (a proxy
 * that cuts it, for example), the work goes on and the polls alone tell how it ends.
 *
 * @param {() => any} onDone
 */
export function useRefresh(onDone) {
    const orm = useService("orm");
    const state = useState({ status: "idle", step: "", rate: 0, message: "" });
    let cycleId, runId, isLost, misses, timer;
    let isDestroyed = false;

    onWillDestroy(() => {
        isDestroyed = true;
        browser.clearTimeout(timer);
    });

    function end(status, message = "") {
        if (isDestroyed || state.status !== "running") {
            return;
        }
        browser.clearTimeout(timer);
        Object.assign(state, { status, message });
        return status === "idle" && onDone();
    }

    function follow() {
        timer = browser.setTimeout(poll, POLL_DELAY);
    }

    async function poll() {
        let progress = null;
        try {
            progress = await orm.silent.call("sop.run", "get_progress", [runId]);
        } catch {
            // the next poll may succeed
        }
        if (isDestroyed || state.status !== "running") {
            return;
        }
        misses = progress && progress.rate_done !== state.rate ? 0 : misses + 1;
        if (progress) {
            Object.assign(state, { step: progress.step, rate: progress.rate_done });
        }
        if (isLost && progress?.state === "done") {
            return end("idle");
        }
        if (isLost && progress?.state === "failed") {
            return end("failed", progress.message);
        }
        if (isLost && misses > PATIENCE) {
            return end("failed", _t("The server does not answer: check your connection."));
        }
        follow();
    }

    /** Enters the running state; false when it was entered before. */
    function begin(id, runningId, hasNoRequest) {
        if (state.status === "running") {
            return false;
        }
        cycleId = id;
        runId = runningId;
        isLost = hasNoRequest;
        misses = 0;
        Object.assign(state, { status: "running", step: "", rate: 0, message: "" });
        return true;
    }

    async function start(id) {
        if (!begin(id, false, false)) {
            return;
        }
        try {
            runId = await orm.silent.call("sop.cycle", "action_start_refresh", [cycleId]);
            follow();
            await orm.silent.call("sop.run", "action_execute", [runId]);
        } catch (error) {
            if (runId && error instanceof ConnectionLostError) {
                isLost = true;
                return;
            }
            return end("failed", plainCause(error));
        }
        return end("idle");
    }

    /** Follows a run that somebody else, or this user on another page, has started. */
    function resume(id, runningId) {
        if (begin(id, runningId, true)) {
            follow();
        }
    }

    return { state, start, resume, retry: () => start(cycleId) };
}
