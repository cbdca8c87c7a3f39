// Work that takes its time: it may, it is cancelled, and of what was not waited for it is said what may have become of it.

import assert from "node:assert/strict";
import { appendFile, readFile } from "node:fs/promises";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { Countersign } from "./support/countersign.mjs";
import { Partner } from "./support/partner.mjs";
import { until } from "./support/patience.mjs";
import { Typist } from "./support/typist.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);
const partner = Partner.make(test, { serves: false });

async function signedIn(t, configuration = {}) {
    const visitor = await visit(t, await browser, await Countersign.start(t, configuration));
    await visitor.signIn();
    return visitor;
}

/** At the form for a new record, with a PEM file of 1.4 MB, as it is sent, by a line of so many bytes a second. */
async function withLargeFile(t, name, bytesPerSecond) {
    const one = await partner;
    const file = await one.pemOf(await one.issueClient(name));
    await appendFile(file, `${"# ".padEnd(75, "-")}\n`.repeat(14_000));
    const visitor = await signedIn(t);
    await visitor.open("#/new-certificate");
    await visitor.fill("Name", "acme");
    await visitor.upload("File", file);
    await visitor.page.emulateNetworkConditions({ upload: bytesPerSecond, download: -1, latency: 0 });
    return visitor;
}

/** Long waits of the page's end so many times sooner from now on. */
async function hasten(visitor, factor) {
    await visitor.page.evaluate((times) => {
        const atRealPace = window.setTimeout;
        window.setTimeout = (then, ms) => atRealPace(then, ms < 15_000 ? ms : ms / times);
    }, factor);
}

/** The proxy's answer to the next such call does not arrive; `isCarriedOut`: a promise. */
async function holdAnswer(visitor, call) {
    const tools = await visitor.page.createCDPSession();
    const isCarriedOut = new Promise((resolve) => { tools.once("Fetch.requestPaused", resolve); });
    await tools.send("Fetch.enable", { patterns: [{ urlPattern: `*/api/v1/${call}`, requestStage: "Response" }] });
    return { isCarriedOut, letGo: () => tools.detach() };
}

test("an upload may take longer than what is only looked at", async (t) => {
    const visitor = await withLargeFile(t, "patient", 400_000);
    await hasten(visitor, 10); // 20 s are 2 s, and the file takes more than 3
    await visitor.press("Look at it");
    await visitor.reads("CN=patient");
    await visitor.page.emulateNetworkConditions(null);
    await visitor.press("Keep it");
    await visitor.arrives("acme");
});

test("what changes nothing is cancelled by the keyboard, and can be done again", async (t) => {
    const visitor = await withLargeFile(t, "hasty", 20_000);
    const typist = new Typist(visitor);
    await typist.goTo("button Look at it");
    await typist.press();
    await until("it can be cancelled", async () => (await visitor.buttons()).includes("Cancel"));
    await typist.goTo("button Cancel");
    await checkAccessible(visitor, "new-record-looking");
    await typist.press();
    await visitor.reads("Cancelled.");
    assert.ok(!(await visitor.text()).includes("may have come into force"), "there was nothing to come into force");
    await typist.isAt("button Look at it");
    await checkAccessible(visitor, "new-record-cancelled");
    await visitor.page.emulateNetworkConditions(null);
    await typist.press();
    await visitor.reads("CN=hasty");
});

test("of a change that is cancelled it is said that it may be in force, and where to look", async (t) => {
    const one = await partner;
    const visitor = await signedIn(t);
    await visitor.open("#/new-certificate");
    await visitor.fill("Name", "acme");
    await visitor.upload("File", await one.pemOf(await one.issueClient("cancelled")));
    await visitor.press("Look at it");
    await visitor.reads("CN=cancelled");
    const { isCarriedOut, letGo } = await holdAnswer(visitor, "certificates");
    await visitor.press("Keep it");
    await isCarriedOut;
    await visitor.press("Cancel");
    await visitor.reads("The change may have come into force all the same, or may do so yet.");
    await checkAccessible(visitor, "new-record-change-cancelled");
    await letGo();
    await visitor.follow("the certificate records");
    await visitor.arrives("Certificates");
    await visitor.reads("acme");
    assert.equal((await visitor.proxy.ask("certificates/acme")).status, 200);
});

test("a change that is not answered is given up late, and looked at again", async (t) => {
    const one = await partner;
    const visitor = await signedIn(t);
    const pem = await readFile(one.rootFile, "utf8");
    assert.equal((await visitor.proxy.ask("certificates", { method: "POST", body: { name: "acme", pem } })).status, 201);
    await visitor.open("#/certificates/acme");
    const { isCarriedOut, letGo } = await holdAnswer(visitor, "certificates/acme");
    await hasten(visitor, 100);
    await visitor.press("Deactivate");
    await isCarriedOut;
    await visitor.reads("has not answered for 4 minutes");
    await visitor.reads("The change may have come into force all the same, or may do so yet.");
    assert.ok(!(await visitor.text()).includes("Is it running?"));
    await checkAccessible(visitor, "record-change-unanswered");
    await letGo();
    await visitor.press("Look again");
    await visitor.reads("Activate it to see them.");
});
