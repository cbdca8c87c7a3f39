// Asks for the token of the administration address, and leads back to where one was.

import { session } from "../api.js";
import { sentenceOf } from "../parts/load.js";
import { announce } from "../parts/announce.js";
import { element, fill } from "../view.js";

export const page = {
    title: () => "Sign in",

    show(context, body) {
        const problem = element("p", { id: "token-problem", class: "field-problem" });
        const ended = context.route.query.has("ended") && element("p", { id: "session-ended", class: "problem" },
            "Your session has ended. Sign in again, and you are back where you were.");
        const field = element("input", { id: "token", name: "token", type: "password", required: true,
            autocomplete: "current-password", spellcheck: "false",
            "aria-describedby": (ended ? "session-ended " : "") + "token-hint token-problem" });
        const button = element("button", { type: "submit", class: "primary" }, "Sign in");
        fill(body, ended, element("form", { class: "sign-in", novalidate: true, on: { submit } },
            element("label", { for: "token" }, "The token of ", element("code", null, "admin.token")),
            field,
            problem,
            element("p", { id: "token-hint", class: "hint" }, "The configuration names it under ",
                element("code", null, "admin: { token: … }"),
                ". It is sent once; the browser keeps a session cookie, not the token."),
            button));
        field.focus();

        async function submit(event) {
            event.preventDefault();
            if (field.value === "") return refuse("Type or paste the token.");
            button.disabled = true;
            fill(problem);
            try {
                await session.signIn(field.value.trim(), context.signal);
                context.signedIn(context.route.query.get("back"));
            } catch (error) {
                if (!context.signal.aborted) refuse(sentenceOf(error));
            } finally {
                button.disabled = false;
            }
        }

        function refuse(sentence) {
            fill(problem, sentence);
            announce(sentence);
            field.setAttribute("aria-invalid", "true");
            field.focus();
            field.select();
        }
    },
};
