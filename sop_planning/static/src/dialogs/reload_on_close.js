/**
 * Options of an action that opens a dialog: `reload` when it is closed. Not when another screen takes
 * the place of this one: closing waits for the reload, and that of a screen that is gone never ends.
 * @param {() => any} reload
 */
export function reloadOnClose(reload) {
    return { onClose: ({ noReload } = {}) => (noReload ? undefined : reload()) };
}
