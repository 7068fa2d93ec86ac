const ROWS = { ArrowDown: 1, ArrowUp: -1 };
const COLUMNS = { ArrowRight: 1, ArrowLeft: -1 };

/** Moves the focus in a table of buttons with the arrow keys; Enter drills by itself. */
export function moveFocus(ev) {
    const step = ROWS[ev.key] || COLUMNS[ev.key];
    const rows = [...ev.currentTarget.querySelectorAll("tr, li")]
        .map((row) => [...row.querySelectorAll("button:enabled")])
        .filter((buttons) => buttons.length);
    const at = rows.findIndex((buttons) => buttons.includes(document.activeElement));
    if (!step || at < 0 || ev.altKey || ev.ctrlKey || ev.metaKey) {
        return;
    }
    const place = rows[at].indexOf(document.activeElement);
    const isMirrored = document.dir === "rtl" && ev.key in COLUMNS;
    const target =
        ev.key in ROWS
            ? rows[at + step]?.[Math.min(place, rows[at + step].length - 1)]
            : rows[at][place + (isMirrored ? -step : step)];
    if (target) {
        ev.preventDefault();
        target.focus();
    }
}
