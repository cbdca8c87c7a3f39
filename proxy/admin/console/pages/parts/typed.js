// What was typed into a form is there again for who leaves the form and comes back, by way of the sign-in, too. It is
// in the memory of this page alone.

import { element, fill } from "../view.js";
import { announce } from "./announce.js";

const kept = new Map(); // by the address of the page: { value, begun }
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Of who was signed in, where he signs out or another user signs in. */
export function forgetTyped() {
    kept.clear();
}

/** `read` and `write` of keepTyped, of controls. */
export const valuesOf = (controls) => ({
    read: () => controls.map((control) => (control.type === "checkbox" ? control.checked : control.value)),
    write: (values) => controls.forEach((control, at) => {
        control[control.type === "checkbox" ? "checked" : "value"] = values[at];
    }),
});

/**
 * Puts back what was typed when the page of this address was left before, and keeps it when it is left again. `read`
 * gives what is to be kept, as JSON has it and without secrets, or null: nothing; `write` puts that back, and `words`
 * say so. Gives { note, sent }: a node to show above the form, and what to call once it has been sent.
 */
export function keepTyped(context, { read, write, words = "What you had typed is here again." }) {
    const { path, query } = context.route;
    const address = JSON.stringify([path, query.toString()]);
    const begun = read();
    const note = element("div");
    let basis = begun; // what the form was when it was typed into
    let isTyped = false;
    let isOver = false;
    document.addEventListener("input", () => { isTyped = true; }, { signal: context.signal });
    context.signal.addEventListener("abort", () => {
        const value = read();
        if (isTyped && !isOver && value !== null && !isSame(value, begun)) kept.set(address, { value, begun: basis });
        else kept.delete(address);
    });
    const former = kept.get(address);
    if (former) {
        basis = former.begun;
        isTyped = true;
        write(former.value);
        const said = isSame(basis, begun) ? words : `${words} It has been changed meanwhile: if you save this, it takes `
            + "the place of that change.";
        fill(note, element("p", { class: "hint typed" }, said, " ",
            element("button", { type: "button", on: { click: beginAnew } }, "Begin anew")));
        announce(said);
    }
    return { note, sent: () => { isOver = true; } };

    function beginAnew() {
        isOver = true;
        context.again();
    }
}
