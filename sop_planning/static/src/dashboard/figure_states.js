import { _t } from "@web/core/l10n/translation";

// what the figures of the whole screen can be, in words
const WORDS = {
    computing: _t("Computing: these are the figures before."),
    stale: _t("Old figures: press Refresh."),
};

/**
 * The state of a tile or a panel: what stands in its way comes first, then what is true of all
 * figures of the screen.
 */
export function stateOf(part, figures) {
    return ["blocked", "no_right"].includes(part.state) ? part.state : figures;
}

/** What the state of all figures means, in words; none when they are those of now. */
export function figureWords(figures) {
    return WORDS[figures] || "";
}
