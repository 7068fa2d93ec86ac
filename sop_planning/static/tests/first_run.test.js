import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    contains,
    mockService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { EXAMPLE_DELAY } from "@sop_planning/dashboard/first_run/example_company";
import { FirstRun } from "@sop_planning/dashboard/first_run/first_run";

describe.current.tags("desktop");
defineMailModels();

const step = (code, state, more = {}) => ({
    code,
    name: code,
    state,
    detail: `about ${code}`,
    hint: state === "todo" ? `why ${code}` : "",
    ask: "",
    actions: [],
    ...more,
});

const EXAMPLE = {
    is_loaded: false,
    company_id: false,
    company_name: "",
    is_loading: false,
    rate_done: 0,
    stage: "",
    can_load: true,
    can_remove: false,
    reason: "",
};

const firstRun = (more = {}) => ({
    company: "Small Maker",
    done: 2,
    total: 5,
    is_computed: false,
    can_dismiss: false,
    example: null,
    steps: [
        step("families", "done", { actions: [{ label: "Review", action: { res_model: "family" } }] }),
        step("history", "todo", { actions: [{ label: "Import", action: { res_model: "order" } }] }),
        step("capacity", "none"),
        step("people", "todo", { ask: "Ask Pia Products." }),
        step("cycle", "todo", { actions: [{ label: "Compute", compute: true }] }),
    ],
    ...more,
});

async function mountFirstRun(data) {
    mockService("action", { doAction: (action) => expect.step(action.res_model) });
    await mountWithCleanup(FirstRun, {
        props: {
            data,
            reload: () => expect.step("reload"),
            compute: () => expect.step("compute"),
        },
    });
}

test("shows what is done, what is next and whom to ask", async () => {
    await mountFirstRun(firstRun());
    expect(".o_sop_first_run_step").toHaveCount(5);
    expect(".o_sop_first_run_count").toHaveText("2 of 5");
    expect(".o_sop_first_run_mark:eq(0)").toHaveText("✔");
    expect(".o_sop_first_run_mark:eq(1)").toHaveText("○");
    expect(".o_sop_first_run_mark:eq(2)").toHaveText("–");
    expect(".o_sop_first_run_next").toHaveAttribute("data-step", "history");
    expect("[data-step=people] .o_sop_first_run_ask").toHaveText("Ask Pia Products.");
    // one coloured button: the next step's
    expect(".o_sop_first_run_steps .btn-primary").toHaveCount(1);
    expect("[data-step=history] .btn-primary").toHaveText("Import");
    expect(".o_sop_example_load").toHaveCount(0);
    expect(".o_sop_first_run_dismiss").toHaveCount(0);
});

test("buttons open records, call the server or compute the cycle", async () => {
    onRpc("sop.cycle", "action_accept_families", () => {
        expect.step("accepted");
        return { res_model: "flagged" };
    });
    const data = firstRun();
    data.steps[0].actions.unshift({ label: "Accept 8 families", method: "action_accept_families" });
    await mountFirstRun(data);
    await contains("[data-step=families] .btn:eq(0)").click();
    expect.verifySteps(["accepted", "flagged", "reload"]);
    await contains("[data-step=history] .btn").click();
    expect.verifySteps(["order"]);
    await contains("[data-step=cycle] .btn").click();
    expect.verifySteps(["compute"]);
});

test("beside figures it is one line that can be dismissed", async () => {
    onRpc("sop.cycle", "action_dismiss_first_run", () => {
        expect.step("dismissed");
        return true;
    });
    await mountFirstRun(firstRun({ is_computed: true, can_dismiss: true }));
    expect(".o_sop_first_run_step").toHaveCount(0);
    await contains(".o_sop_first_run_toggle").click();
    expect(".o_sop_first_run_step").toHaveCount(5);
    await contains(".o_sop_first_run_dismiss").click();
    expect.verifySteps(["dismissed", "reload"]);
});

test("the example company is built in sight and opened", async () => {
    const built = new Deferred();
    patchWithCleanup(browser.location, { assign: (url) => expect.step(url) });
    onRpc("sop.example", "action_load", () => built);
    onRpc("sop.example", "get_state", () => ({
        ...EXAMPLE,
        is_loading: true,
        can_load: false,
        rate_done: 0.4,
        stage: "Taking orders",
    }));
    await mountFirstRun(firstRun({ example: { ...EXAMPLE } }));
    await contains(".o_sop_example_load").click();
    expect(".o_sop_example_progress .progress").toHaveAttribute("aria-valuenow", "0");
    await advanceTime(EXAMPLE_DELAY + 10);
    await animationFrame();
    expect(".o_sop_example_progress .progress").toHaveAttribute("aria-valuenow", "40");
    expect(".o_sop_example_progress span:eq(0)").toHaveText("Taking orders…");
    built.resolve({ company_id: 9, cycle_id: 3 });
    await animationFrame();
    expect.verifySteps(["/odoo/sop"]);
});

test("the fit check says what it thinks", async () => {
    onRpc("sop.cycle", "get_fit_check", () => ({
        company: "Small Maker",
        verdict: "little",
        title: "S&OP gains you little",
        text: "Reordering rules do that.",
        rows: [{ side: "against", title: "Lead time", text: "Supply takes 3 days." }],
    }));
    await mountWithCleanup(MainComponentsContainer);
    await mountFirstRun(firstRun());
    await contains(".o_sop_fit").click();
    expect(".modal .o_sop_fit_verdict h4").toHaveText("S&OP gains you little");
    expect(".modal .o_sop_fit_glyph").toHaveText("✖");
});
