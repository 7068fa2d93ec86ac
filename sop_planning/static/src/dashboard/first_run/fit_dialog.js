import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";

const GLYPHS = { for: "✔", neutral: "–", against: "✖" };

/** Whether S&OP pays for this company: the verdict, and what it is made of. */
export class FitDialog extends Component {
    static template = "sop_planning.FitDialog";
    static components = { Dialog };
    static props = { close: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ fit: null });
        onWillStart(async () => {
            this.state.fit = await this.orm.call("sop.cycle", "get_fit_check", []);
        });
    }

    glyph(row) {
        return GLYPHS[row.side];
    }
}
