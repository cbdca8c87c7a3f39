// Asks for a name and a password, or for the token of the administration address, and leads back to where
// one was. Over HTTPS it says, too, what becomes of the browser's certificate.

import { session } from "../api.js";
import { emptyState, load, sentenceOf } from "../parts/load.js";
import { announce } from "../parts/announce.js";
import { element, fill, prose } from "../view.js";

// What is asked for, way by way: the first is the one that people have.
const ways = {
    password: {
        title: "With your name",
        fields: [
            { name: "user", label: "User name", type: "text", autocomplete: "username", missing: "Type your user name." },
            { name: "password", label: "Password", type: "password", autocomplete: "current-password",
                missing: "Type your password." },
        ],
        hint: ["The users stand in the file that the configuration names under ",
            element("code", null, "console: { users: … }"), "."],
    },
    token: {
        title: "With the token",
        fields: [{ name: "token", label: ["The token of ", element("code", null, "admin.token")], type: "password",
            autocomplete: "off", missing: "Type or paste the token." }],
        hint: ["The configuration names it under ", element("code", null, "admin: { token: … }"),
            ". It is sent once; the browser keeps a session cookie, not the token."],
    },
};

export const page = {
    title: () => "Sign in",

    show(context, body) {
        return load(body, context, {
            what: "how to sign in",
            fetchIt: () => session.read(context.signal),
            draw: (found) => {
                const back = context.route.query.get("back");
                // Who could not come in by a certificate before, and now can, need do nothing.
                if (found.by_certificate && back) context.signedIn(back);
                if (!found.needs_sign_in) {
                    return emptyState("Nobody needs to sign in here. ", element("a", { href: "#/" }, "Overview"), ".");
                }
                const ended = context.route.query.has("ended") && element("p", { id: "session-ended", class: "problem" },
                    "Your session has ended. Sign in again, and you are back where you were.");
                const asked = found.ways.filter((way) => way in ways);
                const takesCertificates = found.ways.includes("certificate");
                const howToComeByOne = takesCertificates && !found.certificate && noCertificate();
                const forms = asked.map((way) => form(ways[way], context,
                    { isOneOfTwo: asked.length > 1 || howToComeByOne !== false, isEnded: ended !== false }));
                requestAnimationFrame(() => body.querySelector("input")?.focus());
                return [ended, takesCertificates && found.certificate && ofCertificate(found, forms.length > 0),
                    element("div", { class: "ways" }, forms, howToComeByOne)];
            },
        });
    },
};

/** Above the forms: what becomes of the certificate that the browser shows. */
function ofCertificate({ certificate, by_certificate: isUser }, hasForms) {
    const shown = ["This browser shows the certificate of ", element("strong", null, certificate)];
    if (isUser) {
        return element("p", null, shown, ", and you are signed in by it. ", element("a", { href: "#/" }, "Overview"), ".");
    }
    return element("div", { class: "problem" },
        element("p", null, shown, ", and there is no user of that name in ", element("code", null, "console.users"),
            ". Who keeps that file can add the line ", element("code", null, `${certificate}:view:certificate`), ", with ",
            element("code", null, "edit"), " in the place of ", element("code", null, "view"),
            " for who may change something; then load this page anew."),
        element("p", null, "To show another certificate, close the whole browser first: it keeps to the one it has shown.",
            hasForms && " Or sign in below."));
}

/** Beside the forms: how to come by a certificate. */
function noCertificate() {
    return element("div", { class: "sign-in" },
        element("h2", null, "With a certificate"),
        element("p", null, "This browser has shown none. Give it yours, with its key (a PKCS#12 file, ",
            element("code", null, ".p12"), " or ", element("code", null, ".pfx"), "), in its settings. Then close the "
            + "whole browser, open this page anew, and choose the certificate when you are asked for one."),
        element("p", { class: "hint" }, "It has to be issued by an authority of ",
            element("code", null, "admin: { tls: { trust: … } }"), ", and its subject has to be a user's name in ",
            element("code", null, "console.users"), "."));
}

function form({ title, fields, hint }, context, { isOneOfTwo, isEnded }) {
    const problem = element("p", { id: `${fields[0].name}-problem`, class: "field-problem" });
    const hintId = `${fields[0].name}-hint`;
    const inputs = fields.map((one) => element("input", { id: one.name, name: one.name, type: one.type, required: true,
        autocomplete: one.autocomplete, autocapitalize: "none", spellcheck: "false",
        "aria-describedby": `${isEnded ? "session-ended " : ""}${hintId} ${problem.getAttribute("id")}` }));
    const button = element("button", { type: "submit", class: "primary" }, "Sign in");
    const heading = element("h2", { id: `${fields[0].name}-title` }, title);
    return element("form", { class: "sign-in", novalidate: true, on: { submit },
        "aria-labelledby": isOneOfTwo ? heading.getAttribute("id") : null },
    isOneOfTwo && heading,
    fields.map((one, i) => element("div", { class: "field" },
        element("label", { for: one.name }, one.label), inputs[i])),
    problem,
    element("p", { id: hintId, class: "hint" }, hint),
    button);

    async function submit(event) {
        event.preventDefault();
        const empty = inputs.findIndex((input) => input.value === "");
        if (empty >= 0) return refuse(inputs[empty], fields[empty].missing);
        button.disabled = true;
        fill(problem);
        // A token is pasted with its line end; a password may have blanks of its own.
        const given = (input) => (input.name === "password" ? input.value : input.value.trim());
        try {
            await session.signIn(Object.fromEntries(inputs.map((input) => [input.name, given(input)])), context.signal);
            context.signedIn(context.route.query.get("back"));
        } catch (error) {
            if (!context.signal.aborted) refuse(inputs.at(-1), sentenceOf(error));
        } finally {
            button.disabled = false;
        }
    }

    function refuse(input, sentence) {
        fill(problem, prose(sentence));
        announce(sentence);
        for (const one of inputs) one.removeAttribute("aria-invalid");
        input.setAttribute("aria-invalid", "true");
        input.focus();
        input.select();
    }
}
