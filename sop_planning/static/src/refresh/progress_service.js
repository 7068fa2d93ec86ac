import { EventBus } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

export const CHANNEL = "sop_planning/progress";
export const ENDS = ["done", "failed"];

/**
 * Hears from the bus how far the runs are that this user has started. Screens watch a run; the end
 * of one that no screen watches is told by a notification that leads back to the dashboard.
 */
export const progressService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, { action, bus_service: busService, notification }) {
        const bus = new EventBus();
        const watched = new Map();
        // runs whose end a screen has shown: the message may come after it
        const settled = new Set();

        /** @returns {(isSettled?: boolean) => void} stops the watch; with true: its end is shown */
        function watch(runId, onProgress) {
            const listener = ({ detail }) => onProgress(detail);
            bus.addEventListener(runId, listener);
            watched.set(runId, (watched.get(runId) || 0) + 1);
            return (isSettled = false) => {
                if (isSettled) {
                    settled.add(runId);
                }
                bus.removeEventListener(runId, listener);
                watched.set(runId, watched.get(runId) - 1);
            };
        }

        function open(progress) {
            return action.doAction("sop_planning.sop_dashboard_action", {
                clearBreadcrumbs: true,
                props: { state: { cycleId: progress.cycle_id } },
            });
        }

        function tellEnd(progress) {
            const isDone = progress.state === "done";
            const close = notification.add(
                isDone ? _t("The figures are those of now.") : progress.message,
                {
                    title: isDone
                        ? _t("%s is refreshed", progress.cycle)
                        : _t("The refresh of %s failed", progress.cycle),
                    type: isDone ? "success" : "danger",
                    sticky: true,
                    buttons: [
                        {
                            name: _t("Open"),
                            primary: true,
                            onClick: () => {
                                close();
                                open(progress);
                            },
                        },
                    ],
                }
            );
        }

        busService.subscribe(CHANNEL, (progress) => {
            if (watched.get(progress.run_id)) {
                bus.trigger(progress.run_id, progress);
            } else if (ENDS.includes(progress.state) && !settled.has(progress.run_id)) {
                tellEnd(progress);
            }
        });
        busService.start();
        return { watch };
    },
};

registry.category("services").add("sop_planning.progress", progressService);
