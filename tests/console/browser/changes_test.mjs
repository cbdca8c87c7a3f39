// What is done with a record that is there: replaced under load, by two people at once, switched off and on, deleted.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { askThrough, Load } from "./support/client.mjs";
import { Countersign } from "./support/countersign.mjs";
import { Partner, storePassword } from "./support/partner.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);

/**
 * A proxy whose console has made the record acme-orders; with `inUse` a profile presents it to the
 * partner's server.
 */
async function given(t, { inUse = false } = {}) {
    const partner = await Partner.make(t);
    const proxy = await Countersign.start(t, { certificates: [partner.trustRecord] });
    await make(proxy, partner, "acme-orders", await partner.issueClient("orders"));
    if (inUse) {
        await proxy.reload({ certificates: [partner.trustRecord], profiles: [partner.profile("acme-orders")] });
    }
    return { partner, proxy };
}

async function make(proxy, partner, name, client) {
    const content = await readFile(await partner.pkcs12Of(client), "base64");
    const made = await proxy.ask("certificates", { method: "POST", body: { name, content, password: storePassword } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
}

async function signedIn(t, proxy, refusals = []) {
    const visitor = await visit(t, await browser, proxy, { refusals });
    await visitor.signIn();
    return visitor;
}

async function lookAtAnother(visitor, file) {
    await visitor.upload("File", file);
    await visitor.fill("Password", storePassword);
    await visitor.press("Look at it");
    await visitor.reads("Nothing found.");
}

test("a renewed key store takes the place of the one before under load, and no request fails", async (t) => {
    const { partner, proxy } = await given(t, { inUse: true });
    const renewed = await partner.pkcs12Of(await partner.issueClient("orders-renewed"));
    const visitor = await signedIn(t, proxy);
    await visitor.open("#/certificates/acme-orders");
    const load = new Load(t, proxy);
    await load.goOn();
    await visitor.press("Replace …");
    await visitor.arrives("Replace acme-orders");
    await lookAtAnother(visitor, renewed);
    await visitor.reads("CN=orders-renewed");
    await checkAccessible(visitor, "replace");
    // The partner is asked with the new one before anything is kept.
    await visitor.page.click("summary ::-p-text(Probe with it first)");
    await visitor.page.waitForFunction(() => document.querySelector("#probe-url").value !== "");
    await visitor.press("Probe");
    await visitor.reads("good api.partner.example:443");
    await checkAccessible(visitor, "replace-probed");
    assert.ok(partner.seen.some((one) => one.client === "orders-renewed"));
    assert.equal((await askThrough(proxy)).body, "hello orders\n", "nothing is kept of it");
    await visitor.press("Replace it");
    await visitor.arrives("acme-orders");
    await visitor.reads("CN=orders-renewed");
    await load.goOn();
    await load.stop();
    assert.deepEqual(load.failed, []);
    assert.equal((await askThrough(proxy)).body, "hello orders-renewed\n");
    const clients = partner.seen.map((one) => one.client);
    assert.equal(clients[0], "orders", "the one before was in use");
    assert.equal(clients.lastIndexOf("orders") < clients.length - 50, true, "it is used no more");
});

test("of two who edit at once the second is told, and loses nothing", async (t) => {
    const { partner, proxy } = await given(t);
    const [first, second] = [await signedIn(t, proxy), await signedIn(t, proxy, [412])];
    for (const one of [first, second]) await one.open("#/replace-certificate/acme-orders");
    await lookAtAnother(second, await partner.pkcs12Of(await partner.issueClient("seconds")));
    await lookAtAnother(first, await partner.pkcs12Of(await partner.issueClient("firsts")));
    await first.press("Replace it");
    await first.arrives("acme-orders");
    await second.press("Replace it");
    await second.reads("has been changed since you looked at it. Look again, and decide anew.");
    // What the first has made of it stands there; what the second has chosen is still chosen.
    await second.reads("CN=firsts");
    await checkAccessible(second, "replace-changed-meanwhile");
    await second.press("Look at it");
    await second.reads("CN=seconds");
    await second.reads("CN=firsts");
    await second.press("Replace it");
    await second.arrives("acme-orders");
    assert.equal((await proxy.ask("certificates/acme-orders")).body.certificates[0].subject, "CN=seconds, O=Acme");
});

test("of two who decide at once the second looks again before anything is done", async (t) => {
    const { proxy } = await given(t);
    const [first, second] = [await signedIn(t, proxy), await signedIn(t, proxy, [412])];
    for (const one of [first, second]) await one.open("#/certificates/acme-orders");
    await first.press("Deactivate");
    await first.reads("no: a profile that uses it is refused");
    await second.press("Delete …");
    await second.press("Delete");
    await second.reads("has been changed since you looked at it. Look again, and decide anew.");
    assert.equal((await proxy.ask("certificates/acme-orders")).status, 200, "it is still there");
    await second.press("Look again");
    await second.reads("no: a profile that uses it is refused");
    assert.deepEqual(await second.buttons(), ["Replace …", "Request and reply …", "Activate", "Delete …"]);
});

test("a record that somebody has deleted meanwhile is told to be gone", async (t) => {
    const { proxy } = await given(t);
    const visitor = await signedIn(t, proxy, [404]);
    await visitor.open("#/certificates/acme-orders");
    const { version } = (await proxy.ask("certificates/acme-orders")).body;
    assert.equal((await proxy.ask("certificates/acme-orders", { method: "DELETE", version })).status, 204);
    await visitor.press("Deactivate");
    await visitor.reads("There is no certificate record 'acme-orders' in the configuration in force.");
    await visitor.follow("All certificate records");
    await visitor.arrives("Certificates");
});

test("a record is switched off and on, and deleted", async (t) => {
    const { proxy } = await given(t);
    const visitor = await signedIn(t, proxy);
    await visitor.open("#/certificates/acme-orders");
    await visitor.press("Deactivate");
    await visitor.reads("Activate it to see them.");
    await checkAccessible(visitor, "record-inactive");
    assert.equal((await proxy.ask("certificates/acme-orders")).body.active, false);
    await visitor.press("Activate");
    await visitor.reads("CN=orders");
    assert.equal((await proxy.ask("certificates/acme-orders")).body.active, true);
    await visitor.press("Delete …");
    await checkAccessible(visitor, "record-delete");
    await visitor.press("Keep it");
    assert.equal((await proxy.ask("certificates/acme-orders")).status, 200);
    await visitor.press("Delete …");
    await visitor.press("Delete");
    await visitor.arrives("Certificates");
    await visitor.reads("partner-ca");
    assert.ok(!(await visitor.text()).includes("acme-orders"));
    assert.equal((await proxy.ask("certificates/acme-orders")).status, 404);
    const audit = (await readFile(join(proxy.consoleFolder, "audit.log"), "utf8")).trim().split("\n").map(JSON.parse);
    assert.deepEqual(audit.map((one) => [one.what, one.who]),
        [["create", "token"], ["edit", "token"], ["edit", "token"], ["delete", "token"]]);
});

test("a record that is in use is neither deleted nor deactivated, and its users are listed", async (t) => {
    const { proxy } = await given(t, { inUse: true });
    const visitor = await signedIn(t, proxy, [409]);
    await visitor.open("#/certificates/acme-orders");
    await visitor.press("Deactivate");
    await visitor.reads("'acme-orders' is used by profile partner, and is not deactivated. Give them another record first.");
    assert.equal(await visitor.focused(), "button Deactivate");
    await checkAccessible(visitor, "record-in-use");
    await visitor.press("Delete …");
    await visitor.press("Delete");
    await visitor.reads("'acme-orders' is used by profile partner, and is not deleted. Give them another record first.");
    assert.equal(await visitor.focused(), "button Delete …");
    assert.equal((await askThrough(proxy)).body, "hello orders\n");
});
