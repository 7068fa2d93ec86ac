import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { cookie } from "@web/core/browser/cookie";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

// between two looks at a company that is being built
export const EXAMPLE_DELAY = 1500;

/**
 * Loads the example company with a progress bar and opens it; where it is told to, it removes it
 * as well. ``start`` is a value of ``sop.example.get_state``, asked for where it is missing.
 */
export class ExampleCompany extends Component {
    static template = "sop_planning.ExampleCompany";
    static props = {
        start: { type: [Object, Boolean], optional: true },
        removes: { type: Boolean, optional: true },
    };

    setup() {
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.state = useState({ isWorking: false, answer: this.props.start || {} });
        onWillStart(async () => {
            if (!this.props.start) {
                this.state.answer = await this.ask();
            }
        });
        onMounted(() => this.answer.is_loading && this.follow());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get answer() {
        return this.state.answer;
    }

    get isBusy() {
        return this.state.isWorking || this.answer.is_loading;
    }

    get percent() {
        return Math.round(100 * (this.answer.rate_done || 0));
    }

    ask() {
        return this.orm.silent.call("sop.example", "get_state", []);
    }

    load() {
        return this.work("action_load");
    }

    remove() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Remove the example company?"),
            body: _t(
                "%s is deleted with all its products, orders and plans. Your own companies stay as they are.",
                this.answer.company_name
            ),
            confirmLabel: _t("Remove"),
            confirm: () => this.work("action_remove"),
            cancel: () => {},
        });
    }

    /** The work is one long call; others and this page look at how far it is meanwhile. */
    async work(method) {
        Object.assign(this.answer, { rate_done: 0, stage: "" });
        this.state.isWorking = true;
        this.follow();
        try {
            const { company_id: companyId } = await this.orm.silent.call("sop.example", method, []);
            this.open(companyId);
        } finally {
            browser.clearTimeout(this.timer);
            this.state.isWorking = false;
            this.state.answer = await this.ask();
        }
    }

    follow() {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(async () => {
            this.state.answer = await this.ask();
            if (this.isBusy) {
                this.follow();
            }
        }, EXAMPLE_DELAY);
    }

    /** Work in a company that the session of this page may not know yet: load the page again. */
    open(companyId) {
        cookie.set("cids", String(companyId));
        browser.location.assign("/odoo/sop");
    }
}

/** The same in the settings. */
class ExampleWidget extends Component {
    static template = "sop_planning.ExampleWidget";
    static components = { ExampleCompany };
    static props = { "*": true };
}

registry.category("view_widgets").add("sop_example", { component: ExampleWidget });
