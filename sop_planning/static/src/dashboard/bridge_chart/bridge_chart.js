import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { BridgeBars } from "../../bridge/bridge_bars";
import { Panel } from "../panel/panel";

/** From the last approved plan to the consensus, cause by cause. */
export class BridgeChart extends Component {
    static template = "sop_planning.BridgeChart";
    static components = { BridgeBars, Panel };
    static props = {
        bridge: Object,
        figures: String,
        openDetails: Function,
    };

    setup() {
        this.title = _t("Bridge: last plan to consensus");
    }

    get bars() {
        return this.props.bridge.bars || [];
    }
}
