// What lint says, each with what to do about it.

import { element, prose } from "../view.js";
import { badge } from "./days_left.js";
import { counted } from "./moment.js";

export function findingList(lint) {
    if (lint.length === 0) return element("p", null, "Nothing found.");
    return [
        element("p", { class: "hint" }, `${counted(lint.length, "finding")}, with what to do about each.`),
        element("ul", { class: "findings" }, lint.map((one) => element("li", { class: one.severity },
            element("p", null, badge(one.severity === "error" ? "bad" : "warning", one.severity), " ",
                element("code", null, one.code), " ", element("span", { class: "quiet-text" }, one.where)),
            element("p", null, prose(one.what)),
            one.remedy && element("p", null, element("strong", null, "Remedy: "), prose(one.remedy))))),
    ];
}
