// A probe that runs: each step as it happens, a button that gives it up, and what came of it.

import { askForEvents } from "../api.js";
import { addressOf } from "../router.js";
import { element, fill, prose } from "../view.js";
import { announce } from "./announce.js";
import { badge } from "./days_left.js";
import { problemBox, sentenceOf } from "./load.js";

/**
 * Begins one, and shows it in `region`; gives what ends it. `question`: as the API has it. `draw`: what else is shown
 * of what was found. `onRefusal` is given a sentence where the question itself is wrong.
 */
export function runProbe(context, question, region, { moveFocus = true, onRefusal = null, draw = () => null } = {}) {
    const running = new AbortController();
    context.signal.addEventListener("abort", () => running.abort());
    run(context, running, question, region, { moveFocus, onRefusal, draw });
    return running;
}

async function run(context, running, question, region, { moveFocus, onRefusal, draw }) {
    const account = element("dl", { class: "facts account" });
    const cancel = element("button", { type: "button", on: { click: () => running.abort() } }, "Cancel");
    const heading = element("h2", { tabindex: "-1" }, `Probing ${question.url} …`);
    const outcome = element("div", null, element("p", { class: "loading" },
        element("progress", { "aria-label": "Probing" }), "It goes on.", cancel));
    fill(region, heading, account, outcome);
    if (moveFocus) heading.focus();
    try {
        const refused = await askForEvents("probes", { body: question, signal: running.signal }, (name, data) => {
            if (name === "step") addStep(account, data);
            else if (name === "probed") tell(heading, outcome, data, draw);
            else if (name === "fault") tellRefusal(heading, outcome, { text: data.text });
            else if (name === "refused") tellEnd(heading, outcome, data.text);
        });
        if (refused) tellRefusal(heading, outcome, refused.verdict);
        else if (outcome.contains(cancel)) fill(outcome, problemBox({ title: "No result", detail: "The proxy could not "
            + "finish the probe. Its log says why." }));
    } catch (error) {
        if (context.signal.aborted) return;
        if (running.signal.aborted) {
            fill(heading, "Cancelled");
            fill(outcome, element("p", null, "The probe was given up."));
            return announce("The probe is cancelled.");
        }
        if (error.status === 401) return context.signIn();
        fill(region);
        if (error.status === 400 && onRefusal) return onRefusal(sentenceOf(error));
        fill(region, problemBox(error));
        announce(sentenceOf(error));
    }
}

/** A step without a name goes on with the one before. */
function addStep(account, { name, text }) {
    const last = account.lastElementChild;
    if (name === "" && last) return last.append(element("br"), ...[prose(text)].flat());
    account.append(element("dt", null, name), element("dd", null, prose(text)));
}

const remedyOf = (words) => words && element("p", null, element("strong", null, "Remedy: "), prose(words));

function tellRefusal(heading, outcome, { text, remedy }) {
    fill(heading, badge("bad", "refused"), " No request gets there");
    fill(outcome, element("p", { class: "problem" }, prose(text)), remedyOf(remedy));
    announce(text);
}

/** Who began it may not go on with it. */
function tellEnd(heading, outcome, text) {
    fill(heading, badge("bad", "ended"), " The probe was given up");
    fill(outcome, element("p", { class: "problem" }, prose(text)));
    announce(text);
}

function tell(heading, outcome, found, draw) {
    const { verdict } = found;
    fill(heading, verdict.ok ? badge("good", "good") : badge("bad", "failed"), ` ${found.host}:${found.port}`);
    announce(verdict.text);
    fill(outcome, element("p", { class: verdict.ok ? "" : "problem" }, prose(verdict.text)), remedyOf(verdict.remedy),
        found.profile && element("p", null, "Profile ",
            element("a", { href: addressOf(["profiles", found.profile]) }, found.profile), "."),
        draw(found));
}
