import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { reloadOnClose } from "@sop_planning/dialogs/reload_on_close";
import { WhyChart } from "./why_chart";
import { WhyComments } from "./why_comments";

const DELAY = 150; // ms after which the cell has come to rest

/**
 * Why the active cell is what it is: how it was made, what it is made of, who changed it, what was
 * said about it. On a phone it is a sheet at the bottom.
 */
export class WhyPanel extends Component {
    static template = "sop_planning.WhyPanel";
    static components = { WhyChart, WhyComments };
    static props = { model: Object, row: String, column: String, measure: String, close: Function };

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.state = useState({ data: null, error: "", isLoading: true });
        this.asked = 0;
        this.loadSoon = useDebounced(() => this.load(), DELAY);
        useEffect(
            () => {
                this.state.isLoading = true;
                this.loadSoon();
            },
            () => [this.props.row, this.props.column, this.props.measure]
        );
        useBus(this.props.model.bus, "changed", () => this.loadSoon());
        onWillUnmount(() => {
            this.asked = Infinity; // answers on their way come to nothing
        });
    }

    get data() {
        return this.state.data;
    }

    /** The arguments that name the cell in every call. */
    get cell() {
        const { model, row, column } = this.props;
        return [model.domain, model.options, row, column];
    }

    call(method, ...args) {
        const { model } = this.props;
        return model.orm.call(model.resModel, method, [...this.cell, ...args], {
            context: model.context || {},
        });
    }

    /** Reads the cell; only the answer to the last question counts. */
    async load() {
        const asked = ++this.asked;
        this.state.isLoading = true;
        let data = null;
        let error = "";
        try {
            data = await this.call("get_grid_cell", this.props.measure);
        } catch (failure) {
            error = failure.data?.message || failure.message || _t("The figure cannot be explained.");
        }
        if (asked === this.asked) {
            Object.assign(this.state, { data, error, isLoading: false });
        }
    }

    /** As the grid shows it, so that both always agree. */
    get level() {
        const { model, row, column } = this.props;
        const levels = model.nodes?.get(row)?.data.levels;
        const place = model.data?.columns?.findIndex(({ key }) => key === column);
        return levels?.[place] || this.data.level;
    }

    get canAccept() {
        return this.data.editable && this.data.parts.length > 2;
    }

    get hasAnswers() {
        return this.data.is_overridden || this.canAccept || this.data.chatter;
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.preventDefault();
            ev.stopPropagation();
            this.props.close();
        }
    }

    /** @param {"reset"|"statistical"} kind */
    async write(kind) {
        const { model, row, column } = this.props;
        const cells = [{ row, column, kind, value: 0 }];
        await model.write({ measure: "qty_consensus", cells, reason_id: null, note: "" });
        this.loadSoon();
    }

    async open(drill) {
        if (!drill.is_allowed) {
            return this.notification.add(drill.help, { type: "warning" });
        }
        await this.openByName(drill.name);
    }

    async openByName(name) {
        const action = await this.call("open_grid_cell", name);
        if (action) {
            await this.action.doAction(action, reloadOnClose(() => this.loadSoon()));
        }
    }

    drillTitle(drill) {
        return drill.help || drill.label;
    }
}
