// Something that is being loaded: says so while it lasts, shows what came of it, and a problem with what to
// do about it.

import { noAnswer } from "../api.js";
import { element, fill, prose } from "../view.js";
import { announce } from "./announce.js";

const shownAfterMs = 200; // what comes at once does not flicker
const longMs = 5_000;

/**
 * Fills `region` with what `draw` makes of what `fetchIt` promises. Where that fails, the problem stands
 * there, with a button that tries again. `context` is the shown page's: its signal ends the wait, and
 * its signIn is called where the proxy wants to know who asks.
 */
export async function load(region, context, { what, fetchIt, draw }) {
    const { signal } = context;
    fill(region);
    region.setAttribute("aria-busy", "true");
    const timers = [
        setTimeout(() => showProgress(region, `Loading ${what} …`), shownAfterMs),
        setTimeout(() => showProgress(region, `Still waiting for the proxy to send ${what} …`), longMs),
    ];
    try {
        const found = await fetchIt();
        if (!signal.aborted) fill(region, draw(found));
    } catch (error) {
        if (signal.aborted) return;
        if (error.status === 401) return context.signIn();
        if (error.status === undefined) console.error(error);
        const again = () => load(region, context, { what, fetchIt, draw });
        fill(region, problemBox(error, again));
        announce(sentenceOf(error));
    } finally {
        timers.forEach(clearTimeout);
        region.removeAttribute("aria-busy");
    }
}

function showProgress(region, text) {
    fill(region, element("p", { class: "loading" }, element("progress", { "aria-label": text }), text));
    announce(text);
}

/** What is to be said of an error: a problem's own detail; of the page's own faults, that they are such. */
export function sentenceOf(error) {
    return error.detail ?? `This page has a fault: ${error.message}`;
}

// Whoever reads it need not know HTTP.
const titles = { 403: "Not allowed", 404: "Not found", 409: "Not done", 412: "Changed meanwhile", 413: "Too large",
    422: "Not done", 429: "Busy" };

/** `again`: a function, where trying once more may help; `words`: of its button; `more`: what else there is to say. */
export function problemBox(error, again = null, words = "Try again", more = null) {
    return element("div", { class: "problem" },
        element("p", null, element("strong", null, titles[error.status] ?? error.title ?? "Problem"), ": ",
            prose(sentenceOf(error))),
        sentenceOf(error) === noAnswer &&
            element("p", { class: "hint" }, "On its machine, ", element("code", null, "countersign health"),
                " says whether it serves."),
        more, again && element("button", { type: "button", on: { click: again } }, words));
}

/** What stands where there is nothing yet: what to do next. */
export function emptyState(...children) {
    return element("div", { class: "empty" }, element("p", null, children));
}
