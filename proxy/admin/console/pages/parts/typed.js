// What was typed into a form is there again for who leaves the form and comes back, by way of the sign-in, too. It is
// in the memory of this page alone. Passwords, files and pasted keys are not kept.

import { element, fill } from "../view.js";
import { announce } from "./announce.js";

const kept = new Map(); // address of the page → { value, state }

/** Where another user signs in, or nobody any more. */
export function forgetTyped() {
    kept.clear();
}

/** `read` and `write` of keepTyped, of controls by their values. */
export const valuesOf = (controls) => ({
    read: () => controls.map((control) => control.value),
    write: (values) => controls.forEach((control, at) => { control.value = values[at]; }),
});

/**
 * Puts back what was typed when the page of this address was left before, and keeps it when it is left again. `read`
 * gives what is typed, as JSON can have it; `write` puts that back. `state`: the version of what is changed. Gives
 * { note, sent }: a node to show above the form, and what to call once it has been sent.
 */
export function keepTyped(context, { read, write, state = null }) {
    const address = location.hash;
    const begun = read();
    const note = element("div");
    let isSent = false;
    context.signal.addEventListener("abort", () => {
        const value = read();
        const isTyped = JSON.stringify(value) !== JSON.stringify(begun);
        if (isTyped && !isSent) kept.set(address, { value, state });
        else kept.delete(address);
    });
    const former = kept.get(address);
    if (former) {
        write(former.value);
        say(former.state === state ? "What you had typed is here again." : "What you had typed is here again, and it has "
            + "been changed meanwhile: if you save this, it takes the place of that change.");
    }
    return { note, sent: () => { isSent = true; } };

    function beginAnew() {
        write(begun);
        fill(note);
        announce("The form is as it was at the beginning.");
    }

    function say(sentence) {
        fill(note, element("p", { class: "hint typed" }, sentence, " ",
            element("button", { type: "button", on: { click: beginAnew } }, "Begin anew")));
        announce(sentence);
    }
}
