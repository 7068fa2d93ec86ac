import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

const { DateTime } = luxon;
const NO_DECIMALS = { digits: [16, 0] };

/** "2026-11" as a short month of the user's language. */
export function monthLabel(month) {
    return DateTime.fromISO(`${month}-01`).toFormat("LLL yy");
}

/** The last month of history starts the plan's line too, so that the line does not break. */
function joined(history, consensus) {
    const start = consensus.findIndex((value) => value !== null);
    return consensus.map((value, n) => (n === start - 1 ? history[n] : value));
}

function line(label, data, color, borderWidth) {
    return {
        label,
        data,
        borderColor: color,
        backgroundColor: color,
        borderWidth,
        pointRadius: 0,
        pointHitRadius: 8,
        pointHoverRadius: 4,
        tension: 0,
    };
}

/** Dashed and below the consensus, so that it shows where people changed the figures. */
function statisticalLine(history, statistical, style) {
    return {
        ...line(
            _t("Statistical"),
            joined(history, statistical),
            style.getPropertyValue("--sop-history").trim(),
            1.5
        ),
        borderDash: [4, 3],
        order: 1,
    };
}

/** @param {CSSStyleDeclaration} style the style of the canvas, which carries the colours */
export function chartConfig({ months, history, consensus, statistical }, style) {
    const text = style.color;
    const grid = style.getPropertyValue("--sop-grid").trim();
    return {
        type: "line",
        data: {
            labels: months.map(monthLabel),
            datasets: [
                line(_t("History"), history, style.getPropertyValue("--sop-history").trim(), 1.5),
                line(
                    _t("Consensus"),
                    joined(history, consensus),
                    style.getPropertyValue("--sop-plan").trim(),
                    2.25
                ),
                ...(statistical ? [statisticalLine(history, statistical, style)] : []),
            ],
        },
        options: {
            animation: false,
            maintainAspectRatio: false,
            interaction: { mode: "index", intersect: false },
            plugins: {
                legend: {
                    align: "end",
                    labels: { color: text, boxWidth: 16, boxHeight: 2 },
                },
                tooltip: {
                    filter: ({ datasetIndex, dataIndex }) =>
                        datasetIndex === 0 || consensus[dataIndex] !== null,
                    callbacks: {
                        label: ({ dataset, parsed }) =>
                            `${dataset.label}: ${formatFloat(parsed.y, NO_DECIMALS)}`,
                    },
                },
            },
            scales: {
                x: {
                    grid: { display: false },
                    ticks: { color: text, maxRotation: 0, autoSkipPadding: 16 },
                },
                y: {
                    beginAtZero: true,
                    border: { display: false },
                    grid: { color: grid },
                    ticks: {
                        color: text,
                        maxTicksLimit: 5,
                        callback: (value) => formatFloat(value, NO_DECIMALS),
                    },
                },
            },
        },
    };
}
