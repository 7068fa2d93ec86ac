/* global Chart */
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { whyChartConfig } from "./why_chart_config";

/** The series around a cell, with a line where the cell is. */
export class WhyChart extends Component {
    static template = "sop_planning.WhyChart";
    static props = { series: Object };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (series) => {
                const config = whyChartConfig(series, getComputedStyle(this.canvas.el));
                const chart = new Chart(this.canvas.el, config);
                return () => chart.destroy();
            },
            () => [this.props.series]
        );
    }
}
