import { onWillDestroy } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useCycleChanges } from "../live/cycle_changes";

/** Who changed what, as far as this grid shows it. */
function describe(model, { user: name, family_ids: ids }) {
    if (!ids) {
        return _t("%s refreshed the plan.", name);
    }
    const labels = ids.map((id) => model.nodes.get(`family_id:${id}`)?.data.label).filter(Boolean);
    return labels.length
        ? _t("%(name)s changed %(families)s.", { name, families: labels.join(", ") })
        : _t("%s changed figures of this plan.", name);
}

/**
 * Shows what others change in the cycle that a grid shows: the figures are read again, and the person
 * is told who it was.
 * @param {GridModel} model
 */
export function useLiveFigures(model) {
    useCycleChanges(
        () => (model.isReady ? model.data.cycle?.id : undefined),
        (change) => {
            if (change.user_id !== user.userId || !change.family_ids) {
                model.announce(describe(model, change));
                model.isRefreshDue = true;
                model.refreshWhenFree();
            }
        }
    );
    onWillDestroy(() => {
        model.isRefreshDue = false;
    });
}
