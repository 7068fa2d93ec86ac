// key -> change of line and column; columns follow the direction of reading
const ARROWS = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
};

const COMMANDS = {
    Enter: "edit",
    F2: "edit",
    Delete: "reset",
    " ": "why",
    Escape: "escape",
};

/** The change of place that an arrow means, mirrored where the language is written from the right. */
export function arrowStep(key, isRtl) {
    const step = ARROWS[key];
    return step && (isRtl ? [step[0], -step[1] || 0] : step);
}

function findMove({ key, ctrlKey, metaKey, shiftKey }, isRtl) {
    const isFar = ctrlKey || metaKey;
    const step = arrowStep(key, isRtl);
    if (step) {
        return { name: isFar ? "jump" : "step", step, isExtending: shiftKey };
    }
    switch (key) {
        case "Home":
        case "End":
            return { name: key.toLowerCase(), isFar, isExtending: shiftKey };
        case "PageUp":
        case "PageDown":
            return { name: "page", step: [key === "PageUp" ? -1 : 1, 0], isExtending: shiftKey };
        case "Tab":
            return { name: "tab", direction: shiftKey ? -1 : 1 };
        case "F8":
            return { name: "exception", direction: shiftKey ? -1 : 1 };
    }
}

/**
 * What a key does in the grid; nothing for keys that belong to others.
 * @param {KeyboardEvent} event
 * @param {boolean} isRtl
 */
export function findCommand(event, isRtl) {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (altKey) {
        return;
    }
    if (ctrlKey || metaKey) {
        const name = { z: shiftKey ? "redo" : "undo", y: "redo", a: "all" }[key.toLowerCase()];
        return name ? { name } : findMove(event, isRtl);
    }
    const move = findMove(event, isRtl);
    if (move) {
        return move;
    }
    if (COMMANDS[key]) {
        return { name: COMMANDS[key] };
    }
    // what a figure or a change of it can begin with
    if (/^[\d+\-−=.,]$/.test(key)) {
        return { name: "type", text: key };
    }
}
