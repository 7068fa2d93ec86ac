import { Component, useEffect, useState, useRef } from "@odoo/owl";
import { useBus, useService } from "@web/core/utils/hooks";
import { usePopover } from "@web/core/popover/popover_hook";
import { useModelWithSampleData } from "@web/model/model";
import { useSetupAction } from "@web/search/action_hook";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { ActionHelper } from "@web/views/action_helper";
import { standardViewProps } from "@web/views/standard_view_props";
import { GridAdjust } from "../grid_adjust/grid_adjust";
import { GridCards } from "../grid_cards/grid_cards";
import { GridCursor } from "../grid_cursor";
import { useLiveFigures } from "../grid_live";
import { GridLegend } from "../grid_legend/grid_legend";
import { findTargets } from "../grid_targets";
import { GridToolbar } from "../grid_toolbar/grid_toolbar";
import { WhyPanel } from "../why_panel/why_panel";

const EXPORT_ACTION = "sop_planning.sop_demand_sheet_export_action";

/** The screen around the grid: search, toolbar, the panel of the active cell, cards on a phone. */
export class GridController extends Component {
    static template = "sop_planning.GridView";
    static components = {
        ActionHelper,
        CogMenu,
        GridCards,
        GridLegend,
        GridToolbar,
        Layout,
        SearchBar,
        WhyPanel,
    };
    static props = { ...standardViewProps, archInfo: Object, Model: Function, Renderer: Function };

    setup() {
        this.action = useService("action");
        const { resModel, archInfo, state, Model } = this.props;
        this.model = useModelWithSampleData(
            Model,
            { resModel, archInfo, state: state?.grid },
            { lazy: this.isLazy }
        );
        this.cursor = new GridCursor(this.model);
        this.state = useState({ isWhyOpen: false, place: null, ...state?.why });
        this.adjustPopover = usePopover(GridAdjust, {
            position: "bottom-start",
            popoverClass: "o_sop_grid_popover",
        });
        useBus(this.model.bus, "changed", () => this.onChanged());
        useLiveFigures(this.model);
        // the panel is open again on the way back from another screen
        useEffect(
            () => this.followCursor(),
            () => [this.model.isReady]
        );
        useSetupAction({
            rootRef: useRef("root"),
            getLocalState: () => ({
                grid: this.model.exportState(),
                why: { isWhyOpen: this.state.isWhyOpen },
            }),
            beforeLeave: () => this.saveEntries(),
            beforeVisibilityChange: () => this.model.bus.trigger("commit"),
            beforeUnload: (ev) => this.warnUnsaved(ev),
        });
        this.searchBarToggler = useSearchBarToggler();
    }

    get isLazy() {
        const { config, inDialog } = this.env;
        return !config.isReloadingController && !inDialog && !!this.props.display.controlPanel;
    }

    get isEmpty() {
        return !this.model.data.rows.length;
    }

    /** All rows are hidden by the chosen flags. */
    get isClear() {
        return !this.model.rows.length;
    }

    get exportSheet() {
        const canExport = this.model.mode === "demand" && this.model.data.cycle;
        return canExport ? () => this.runExport() : undefined;
    }

    runExport() {
        const { id } = this.model.data.cycle;
        return this.action.doAction(EXPORT_ACTION, {
            additionalContext: { active_model: "sop.cycle", active_id: id, active_ids: [id] },
        });
    }

    onChanged() {
        this.followCursor();
        this.render();
    }

    // -- the panel of the active cell

    toggleWhy(isOpen = !this.state.isWhyOpen) {
        this.state.isWhyOpen = isOpen;
        this.followCursor();
    }

    /** On a phone, where no cell is active. */
    openWhy(row, column, measure) {
        Object.assign(this.state, { place: { row, column, measure }, isWhyOpen: true });
    }

    /** `{row, column, measure}` of the active cell as the server names them. */
    followCursor() {
        const isFollowing = this.state.isWhyOpen && this.model.isReady && !this.env.isSmall;
        const place = isFollowing && this.cursor.place;
        if (!place || place.column < 0) {
            return;
        }
        const column = this.model.columns[Math.min(place.column, this.model.columns.length - 1)];
        const next = { row: place.node.key, column: column.key, measure: place.measure.name };
        const { place: known } = this.state;
        if (known?.row !== next.row || known.column !== next.column || known.measure !== next.measure) {
            this.state.place = next;
        }
    }

    get whyPlace() {
        if (!this.state.isWhyOpen) {
            return null;
        }
        const { place } = this.state;
        // what it showed may be filtered out by now
        return place && this.model.nodes.has(place.row) ? place : null;
    }

    // -- changes

    openAdjust(button) {
        const { measure, cells, locked } = findTargets(this.model, this.cursor);
        if (!cells.length) {
            return this.model.notification.add(locked, { type: "warning" });
        }
        this.adjustPopover.open(button, {
            measure: measure.label,
            count: cells.length,
            locked,
            apply: (change) =>
                this.model.write({
                    measure: measure.name,
                    cells: cells.map((cell) => ({ ...cell, ...change })),
                }),
        });
    }

    /** An open entry is saved before the screen is left. */
    async saveEntries() {
        this.model.bus.trigger("commit");
        await this.model.edits.settle();
    }

    warnUnsaved(ev) {
        this.model.bus.trigger("commit");
        if (this.model.edits.isBusy) {
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
        }
    }

    showAll() {
        this.model.flags.clear();
        this.model.changed();
    }

    runEmptyAction() {
        return this.action.doAction(this.model.data.empty.action);
    }
}
