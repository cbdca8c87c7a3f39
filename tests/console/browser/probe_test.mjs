// A connection that is tried from the page: step by step, with its verdict; and from what the server has shown to a
// record that trusts it.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { askThrough } from "./support/client.mjs";
import { Countersign } from "./support/countersign.mjs";
import { atEnd } from "./support/folder.mjs";
import { host, Partner } from "./support/partner.mjs";
import { until } from "./support/patience.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);

test("a server that nobody trusts yet is trusted once its fingerprint was compared", async (t) => {
    const partner = await Partner.make(t);
    await partner.issueClient("acme");
    const proxy = await Countersign.start(t, {
        certificates: [{ name: "acme", type: "pem_key_store", file: await partner.pemOf("acme") }],
    });
    const profile = { ...partner.profile("acme", ["system"]) };
    assert.equal((await proxy.ask("profiles", { method: "POST", body: { profile } })).status, 201);
    const visitor = await visit(t, await browser, proxy);
    await visitor.signIn();
    await visitor.open(`#/explain?url=http%3A%2F%2F${host}%2Forders`);
    await visitor.follow("Probe it");
    await visitor.arrives("Probe");
    await visitor.press("Probe");
    await visitor.reads("failed " + host);
    await visitor.reads("Remedy:");
    await visitor.reads("CN=Partner Issuing CA");
    await checkAccessible(visitor, "probe-untrusted");

    await visitor.page.click("summary ::-p-text(Trust this chain)");
    await visitor.fill("Name of the record", "partner-ca");
    await visitor.press("Make the trust record");
    await visitor.reads("Compare the fingerprint first, and say so here.");
    await checkAccessible(visitor, "trust-chain");
    await visitor.tick("I have compared the fingerprint with what the server's operator says");
    await visitor.press("Make the trust record");
    await visitor.reads("A profile trusts it where its trust names it");

    const { certificates } = (await proxy.ask("certificates/partner-ca")).body;
    assert.deepEqual(certificates.map((one) => one.subject), ["CN=Partner Issuing CA, O=Partner, C=DE"]);

    await visitor.follow("edit partner");
    await visitor.arrives("Edit partner");
    await visitor.tick("system: the authorities that this machine trusts");
    await visitor.tick("partner-ca");
    await visitor.press("Save");
    await visitor.arrives("partner");
    await visitor.open(`#/probe?url=http%3A%2F%2F${host}%2Forders`);
    await visitor.press("Probe");
    await visitor.reads("good " + host);
    await checkAccessible(visitor, "probe-good");
    assert.equal((await askThrough(proxy)).body, "hello acme\n");
});

test("a server that says nothing is shown while it says nothing, and given up when one likes", async (t) => {
    const silent = createServer(() => {});
    await new Promise((resolve) => { silent.listen(0, "127.0.0.1", resolve); });
    atEnd(t, () => silent.close());
    const proxy = await Countersign.start(t, { profiles: [{ name: "silent", hosts: [host], trust: ["system"],
        connect_to: `127.0.0.1:${silent.address().port}` }] });
    let connections = 0;
    silent.on("connection", (socket) => {
        ++connections;
        socket.on("close", () => { --connections; }).on("error", () => {}).resume();
    });
    const visitor = await visit(t, await browser, proxy);
    await visitor.signIn();
    await visitor.open(`#/probe?url=http%3A%2F%2F${host}%2F`);
    await visitor.press("Probe");
    await visitor.page.waitForFunction(() => document.querySelector("main").innerText.includes("ClientHello"));
    assert.equal(connections, 1);
    await visitor.press("Cancel");
    await visitor.reads("The probe was given up.");
    await until("the proxy gives up the connection", () => connections === 0);
});

test("what no request reaches is told, and what is no question", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { refusals: [400] });
    await visitor.signIn();
    await visitor.open("#/probe");
    await visitor.press("Probe");
    await visitor.reads("Type the URL that the application asks for.");
    await visitor.fill("URL", "http://nobody.example/");
    await visitor.press("Probe");
    await visitor.reads("refused No request gets there");
    await checkAccessible(visitor, "probe-refused");
    await visitor.fill("Client", "no such client");
    await visitor.press("Probe");
    await visitor.reads("client 'no such client' is not an address");
    assert.equal(await visitor.focused(), "input Client");
    assert.match(await visitor.page.$eval("#client-problem", (node) => node.textContent), /^client 'no such client'/);
});
