import { onWillDestroy, useEffect } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

export const CHANGED = "sop_planning/changed";

/**
 * Tells a screen when the figures of the cycle that it shows change.
 * @param {() => number|undefined} cycleId of the cycle that the screen shows now
 * @param {({user_id: number, user: string, family_ids: number[]|null}) => void} onChanged families
 *  are null after a refresh
 */
export function useCycleChanges(cycleId, onChanged) {
    const busService = useService("bus_service");
    const hear = (change) => change.cycle_id === cycleId() && onChanged(change);
    useEffect(
        (id) => {
            if (id) {
                busService.addChannel(`sop.cycle_${id}`);
                return () => busService.deleteChannel(`sop.cycle_${id}`);
            }
        },
        () => [cycleId()]
    );
    busService.subscribe(CHANGED, hear);
    onWillDestroy(() => busService.unsubscribe(CHANGED, hear));
}
