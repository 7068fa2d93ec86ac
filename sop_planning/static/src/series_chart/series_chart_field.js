/* global Chart */
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { chartConfig } from "./series_chart_config";

/** Units a month as a chart: history, then the plan. */
export class SeriesChartField extends Component {
    static template = "sop_planning.SeriesChartField";
    static props = { ...standardFieldProps };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (series) => {
                if (!series?.months) {
                    return;
                }
                const style = getComputedStyle(this.canvas.el);
                const chart = new Chart(this.canvas.el, chartConfig(series, style));
                return () => chart.destroy();
            },
            () => [this.series]
        );
    }

    get series() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("sop_series_chart", {
    component: SeriesChartField,
    displayName: _t("Chart of history and plan"),
    supportedTypes: ["json"],
});
