// What can be done with a record that the console has written: replaced, switched off and on, deleted.

import { ask } from "../api.js";
import { addressOf } from "../router.js";
import { element, fill } from "../view.js";
import { announce } from "./announce.js";
import { problemBox, sentenceOf } from "./load.js";

export function changeBar(record, context) {
    const outcome = element("div", { class: "outcome" });
    const call = "certificates/" + encodeURIComponent(record.name);
    const again = () => dispatchEvent(new Event("hashchange")); // the page anew
    const dialog = deleteDialog(record, () => change("Deleting …", { method: "DELETE" }, () => {
        announce(`${record.name} is deleted.`);
        location.hash = addressOf(["certificates"]);
    }));
    const buttons = [
        element("button", { type: "button", on: { click: () => {
            location.hash = addressOf(["replace-certificate", record.name]);
        } } }, "Replace …"),
        element("button", { type: "button", on: { click: () => change(
            record.active ? "Deactivating …" : "Activating …",
            { method: "PATCH", body: { active: !record.active } },
            () => {
                announce(`${record.name} is ${record.active ? "not active any more" : "active"}.`);
                again();
            }) } }, record.active ? "Deactivate" : "Activate"),
        element("button", { type: "button", on: { click: () => dialog.showModal() } }, "Delete …"),
    ];

    async function change(words, how, then) {
        const pressed = document.activeElement;
        buttons.forEach((button) => { button.disabled = true; });
        fill(outcome, element("p", { class: "loading" }, element("progress", { "aria-label": words }), words));
        try {
            await ask(call, { ...how, version: record.version, signal: context.signal });
            fill(outcome);
            then();
        } catch (error) {
            if (context.signal.aborted) return;
            if (error.status === 401) return context.signIn();
            fill(outcome, problemBox(error, error.status === 412 ? again : null, "Look again"));
            announce(sentenceOf(error));
        } finally {
            buttons.forEach((button) => { button.disabled = false; });
            if (document.activeElement === document.body) pressed.focus();
        }
    }

    return element("div", null, element("div", { class: "buttons" }, buttons), outcome, dialog);
}

function deleteDialog(record, confirmed) {
    const dialog = element("dialog", { "aria-labelledby": "delete-title" },
        element("h2", { id: "delete-title" }, `Delete ${record.name}?`),
        element("p", null, "The record goes, with the key store and the password that the console has written for it. ",
            "Nothing brings them back, unless you have a copy."),
        element("div", { class: "buttons" },
            element("button", { type: "button", class: "primary", on: { click: () => {
                dialog.close();
                confirmed();
            } } }, "Delete"),
            element("button", { type: "button", autofocus: true, on: { click: () => dialog.close() } }, "Keep it")));
    return dialog;
}
