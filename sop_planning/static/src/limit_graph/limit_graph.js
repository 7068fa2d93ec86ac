import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";

/** Measures that have a limit or target to be read against, which is drawn as a line. */
const LIMITS = {
    hours_load: "hours_available",
    hours_plan: "hours_available",
    hours_orders: "hours_available",
    qty_stock: "qty_target",
};

/** Bars of a measure, with the line that they should stay below, or above. */
export class LimitGraphModel extends graphView.Model {
    async _loadDataPoints(metaData) {
        const [result, limits] = await Promise.all([
            super._loadDataPoints(metaData),
            this.loadLimits(metaData),
        ]);
        this.limits = limits;
        return result;
    }

    /** The limit of each bar, by its label. */
    async loadLimits({ measure, fields, groupBy, domain, resModel }) {
        const limit = LIMITS[measure];
        if (!limit || !fields[limit] || !groupBy.length) {
            return null;
        }
        const spec = groupBy[0].spec;
        const aggregate = `${limit}:${fields[limit].aggregator}`;
        const groups = await this.orm.formattedReadGroup(resModel, domain, [spec], [aggregate], {
            context: { ...this.searchParams.context },
        });
        const values = groups.map((group) => [
            Array.isArray(group[spec]) ? group[spec][1] : group[spec],
            group[aggregate] || 0,
        ]);
        return { label: fields[limit].string, values: new Map(values) };
    }

    _getLineOverlayDataset() {
        if (!this.limits) {
            return super._getLineOverlayDataset();
        }
        const { labels } = this.data;
        return {
            label: this.limits.label,
            data: labels.map((label) => this.limits.values.get(label) ?? null),
            currencyIds: [],
            trueLabels: labels,
        };
    }
}

registry.category("views").add("sop_limit_graph", { ...graphView, Model: LimitGraphModel });
