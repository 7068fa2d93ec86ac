import { onWillDestroy, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";
import { ENDS } from "./progress_service";

// after this long without news from the bus, the server is asked
export const POLL_DELAY = 4000;
// polls without news before giving up on a server that does not answer any more: five minutes
const PATIENCE = 75;

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
 * The server works inside one long request and tells by the bus how far it is; where the bus says
 * nothing, polls ask. When the connection of the request is lost (a proxy that cuts it, for
 * example), the work goes on, and the bus or the polls alone tell how it ends.
 *
 * @param {() => any} onDone
 */
export function useRefresh(onDone) {
    const orm = useService("orm");
    const progressService = useService("sop_planning.progress");
    const state = useState({ status: "idle", step: "", rate: 0, message: "" });
    let cycleId, runId, isLost, misses, timer;
    let unwatch = () => {};
    let isDestroyed = false;

    onWillDestroy(() => {
        isDestroyed = true;
        leave();
    });

    function leave(isSettled = false) {
        browser.clearTimeout(timer);
        unwatch(isSettled);
        unwatch = () => {};
    }

    function end(status, message = "") {
        if (isDestroyed || state.status !== "running") {
            return;
        }
        leave(true);
        Object.assign(state, { status, message });
        return status === "idle" && onDone();
    }

    function follow() {
        unwatch();
        unwatch = progressService.watch(runId, hear);
        wait();
    }

    function wait() {
        browser.clearTimeout(timer);
        timer = browser.setTimeout(poll, POLL_DELAY);
    }

    function hear(progress) {
        misses = 0;
        return note(progress);
    }

    /** Shows how far the run is; news may come late, the bar does not go back. */
    function note(progress) {
        if (progress.rate_done >= state.rate) {
            Object.assign(state, { step: progress.step, rate: progress.rate_done });
        }
        // with a connection, the answer to the long request tells the end and its error
        if (isLost && ENDS.includes(progress.state)) {
            const isDone = progress.state === "done";
            return end(isDone ? "idle" : "failed", isDone ? "" : progress.message);
        }
        wait();
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
            note(progress);
        } else {
            wait();
        }
        if (isLost && misses > PATIENCE) {
            return end("failed", _t("The server does not answer: check your connection."));
        }
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
