// The real program, with a configuration of the test's.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { asks } from "./asking.mjs";
import { atEnd, temporaryFolder } from "./folder.mjs";
import { until } from "./patience.mjs";

const program = process.env.COUNTERSIGN_UNDER_TEST ?? process.env.COUNTERSIGN_BINARY;
export const token = "0123456789abcdef0123";

export class Countersign {
    folder;
    port = 0; // of the listener
    #process = null;
    #log = "";
    #https = null;

    /**
     * Starts one and waits until it is ready. `configuration`: an object as the YAML file has it; the
     * listener, the admin address and the console are added where it says nothing of them. `folder`
     * holds what it names by relative paths; `console/` in it is the console's. `isReady`: false where
     * what it is configured with does not let it. `https`: {host, rootFile} where the configuration has admin.tls:
     * the name by which browsers ask, and who vouches for it.
     */
    static async start(test, configuration = {}, { folder = null, isReady = true, https = null } = {}) {
        const one = new Countersign();
        one.#https = https && { host: https.host, authority: await readFile(https.rootFile) };
        one.folder = folder ?? await temporaryFolder(test);
        await mkdir(one.consoleFolder, { recursive: true, mode: 0o700 });
        await one.writeToken(token);
        await one.write(configuration);
        atEnd(test, () => one.#end());
        await one.#run(isReady);
        return one;
    }

    get consoleFolder() { return join(this.folder, "console"); }
    get log() { return this.#log; }
    /** "http://127.0.0.1:9901" */
    get origin() {
        return this.#https ? `https://${this.#https.host}:${this.#adminPort()}` : `http://127.0.0.1:${this.#adminPort()}`;
    }
    get adminPort() { return this.#adminPort(); }
    /** What there is of changes in audit.log, each an object. */
    async audit() {
        return (await readFile(join(this.consoleFolder, "audit.log"), "utf8")).trim().split("\n").map(JSON.parse);
    }

    async writeToken(text) {
        await writeFile(join(this.folder, "admin.token"), text + "\n", { mode: 0o600 });
    }

    async write(configuration) {
        const whole = {
            workers: 2,
            listeners: [{ name: "apps", address: "127.0.0.1:0" }],
            admin: { address: "127.0.0.1:0", token: { file: "admin.token" } },
            console: { enabled: true, directory: "console" },
            ...configuration,
        };
        // JSON is YAML.
        await writeFile(join(this.folder, "countersign.yaml"), JSON.stringify(whole, null, 2) + "\n");
    }

    /** Reads everything anew, as after SIGHUP; fails where that is refused. */
    async reload(configuration = null) {
        if (configuration) await this.write(configuration);
        const answer = await this.#get("/reload", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
        if (answer.status !== 200) throw new Error(`not reloaded: ${answer.text}`);
    }

    /** SIGHUP, for who has another token than the one that is in force; gives what the log says then. */
    async reloadBySignal() {
        const before = this.#log.length;
        this.#process.kill("SIGHUP");
        return until("the log tells of the reload", () => {
            const said = this.#log.slice(before);
            return /reloaded.*\n/.test(said) && said;
        });
    }

    /** The API's answer to who has the token: {status, body}. */
    async ask(call, { method = "GET", body = undefined, version = undefined } = {}) {
        const { status, text } = await this.#get(`/api/v1/${call}`, {
            method,
            headers: {
                Authorization: `Bearer ${token}`, "Content-Type": "application/json",
                ...(version ? { "If-Match": `"${version}"` } : {}),
            },
            body: body && JSON.stringify(body),
        });
        return { status, body: text === "" ? null : JSON.parse(text) };
    }

    async stop() {
        await this.#end();
    }

    async #run(isReady) {
        // It is ended with the test, however that ends.
        this.#process = spawn("setpriv", ["--pdeathsig", "KILL", program, "run", "-c", "countersign.yaml"],
            { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
        for (const stream of [this.#process.stdout, this.#process.stderr]) {
            stream.setEncoding("utf8").on("data", (text) => { this.#log += text; });
        }
        await until("the proxy is ready", async () => {
            if (this.#process.exitCode !== null) throw new Error(`countersign ended:\n${this.#log}`);
            this.port = Number(/ listening on \S+:(\d+) .*\n/.exec(this.#log)?.[1]);
            if (!this.port || !this.#adminPort()) return false;
            return (await this.#get("/readyz")).status === 200 || !isReady;
        });
    }

    #get(path, what = {}) {
        const scheme = this.#https ? "https" : "http";
        return asks(`${scheme}://127.0.0.1:${this.#adminPort()}${path}`, { ...what, authority: this.#https?.authority });
    }

    #adminPort() {
        return Number(/ admin at \S+:(\d+)\n/.exec(this.#log)?.[1] ?? 0);
    }

    async #end() {
        if (this.#process?.exitCode !== null || this.#process.signalCode !== null) return;
        const ended = once(this.#process, "exit");
        this.#process.kill("SIGTERM");
        this.#process.kill("SIGTERM"); // at once
        await ended;
    }
}
