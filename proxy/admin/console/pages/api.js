// Asks the proxy. Whatever goes wrong is a Problem whose detail can be shown as it is; a status of 401
// means that somebody has to sign in, and 0 that no answer came.

const patienceMs = 20_000;
// Of what uploads or changes something: the proxy allows 60 s for the upload, 60 s for the reload, 60 s for another one
// that puts back what was refused, and 30 s for the answer.
const longPatienceMs = 240_000;
export const noAnswer = "The proxy does not answer. Is it running?";
const noAnswerYet = `The proxy was asked, and has not answered for ${longPatienceMs / 60_000} minutes. This page waits no `
    + "longer. The line to the proxy may be slow, or the proxy busy.";

export class Problem extends Error {
    /** `field`: of what was sent, to which it belongs; null: that is not known. */
    constructor(status, title, detail, field = null) {
        super(detail);
        Object.assign(this, { status, title, detail, field });
    }
}

// What a change shows beside the cookie. It is told once, to who signs in, and kept where only pages of
// this origin, port and all, can read it; the cookie is shown to other servers of this host, too.
const proofKey = "countersign-proof";
export const hasProof = () => localStorage.getItem(proofKey) !== null;

/** The address of a call, whatever folder the console is served under. */
export function callAddress(call) {
    return new URL("../api/v1/" + call, document.baseURI).href;
}

/**
 * The JSON of an answer, or null where it has none. `signal` gives the call up: the promise is
 * rejected with an AbortError then, which is nobody's problem. `isLong`: it uploads or changes something.
 */
export async function ask(call, { method = "GET", body = undefined, version = undefined, signal = undefined,
    isLong = false } = {}) {
    const limit = new AbortController();
    const giveUp = () => limit.abort();
    signal?.addEventListener("abort", giveUp);
    const timer = setTimeout(giveUp, isLong ? longPatienceMs : patienceMs);
    try {
        const response = await fetch(callAddress(call), {
            method,
            signal: limit.signal,
            headers: headersOf(method, body, version),
            body: body === undefined ? undefined : JSON.stringify(body),
            credentials: "same-origin",
            cache: "no-store",
        });
        const text = await response.text();
        if (!response.ok) throw problemOf(response, text);
        return text === "" ? null : JSON.parse(text);
    } catch (error) {
        if (signal?.aborted) throw new DOMException("given up", "AbortError");
        if (error instanceof Problem) throw error;
        if (error instanceof SyntaxError) {
            throw new Problem(0, "No JSON", "What answers at this address is not the proxy: it sent no JSON.");
        }
        if (isLong && limit.signal.aborted) throw new Problem(0, "No answer yet", noAnswerYet);
        throw new Problem(0, "No answer", noAnswer);
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
    }
}

/**
 * Asks for something that takes its time, and gives each event that comes meanwhile to `onEvent`(name, data). Where it
 * comes to no event the promise is of the answer's JSON; else of null, once all have come.
 */
export async function askForEvents(call, { body, signal }, onEvent) {
    let response;
    try {
        response = await fetch(callAddress(call), { method: "POST", signal, headers: headersOf("POST", body),
            body: JSON.stringify(body), credentials: "same-origin", cache: "no-store" });
        if (!response.ok) throw problemOf(response, await response.text());
        if (!response.headers.get("Content-Type").startsWith("text/event-stream")) return await response.json();
        await readEvents(response.body.pipeThrough(new TextDecoderStream()), onEvent);
        return null;
    } catch (error) {
        if (signal.aborted) throw new DOMException("given up", "AbortError");
        if (error instanceof Problem || response?.ok === true && !(error instanceof TypeError)) throw error;
        throw new Problem(0, "No answer", noAnswer);
    }
}

async function readEvents(stream, onEvent) {
    let text = "";
    for (let reader = stream.getReader(); ;) {
        const { value, done } = await reader.read();
        if (done) return;
        text += value;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
            const event = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end));
            text = text.slice(end + 2);
            if (event) onEvent(event[1], JSON.parse(event[2]));
        }
    }
}

function headersOf(method, body, version) {
    const headers = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (version !== undefined) headers["If-Match"] = `"${version}"`;
    if (hasProof()) headers["Countersign-Session"] = localStorage.getItem(proofKey);
    return headers;
}

function problemOf(response, text) {
    const title = response.statusText || `Status ${response.status}`;
    const fallback = `The proxy answered ${response.status} ${response.statusText}`.trim() + ".";
    try {
        const said = JSON.parse(text);
        return new Problem(response.status, said.title ?? title, said.detail ?? said.title ?? fallback,
            said.field);
    } catch {
        return new Problem(response.status, title, fallback);
    }
}

async function withProof(asked) {
    const found = await asked;
    if (found.proof) localStorage.setItem(proofKey, found.proof);
    if (!found.signed_in) localStorage.removeItem(proofKey);
    return found;
}

export const session = {
    read: (signal) => withProof(ask("session", { signal })),
    /** `shown`: { user, password } or { token }. */
    signIn: (shown, signal) => withProof(ask("session", { method: "POST", body: shown, signal })),
    signOut: () => ask("session", { method: "DELETE" }),
};

/**
 * What lint says is found out when it is first asked for, which takes its time: asks again for a few
 * seconds while `isKnown` says that something is missing, and gives what there is then.
 */
export async function askUntil(isKnown, path, options = {}) {
    for (let tries = 0; ; ++tries) {
        const found = await ask(path, options);
        if (isKnown(found) || tries === 10 || options.signal?.aborted) return found;
        await new Promise((resolve) => { setTimeout(resolve, 300); });
    }
}
