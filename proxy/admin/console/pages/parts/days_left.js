// How long a certificate is still good for, in words, with a colour and a shape that say the same.

import { element } from "../view.js";
import { counted } from "./moment.js";

const kinds = {
    good: "good", ends_soon: "warning", not_yet_valid: "warning",
    expired: "bad", refused: "bad", inactive: "quiet",
};
export const soonDays = 30;

/** A state of the API with its words: "good", "412 days left". */
export function stateBadge(state, text) {
    return badge(kinds[state] ?? "quiet", text || state);
}

/** The same of a certificate of which only the number is known. */
export function daysLeftBadge(days) {
    if (days === null || days === undefined) return badge("quiet", "not loaded");
    if (days < 0) return badge("bad", `expired ${counted(-days, "day")} ago`);
    return badge(days <= soonDays ? "warning" : "good", `${counted(days, "day")} left`);
}

/** kind: good, warning, bad or quiet. The shape in front differs for each, beside the colour. */
export function badge(kind, text) {
    return element("span", { class: `badge ${kind}` }, text);
}
