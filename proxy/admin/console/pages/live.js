// The event stream of the proxy, for all pages at once: one connection, which is opened again when it has
// ended, and what is known from it.

import { callAddress, session } from "./api.js";
import { Rates } from "./rates.js";

const silenceMs = 5_000; // an event comes each second
const againMs = 3_000;

/** `onSignIn` is called where the proxy wants to know who asks. */
export class Live {
    latest = null; // the last event, or null
    lost = false; // it was there, or should be, and is not
    rates = new Rates();
    #wanted = false;
    #source = null;
    #silence = null;
    #again = null;
    #listeners = new Set();
    #exchanges = null; // {listener, after} where a page wants to hear of them
    #onSignIn;

    constructor(onSignIn) {
        this.#onSignIn = onSignIn;
    }

    start() {
        if (this.#source) return;
        this.#wanted = true;
        clearTimeout(this.#again);
        const wanted = this.#exchanges;
        const source = new EventSource(callAddress(wanted ? `events?exchanges&after=${wanted.after}` : "events"));
        this.#source = source;
        this.#expect();
        source.addEventListener("live", (message) => this.#take(message));
        source.addEventListener("exchanges", (message) => this.#tellExchanges(message));
        source.addEventListener("error", () => {
            if (source.readyState === EventSource.CLOSED) this.#ended();
        });
    }

    stop() {
        this.#wanted = false;
        this.#close();
    }

    /** Now, and not when the browser would try again. */
    restart() {
        this.#close();
        this.start();
    }

    #close() {
        this.#source?.close();
        this.#source = null;
        clearTimeout(this.#silence);
        clearTimeout(this.#again);
    }

    /** Calls the function after each event and each loss, until the signal says that it is not wanted. */
    subscribe(listener, signal) {
        this.#listeners.add(listener);
        signal?.addEventListener("abort", () => this.#listeners.delete(listener));
    }

    /** Calls the function with each News of exchanges whose numbers are above `after`, until the signal. */
    followExchanges(listener, after, signal) {
        const wanted = { listener, after };
        this.#exchanges = wanted;
        if (this.#wanted) this.restart();
        signal.addEventListener("abort", () => {
            if (this.#exchanges !== wanted) return;
            this.#exchanges = null;
            if (this.#wanted) this.restart();
        });
    }

    #tellExchanges(message) {
        const news = parsed(message);
        if (!news || !this.#exchanges) return;
        this.#exchanges.after = news.newest;
        this.#exchanges.listener(news);
    }

    #take(message) {
        const event = parsed(message);
        if (!event) return;
        this.latest = event;
        this.lost = false;
        this.rates.add(event, performance.now() / 1000);
        this.#expect();
        this.#tell();
    }

    #expect() {
        clearTimeout(this.#silence);
        this.#silence = setTimeout(() => this.#lose(), silenceMs);
    }

    #lose() {
        if (this.lost) return;
        this.lost = true;
        this.#tell();
    }

    // The browser does not open it again by itself where the answer was no stream: a 401, or a 503.
    async #ended() {
        this.#close();
        try {
            const { signed_in: signedIn, needs_sign_in: needsSignIn } = await session.read();
            if (needsSignIn && !signedIn) return this.#onSignIn();
        } catch {
            this.#lose();
        }
        if (this.#wanted && !this.#source) this.#again = setTimeout(() => this.start(), againMs);
    }

    #tell() {
        for (const listener of [...this.#listeners]) listener(this);
    }
}

function parsed(message) {
    try {
        return JSON.parse(message.data);
    } catch {
        return null; // the next one comes in a second
    }
}
