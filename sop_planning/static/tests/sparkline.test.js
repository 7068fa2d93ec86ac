import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryOne } from "@odoo/hoot-dom";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { chartConfig, monthLabel } from "@sop_planning/series_chart/series_chart_config";
import { Sparkline } from "@sop_planning/sparkline/sparkline";

describe.current.tags("desktop");
defineMailModels();

const SERIES = {
    months: ["2026-09", "2026-10", "2026-11"],
    history: [10, 20, null],
    consensus: [null, null, 40],
};

const points = (selector) => queryOne(selector).getAttribute("points").split(" ");

test("draws history, then the plan from the last month of history on", async () => {
    await mountWithCleanup(Sparkline, { props: { series: SERIES } });
    expect(points(".o_sop_sparkline_history")).toEqual(["0.0,20.0", "60.0,14.0"]);
    expect(points(".o_sop_sparkline_plan")).toEqual(["60.0,14.0", "120.0,2.0"]);
    expect(".o_sop_sparkline_divider").toHaveAttribute("x1", "90");
    expect(".o_sop_sparkline").toHaveAttribute(
        "aria-label",
        "2026-09 to 2026-11: 20 last month, 40 planned for 2026-11"
    );
});

test("draws nothing without a series, and a flat line without sales", async () => {
    await mountWithCleanup(Sparkline, { props: { series: false } });
    expect(".o_sop_sparkline").toHaveCount(0);
    const series = { months: ["2026-10", "2026-11"], history: [0, null], consensus: [null, 0] };
    await mountWithCleanup(Sparkline, { props: { series } });
    expect(points(".o_sop_sparkline_plan")).toEqual(["0.0,26.0", "120.0,26.0"]);
});

test("the chart joins the lines, but tells each figure once", () => {
    const style = { color: "#333", getPropertyValue: () => "#123" };
    const { data, options } = chartConfig(SERIES, style);
    expect(data.labels).toEqual(SERIES.months.map(monthLabel));
    expect(data.datasets[0].data).toEqual([10, 20, null]);
    expect(data.datasets[1].data).toEqual([null, 20, 40]);
    const { filter } = options.plugins.tooltip;
    expect(filter({ datasetIndex: 1, dataIndex: 1 })).toBe(false);
    expect(filter({ datasetIndex: 1, dataIndex: 2 })).toBe(true);
});
