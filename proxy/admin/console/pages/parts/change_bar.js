// What can be done with a record that the console has written: replaced, switched off and on, deleted.

import { ask } from "../api.js";
import { addressOf } from "../router.js";
import { element, fill } from "../view.js";
import { absentRecord } from "./absent.js";
import { announce } from "./announce.js";
import { confirmDialog } from "./confirm.js";
import { during } from "./form.js";

export function changeBar(record, context) {
    const outcome = element("div", { class: "outcome" });
    const call = "certificates/" + encodeURIComponent(record.name);
    const again = () => dispatchEvent(new Event("hashchange")); // the page anew
    const changed = { title: record.name, path: ["certificates", record.name] };
    const dialog = confirmDialog({
        title: `Delete ${record.name}?`,
        text: "The record goes, with the key store and the password that the console has written for it. Nothing "
            + "brings them back, unless you have a copy.",
        yes: "Delete", no: "Keep it",
    }, () => change("Deleting …", { method: "DELETE" }, () => {
        announce(`${record.name} is deleted.`);
        location.hash = addressOf(["certificates"]);
    }));
    const buttons = [
        element("button", { type: "button", on: { click: () => {
            location.hash = addressOf(["replace-certificate", record.name]);
        } } }, "Replace …"),
        record.kind !== "trust" && element("button", { type: "button", on: { click: () => {
            location.hash = addressOf(["certificate-request", record.name]);
        } } }, "Request and reply …"),
        element("button", { type: "button", on: { click: () => change(
            record.active ? "Deactivating …" : "Activating …",
            { method: "PATCH", body: { active: !record.active } },
            () => {
                announce(`${record.name} is ${record.active ? "not active any more" : "active"}.`);
                again();
            }) } }, record.active ? "Deactivate" : "Activate"),
        element("button", { type: "button", on: { click: () => dialog.showModal() } }, "Delete …"),
    ].filter(Boolean);

    async function change(words, how, then) {
        const done = await during(words, { context, buttons, region: outcome, changed, again,
            absent: () => absentRecord(record.name) }, (asking) =>
            ask(call, { ...how, version: record.version, ...asking }));
        if (!done) return;
        fill(outcome);
        then();
    }

    return element("div", null, element("div", { class: "buttons" }, buttons), outcome, dialog);
}
