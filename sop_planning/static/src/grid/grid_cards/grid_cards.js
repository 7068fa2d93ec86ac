import { Component, useRef, useState } from "@odoo/owl";
import { useBus } from "@web/core/utils/hooks";
import { describeCell, whyLocked } from "../grid_cell";
import { levelLabel } from "../grid_format";
import { useGridQuestions } from "../grid_questions";
import { isFlagged, LEVELS } from "../grid_rows";

const MONTHS = 3;
const STEP = 5;

/** The grid on a phone: a card for each row, with the next months and a stepper. */
export class GridCards extends Component {
    static template = "sop_planning.GridCards";
    static props = {
        model: Object,
        // (row key, column key, measure name): why a figure is what it is
        openWhy: { type: Function, optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.status = useState(this.props.model.status);
        useGridQuestions(this.props.model, this.root, () => {});
        useBus(this.props.model.bus, "changed", () => this.render());
    }

    get model() {
        return this.props.model;
    }

    get measure() {
        return this.model.shown[0];
    }

    /** The next columns that are not frozen; of figures for reading, from the first flagged on. */
    get months() {
        const { columns } = this.model;
        const first = columns.findIndex((column, index) =>
            this.model.mode === "demand" ? !column.is_frozen : this.isAnyFlagged(index)
        );
        const indexes = columns.map((column, index) => index);
        return indexes.slice(Math.max(0, first)).slice(0, MONTHS);
    }

    isAnyFlagged(index) {
        return this.model.rows.some(({ data }) => isFlagged(data.levels?.[index]));
    }

    get cards() {
        return this.model.rows.map((node) => ({
            node,
            badge: this.describeWorst(node.data),
            cells: this.months.map((index) => ({
                ...describeCell(this.model, node, this.measure, index),
                index,
                column: this.model.columns[index],
                canStep: !whyLocked(this.model, node, this.measure, index),
            })),
        }));
    }

    /** The worst level among the months shown: `{level, glyph, text}`. */
    describeWorst({ levels = [], glyphs = [] }) {
        const ranks = this.months.map((index) => LEVELS.indexOf(levels[index]));
        const worst = Math.max(0, ...ranks);
        const level = LEVELS[worst];
        const glyph = glyphs[this.months[ranks.indexOf(worst)]] || "";
        return { level, glyph, text: levelLabel(level) };
    }

    step(node, { column }, direction) {
        this.model.write({
            measure: this.measure.name,
            cells: [{ row: node.key, column: column.key, kind: "percent", value: STEP * direction }],
        });
    }
}
