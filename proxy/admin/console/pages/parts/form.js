// What forms are made of: a control with its label, hint and problem; what they say where nothing can be
// changed; and files as the API takes them.

import { addressOf } from "../router.js";
import { element, fill, prose } from "../view.js";
import { announce } from "./announce.js";
import { problemBox, sentenceOf } from "./load.js";

export const mostBytes = 1_572_864; // what a key store may be

/** A control with an id, under its label. `problem`: a node that problemOf() made. */
export function field(control, label, hint = null, problem = null) {
    const id = control.getAttribute("id");
    const described = [hint && `${id}-hint`, problem && problem.getAttribute("id")].filter(Boolean).join(" ");
    if (described) control.setAttribute("aria-describedby", described);
    return element("div", { class: "field" }, element("label", { for: id }, label), control,
        hint && element("p", { id: `${id}-hint`, class: "hint" }, hint), problem);
}

/** A box to tick, beside its label. */
export function checkField(control, label) {
    return element("div", { class: "field check" }, control,
        element("label", { for: control.getAttribute("id") }, label));
}

export const text = (id, more = {}) =>
    element("input", { id, type: "text", autocomplete: "off", spellcheck: "false", ...more });

export const lines = (id, more = {}) =>
    element("textarea", { id, rows: "5", spellcheck: "false", autocomplete: "off", ...more });

/** Where the problem of the control of that id will stand. */
export const problemOf = (id) => element("p", { id: `${id}-problem`, class: "field-problem" });

/** Says what is wrong with a control, and leads there. */
export function refuse(control, problem, sentence) {
    fill(problem, prose(sentence));
    announce(sentence);
    control.setAttribute("aria-invalid", "true");
    control.focus();
    return null;
}

export function accept(control, problem) {
    fill(problem);
    control.removeAttribute("aria-invalid");
}

/**
 * Does `work` while `buttons` cannot be pressed, and says so in `region`, with a button that cancels it. `work` is given
 * what its call is made with, { signal, isLong }. `changed`: { title, path }, the page that shows whether a change has
 * come into force, where that is not known; null: nothing is changed. A problem of the proxy's stands in `region` then,
 * where it is to be looked at anew with a button for `again`, for who is on that page, and where it has gone what
 * `absent` makes. `onProblem` comes before that. `fields` has, by the names of the fields of what is sent, the
 * control that a problem of such a field belongs to, and where it stands there: [control, problem]. The focus stays
 * where it was, where nothing else takes it. True: it went well.
 */
export async function during(words, how, work) {
    const { context, buttons, region, changed, again = null, absent = null, onProblem, fields } = how;
    const pressed = document.activeElement;
    const running = new AbortController();
    const cancel = () => running.abort();
    context.signal.addEventListener("abort", cancel);
    buttons.forEach((button) => { button.disabled = true; });
    fill(region, element("p", { class: "loading" }, element("progress", { "aria-label": words }), words,
        element("button", { type: "button", on: { click: cancel } }, "Cancel")));
    try {
        await work({ signal: running.signal, isLong: true });
        return true;
    } catch (error) {
        if (context.signal.aborted) return false;
        if (running.signal.aborted) {
            tellCancelled(region, changed, again);
            return false;
        }
        if (error.status === 401) return context.signIn();
        await onProblem?.(error);
        const place = fields?.[error.field];
        if (place) {
            fill(region);
            refuse(...place, sentenceOf(error));
            return false;
        }
        if (error.status === 404 && absent) {
            fill(region, absent());
            announce(region.textContent);
            return false;
        }
        const isOpen = changed && error.status === 0; // no answer tells what has become of it
        fill(region, problemBox(error, isOpen || error.status === 412 ? again : null, "Look again",
            isOpen && whereToLook(changed, again)));
        announce(isOpen ? `${sentenceOf(error)} ${mayBeInForce}` : sentenceOf(error));
        return false;
    } finally {
        context.signal.removeEventListener("abort", cancel);
        buttons.forEach((button) => { button.disabled = false; });
        if (document.activeElement === document.body) (pressed?.disabled ? buttons[0] : pressed).focus();
    }
}

const mayBeInForce = "The change may have come into force all the same, or may do so yet.";

function whereToLook({ title, path }, again) {
    return element("p", null, mayBeInForce, again ? " Look again before you try anew."
        : [" Before you try anew, look at ", element("a", { href: addressOf(path) }, title), "."]);
}

function tellCancelled(region, changed, again) {
    fill(region, element("div", { class: changed ? "problem" : "empty" },
        element("p", null, element("strong", null, "Cancelled"), changed ? ": this page waits no longer." : "."),
        changed && whereToLook(changed, again),
        changed && again && element("button", { type: "button", on: { click: again } }, "Look again")));
    announce(changed ? `Cancelled. ${mayBeInForce}` : "Cancelled.");
}

/** A chosen file, as the API takes its bytes. */
export async function bytesOf(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let letters = "";
    for (let at = 0; at < bytes.length; at += 32_768) {
        letters += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    }
    return { file_name: file.name, content: btoa(letters) };
}
