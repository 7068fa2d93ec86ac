import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const steps = (texts) =>
    ["none", "watch", "amber", "red", "critical"]
        .map((level, index) => ({ level, text: texts[index] }))
        .filter(({ text }) => text);

const LEGENDS = {
    demand: () => [
        _t("Deviation"),
        steps([_t("in line"), "", _t("amber: worth a look"), _t("red: decide")]),
    ],
    gaps: () => [
        _t("Gap"),
        steps([
            _t("supply covers demand"),
            "",
            _t("up to a quarter of the week's demand is short"),
            _t("more than a quarter"),
            _t("more than half"),
        ]),
    ],
    capacity: () => [
        _t("Load"),
        steps([_t("< 85 %"), _t("85–95 %"), _t("95–100 %"), _t("> 100 %"), _t("> 120 %")]),
    ],
};

const GLYPHS = { amber: "▲", red: "▲▲", critical: "▲▲▲" };

/** What the colours and signs of the cells mean. */
export class GridLegend extends Component {
    static template = "sop_planning.GridLegend";
    static props = { model: Object };

    /** The server knows the limits; else the usual ones: `{title, steps: [{level, glyph, text}]}`. */
    get legend() {
        const { legend } = this.props.model.data;
        const [title, items] = LEGENDS[this.props.model.mode]();
        const list = legend?.steps || items;
        return {
            title: legend?.title || title,
            steps: list.map((step) => ({ ...step, glyph: step.glyph ?? GLYPHS[step.level] ?? "" })),
        };
    }

    get isDemand() {
        return this.props.model.mode === "demand";
    }
}
