// The application: it asks for plain http, by way of the proxy.

import { Agent, request } from "node:http";

import { atEnd } from "./folder.mjs";
import { host as partnersHost } from "./partner.mjs";
import { pause, until } from "./patience.mjs";

/** {status, body}, or {error}. */
export function askThrough(proxy, { host = partnersHost, path = "/orders", agent = undefined } = {}) {
    return new Promise((resolve) => {
        const asked = request({ host: "127.0.0.1", port: proxy.port, path: `http://${host}${path}`, agent,
            headers: { Host: host } }, (answer) => {
            let body = "";
            answer.setEncoding("utf8");
            answer.on("data", (text) => { body += text; });
            answer.on("end", () => resolve({ status: answer.statusCode, body }));
            answer.on("error", (error) => resolve({ error }));
        });
        asked.on("error", (error) => resolve({ error }));
        asked.end();
    });
}

/** Clients that ask one request after the other until they are stopped, or the test ends. */
export class Load {
    answered = 0;
    /** What was no answer of 200. */
    failed = [];
    #stopped = false;
    #agent;
    #clients;

    /** `restMs`: between an answer and the next request. */
    constructor(test, proxy, { clients = 4, restMs = 0 } = {}) {
        atEnd(test, () => this.stop());
        this.#agent = new Agent({ keepAlive: true, maxSockets: clients });
        this.#clients = Array.from({ length: clients }, async () => {
            while (!this.#stopped) {
                const got = await askThrough(proxy, { agent: this.#agent });
                if (got.status === 200) ++this.answered;
                else this.failed.push(got);
                if (got.error) await pause(); // nobody is there: that is no reason to be fast
                if (restMs > 0) await new Promise((resolve) => { setTimeout(resolve, restMs); });
            }
        });
    }

    /** Until so many more were answered than are now. */
    async goOn(more = 50) {
        const enough = this.answered + more;
        await until("requests are answered", () => this.failed.length > 0 || this.answered >= enough);
    }

    async stop() {
        this.#stopped = true;
        await Promise.all(this.#clients);
        this.#agent.destroy();
    }
}
