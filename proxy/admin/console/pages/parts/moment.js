// A moment as the API says it, "2026-11-23 14:05:00 UTC", of an exchange with ".250", in an element that programs can read, and how
// long something has lasted.

import { element } from "../view.js";

const form = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{3})?) UTC$/;

export function moment(text) {
    const parts = form.exec(text ?? "");
    if (!parts) return element("span", null, text || "unknown");
    return element("time", { datetime: `${parts[1]}T${parts[2]}Z`, class: "moment" }, text);
}

/** Milliseconds since 1970, or null. */
export function millisecondsOf(text) {
    const parts = form.exec(text ?? "");
    return parts ? Date.parse(`${parts[1]}T${parts[2]}Z`) : null;
}

/** "3 days 4 hours", "12 minutes", "40 seconds": the two largest units. */
export function durationText(seconds) {
    const units = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
    const said = [];
    let left = Math.max(0, Math.floor(seconds));
    for (const [name, length] of units) {
        const count = Math.floor(left / length);
        left -= count * length;
        if (count > 0) said.push(counted(count, name));
        else if (said.length > 0) break;
        if (said.length === 2) break;
    }
    return said.join(" ") || "0 seconds";
}

/** "1 key", "2 keys". */
export function counted(count, noun, plural = `${noun}s`) {
    return `${count} ${count === 1 ? noun : plural}`;
}
