// Somebody in front of the console, with a window and cookies of his own: what he does, and what he is shown. At the
// end his window must have had no fault: no error of a script, nothing that the Content-Security-Policy refused, no
// request to elsewhere, no refusal that the test did not name.

import assert from "node:assert/strict";

import { token } from "./countersign.mjs";
import { atEnd } from "./folder.mjs";
import { until, patienceMs } from "./patience.mjs";

export const desk = { width: 1280, height: 900 };

/**
 * `refusals`: statuses of 400 and above that the proxy is to answer him with; `losesProxy`: it is to end
 * before him.
 */
export async function visit(test, browser, proxy, { refusals = [], losesProxy = false } = {}) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    const visitor = new Visitor(page, proxy, { refusals, losesProxy });
    await page.setViewport(desk);
    page.setDefaultTimeout(patienceMs);
    atEnd(test, async () => {
        await context.close();
        assert.deepEqual(visitor.faults, [], "the window had faults");
    });
    return visitor;
}

export class Visitor {
    faults = [];
    page;
    proxy;

    constructor(page, proxy, { refusals, losesProxy }) {
        this.page = page;
        this.proxy = proxy;
        const { origin } = proxy;
        page.on("pageerror", (error) => this.faults.push(`script: ${error.message}`));
        page.on("dialog", (dialog) => this.faults.push(`the browser's own dialog: ${dialog.message()}`));
        page.on("request", (request) => {
            const url = request.url();
            if (url !== "about:blank" && new URL(url).origin !== origin) this.faults.push(`a request to elsewhere: ${url}`);
        });
        page.on("response", (response) => {
            const status = response.status();
            if (status >= 400 && !refusals.includes(status)) this.faults.push(`${status} of ${response.url()}`);
        });
        page.on("console", (message) => {
            // Statuses are judged above.
            const text = message.text();
            const isStatus = text.startsWith("Failed to load resource: the server responded with");
            const isLoss = losesProxy && text.startsWith("Failed to load resource: net::ERR_");
            if (["error", "warn"].includes(message.type()) && !isStatus && !isLoss) this.faults.push(`console: ${text}`);
        });
    }

    /** "#/certificates": its page, once it is shown as a whole. */
    async open(address = "#/") {
        await this.#mark();
        const url = `${this.proxy.origin}/console/${address}`;
        if (this.page.url() === url) await this.page.reload(); // else it would not be left
        else await this.page.goto(url);
        await this.#turned();
        await this.settled();
    }

    async signIn(shown = token) {
        await this.open("#/sign-in");
        await this.enterToken(shown);
        await this.settled();
    }

    /** On the page that asks for it: types it, and waits for the answer. */
    async enterToken(shown) {
        await this.fill("The token of admin.token", shown);
        await this.press("Sign in");
        await until("the sign-in is answered", () => this.page.evaluate(() =>
            document.querySelector("main h1")?.textContent !== "Sign in"
            || document.querySelector("#token-problem")?.textContent !== ""));
    }

    /** Nothing is under way. */
    async settled() {
        await until("the page is loaded", () => this.page.evaluate(() =>
            document.querySelector("main h1") !== null
            && document.querySelector("main [aria-busy=true], main progress") === null));
    }

    async heading() { return this.page.$eval("main h1", (node) => node.textContent); }
    async address() { return this.page.evaluate(() => location.hash); }
    /** What stands on the page, as it is seen. */
    async text() { return this.page.$eval("main", (node) => node.innerText); }

    /** Once the page says this: a text, or a regular expression. */
    async reads(what) {
        const fits = (text) => (typeof what === "string" ? text.includes(what) : what.test(text));
        let text = "";
        try {
            await until("", async () => fits(text = await this.text()));
        } catch {
            assert.fail(`${await this.address()} does not say ${what}; it says:\n${text}`);
        }
        await this.settled();
    }

    /** Once the page of this heading is shown. */
    async arrives(heading) {
        let last = "";
        try {
            await until("", async () => (last = await this.heading()) === heading);
        } catch {
            assert.fail(`'${heading}' is not shown; '${last}' is:\n${await this.text()}`);
        }
        await this.settled();
    }

    /** The control of a label. */
    async field(label) {
        const handle = await this.page.waitForFunction((wanted) => [...document.querySelectorAll("main label")]
            .find((one) => one.textContent.trim() === wanted)?.control, {}, label);
        return handle.asElement();
    }

    /** Puts a text in the place of what a field has; it comes as pasted. */
    async fill(label, text) {
        const field = await this.field(label);
        await field.evaluate((node) => {
            node.focus();
            node.select();
        });
        if (text === "") await this.page.keyboard.press("Delete");
        else await this.page.keyboard.sendCharacter(text);
    }

    async choose(label, value) { await (await this.field(label)).select(value); }
    async upload(label, ...files) { await (await this.field(label)).uploadFile(...files); }
    async tick(label) { await (await this.field(label)).click(); }

    /** Enter in a field sends its form. */
    async sendFrom(label) { await (await this.field(label)).press("Enter"); }

    /** A button that can be pressed, or else a link. Its name is the accessible one. */
    async press(name) {
        const button = this.page.locator(`::-p-aria([name="${name}"][role="button"])`);
        await button.click();
    }

    async follow(name) {
        await this.page.locator(`::-p-aria([name="${name}"][role="link"])`).click();
    }

    /** Whether there is such a button: [name, …] of those that can be seen in main. */
    async buttons() {
        return this.page.$$eval("main button, main a.button", (all) =>
            all.filter((one) => one.checkVisibility()).map((one) => one.textContent));
    }

    /** What has the focus: "button Look at it", "h1 acme", "input name". */
    async focused() {
        return this.page.evaluate(() => {
            const node = document.activeElement;
            const name = node.labels?.[0]?.textContent ?? node.textContent.trim().slice(0, 60);
            return `${node.localName} ${name}`;
        });
    }

    /** Whether it can be seen what has the focus: it stands in the window, with an outline. */
    async showsFocus() {
        return this.page.evaluate(() => {
            const node = document.activeElement;
            const { top, bottom, left, right } = node.getBoundingClientRect();
            const { outlineStyle, outlineWidth } = getComputedStyle(node);
            return node.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
                && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
        });
    }

    // The page makes a new heading for each address, and does so a moment after the address has changed.
    async #mark() {
        await this.page.evaluate(() => document.querySelector("main h1")?.setAttribute("data-left", ""));
    }
    async #turned() {
        await until("the page is another", () => this.page.evaluate(() =>
            document.querySelector("main h1:not([data-left])") !== null));
    }
}
