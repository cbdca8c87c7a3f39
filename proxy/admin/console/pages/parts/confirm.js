// Asks once more before something goes that nothing brings back.

import { element } from "../view.js";

/** A dialog; `confirmed` is called where the answer is `yes`. It is shown with showModal(). */
export function confirmDialog({ title, text, yes, no }, confirmed) {
    const dialog = element("dialog", { "aria-labelledby": "confirm-title" },
        element("h2", { id: "confirm-title" }, title),
        element("p", null, text),
        element("div", { class: "buttons" },
            element("button", { type: "button", class: "primary", on: { click: () => {
                dialog.close();
                confirmed();
            } } }, yes),
            element("button", { type: "button", autofocus: true, on: { click: () => dialog.close() } }, no)));
    return dialog;
}
