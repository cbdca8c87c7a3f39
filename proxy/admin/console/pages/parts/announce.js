// Says a sentence to those who hear the page: in a region that screen readers read out when it changes.

import { fill } from "../view.js";

let region = null;
let clearing = null;

export function announceIn(node) {
    region = node;
}

export function announce(text) {
    if (!region) return;
    clearTimeout(clearing);
    fill(region); // the same sentence twice is a change, too
    clearing = setTimeout(() => {
        fill(region, text.replaceAll("`", "")); // of which nothing is to be heard
        clearing = setTimeout(() => fill(region), 10_000);
    }, 50);
}
