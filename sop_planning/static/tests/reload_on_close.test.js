import { expect, test } from "@odoo/hoot";
import { reloadOnClose } from "@sop_planning/dialogs/reload_on_close";

test("a closed dialog reloads its screen, one that makes way for another screen does not", () => {
    const { onClose } = reloadOnClose(() => expect.step("reload"));
    onClose();
    onClose({});
    expect.verifySteps(["reload", "reload"]);
    expect(onClose({ noReload: true })).toBe(undefined);
    expect.verifySteps([]);
});
