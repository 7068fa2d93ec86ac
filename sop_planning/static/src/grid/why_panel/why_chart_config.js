import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { chartConfig } from "@sop_planning/series_chart/series_chart_config";

const COLORS = {
    need: "--sop-history",
    supply: "--sop-plan",
    short: "--sop-level-red",
    orders: "--sop-history",
    plan: "--sop-plan",
    available: "--sop-total",
};
// drawn as lines, the others as bars
const LINES = new Set(["need", "available"]);
const STACKED = new Set(["orders", "plan"]);
// narrower, in front of the others
const INNER = new Set(["short"]);

const color = (style, name) => style.getPropertyValue(name).trim();
const format = (value, digits = 0) => formatFloat(value, { digits: [16, digits] });

/** A vertical line at the cell's bucket. */
const markerPlugin = (index, style) => ({
    id: "sopMarker",
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
        const x = scales.x.getPixelForValue(index);
        ctx.save();
        ctx.strokeStyle = color(style, "--sop-total") || style.color;
        ctx.globalAlpha = 0.6;
        ctx.lineWidth = 1.5;
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.restore();
    },
});

/** The lower edge, without a name, and the upper edge that fills down to it. */
function interval({ low, high }, style) {
    const edge = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, tension: 0, order: 9 };
    const backgroundColor = color(style, "--sop-interval");
    return [
        { ...edge, label: "", data: low, backgroundColor },
        { ...edge, label: _t("Likely (80 %)"), data: high, fill: "-1", backgroundColor },
    ];
}

function monthlyConfig(series, style) {
    const config = chartConfig(series, style);
    const { datasets } = config.data;
    const lowest = datasets.length;
    datasets.push(...interval(series, style));
    const { legend, tooltip } = config.options.plugins;
    legend.labels.filter = ({ text }) => Boolean(text);
    const isShown = tooltip.filter;
    tooltip.filter = (item) => item.datasetIndex !== lowest && isShown(item);
    const label = tooltip.callbacks.label;
    tooltip.callbacks.label = (item) => {
        if (item.datasetIndex !== lowest + 1) {
            return label(item);
        }
        const low = format(series.low[item.dataIndex]);
        return `${item.dataset.label}: ${low} – ${format(item.parsed.y)}`;
    };
    return config;
}

function bucketDataset({ name, label, data }, style) {
    const tint = color(style, COLORS[name]) || style.color;
    if (LINES.has(name)) {
        return {
            type: "line",
            label,
            data,
            borderColor: tint,
            backgroundColor: tint,
            borderWidth: 2,
            pointRadius: 0,
            pointHitRadius: 8,
            stepped: name === "available" ? "middle" : false,
            order: 0,
        };
    }
    return {
        type: "bar",
        label,
        data,
        backgroundColor: tint,
        stack: STACKED.has(name) ? "load" : name,
        grouped: false,
        barPercentage: INNER.has(name) ? 0.45 : 0.9,
        order: INNER.has(name) ? 1 : 2,
    };
}

function bucketConfig({ labels, lines }, style) {
    const text = style.color;
    return {
        data: { labels, datasets: lines.map((line) => bucketDataset(line, style)) },
        options: {
            animation: false,
            maintainAspectRatio: false,
            interaction: { mode: "index", intersect: false },
            plugins: {
                legend: { align: "end", labels: { color: text, boxWidth: 12, boxHeight: 8 } },
                tooltip: {
                    callbacks: {
                        label: ({ dataset, parsed }) => `${dataset.label}: ${format(parsed.y, 1)}`,
                    },
                },
            },
            scales: {
                x: {
                    stacked: true,
                    grid: { display: false },
                    ticks: { color: text, maxRotation: 0, autoSkipPadding: 12 },
                },
                y: {
                    beginAtZero: true,
                    border: { display: false },
                    grid: { color: color(style, "--sop-grid") },
                    ticks: { color: text, maxTicksLimit: 5, callback: (value) => format(value) },
                },
            },
        },
    };
}

/**
 * @param {Object} series of get_grid_cell: by month `{months, history, consensus, statistical, low,
 *  high, marker}`, or by bucket `{labels, lines: [{name, label, data}], marker}`
 * @param {CSSStyleDeclaration} style of the canvas, which carries the colours
 */
export function whyChartConfig(series, style) {
    const config = series.months ? monthlyConfig(series, style) : bucketConfig(series, style);
    if (series.marker !== undefined) {
        config.plugins = [markerPlugin(series.marker, style)];
    }
    return config;
}
