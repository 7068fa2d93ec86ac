import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";

/** Months in which a step has no forecast, or nothing was ordered, stay empty: 0 % is an answer. */
export class AccuracyGraphModel extends graphView.Model {
    _getData() {
        const data = super._getData(...arguments);
        for (const { data: values, domains } of data.datasets) {
            domains.forEach((domain, index) => {
                if (!domain.length || values[index] === false) {
                    values[index] = undefined;
                }
            });
        }
        return data;
    }
}

registry.category("views").add("sop_accuracy_graph", {
    ...graphView,
    Model: AccuracyGraphModel,
});
