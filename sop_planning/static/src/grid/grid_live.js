import { onWillDestroy, useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

export const CHANGED = "sop_planning/changed";

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
    const busService = useService("bus_service");
    const onChanged = (change) => {
        const isOurs = change.user_id === user.userId && change.family_ids;
        if (isOurs || !model.isReady || change.cycle_id !== model.data.cycle?.id) {
            return;
        }
        model.announce(describe(model, change));
        model.isRefreshDue = true;
        model.refreshWhenFree();
    };
    useEffect(
        (id) => {
            if (id) {
                busService.addChannel(`sop.cycle_${id}`);
                return () => busService.deleteChannel(`sop.cycle_${id}`);
            }
        },
        () => [model.isReady && model.data.cycle?.id]
    );
    busService.subscribe(CHANGED, onChanged);
    onWillDestroy(() => {
        busService.unsubscribe(CHANGED, onChanged);
        model.isRefreshDue = false;
    });
}
