// Each page in the states that other tests do not bring about, held against axe.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { askThrough } from "./support/client.mjs";
import { Countersign } from "./support/countersign.mjs";
import { Partner, storePassword } from "./support/partner.mjs";
import { until } from "./support/patience.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);
const partner = Partner.make(test);

/** A port at which nobody listens. */
async function closedPort() {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    server.close();
    await once(server, "close");
    return port;
}

test("pages of a proxy that has nothing yet say what to do next", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { refusals: [404] });
    await visitor.signIn();
    await visitor.reads("No certificate is loaded.");
    await checkAccessible(visitor, "overview-empty");
    await visitor.open("#/certificates");
    await visitor.reads("No certificate record yet. Make one of a key store that you have, or of certificates to trust");
    await checkAccessible(visitor, "certificates-empty");
    await visitor.open("#/profiles");
    await visitor.reads("No profile yet");
    await checkAccessible(visitor, "profiles-empty");
    for (const address of ["#/profiles/nobody", "#/edit-profile/nobody"]) {
        await visitor.open(address);
        await visitor.reads("There is no profile 'nobody' in the configuration in force. All profiles.");
    }
    for (const address of ["#/certificates/nobody", "#/replace-certificate/nobody", "#/certificate-request/nobody"]) {
        await visitor.open(address);
        await visitor.reads("There is no certificate record 'nobody' in the configuration in force.");
    }
    await visitor.open("#/certificates/nobody");
    await checkAccessible(visitor, "record-unknown");
    await visitor.follow("All certificate records");
    await visitor.arrives("Certificates");
    await visitor.open("#/nowhere");
    await visitor.reads("The console has no page at this address.");
    await checkAccessible(visitor, "no-such-page");
});

test("the overview names a server that cannot be connected to, and why", async (t) => {
    const one = await partner;
    const closed = await closedPort();
    const proxy = await Countersign.start(t, {
        certificates: [one.trustRecord],
        profiles: [{ name: "down", hosts: ["down.partner.example"], trust: ["partner-ca"],
            connect_to: `127.0.0.1:${closed}` }],
    });
    const visitor = await visit(t, await browser, proxy);
    await visitor.signIn();
    await visitor.reads("None: no destination is left alone.");
    for (let i = 0; i < 12; ++i) await askThrough(proxy, { host: "down.partner.example" });
    await visitor.reads("1 address could not be connected to five times in a row.");
    await visitor.reads(new RegExp(`down\\.partner\\.example:443\\s+127\\.0\\.0\\.1:${closed}\\s+Connection refused`));
    await checkAccessible(visitor, "overview-circuits");
});

test("pages of a proxy at work show it, and what is not as it should be", async (t) => {
    const one = await partner;
    await one.issueClient("orders", { subject: "/O=Acme/CN=Acme Orders" });
    await one.issueClient("invoices", { subject: "/O=Acme/CN=Acme Invoices", days: 12 });
    await one.issueClient("returns", { subject: "/O=Acme/CN=Acme Returns", isOver: true });
    const pem = async (name, client) => ({ name, type: "pem_key_store", file: await one.pemOf(client) });
    const proxy = await Countersign.start(t, {
        certificates: [one.trustRecord, await pem("acme-invoices", "invoices"), await pem("acme-returns", "returns")],
        profiles: [
            one.profile("acme-invoices"),
            { name: "returns", hosts: ["returns.partner.example"], key_store: "acme-returns", trust: ["partner-ca"] },
            { name: "legacy", hosts: ["*.legacy.example"], trust: ["partner-ca"], tls: { danger_common_name: true } },
        ],
    }, { isReady: false });
    const content = await readFile(await one.pkcs12Of("orders"), "base64");
    await proxy.ask("certificates", { method: "POST",
        body: { name: "acme-orders", content, password: storePassword, description: "Acme's identity for orders" } });
    const visitor = await visit(t, await browser, proxy);
    await visitor.signIn();
    for (let i = 0; i < 20; ++i) assert.equal((await askThrough(proxy)).status, 200);
    assert.equal((await askThrough(proxy, { host: "returns.partner.example" })).status, 503);
    assert.equal((await askThrough(proxy, { host: "elsewhere.example" })).status, 403);
    await visitor.reads("Not ready");
    await visitor.reads("acme-returns");
    await visitor.reads("danger_common_name");
    await until("the exchanges are counted", () => visitor.page.$$eval(".counts dd", (all) => all.at(-1).textContent === "22"));
    await visitor.reads(/Started\s+\S+ \S+ UTC \(\d+ seconds? ago\)/);
    const uptime = () => visitor.page.$eval("#uptime", (node) => node.textContent);
    const before = await uptime();
    await until("its time goes on", async () => await uptime() !== before);
    assert.deepEqual(await visitor.page.$$eval("section[aria-labelledby=ending] tbody th", (all) =>
        all.map((one) => one.textContent)), ["acme-returns", "acme-invoices"], "those that end, the first one first");
    await (await visitor.page.$("summary")).click();
    await visitor.reads("http_request_denied");
    await checkAccessible(visitor, "overview");
    await visitor.open("#/certificates");
    await visitor.reads("11 days left");
    await checkAccessible(visitor, "certificates");
    await visitor.fill("Filter", "nothing of that kind");
    await visitor.reads("0 of 4 records. Shorten the filter to see more.");
    await checkAccessible(visitor, "certificates-none-fits");
    await visitor.open("#/certificates/acme-orders");
    await visitor.reads("no profile. Name it by");
    await checkAccessible(visitor, "record");
    await visitor.open("#/certificates/acme-returns");
    await visitor.reads("expired");
    await checkAccessible(visitor, "record-expired");
    await visitor.open("#/profiles");
    await visitor.reads("returns");
    await checkAccessible(visitor, "profiles");
    assert.ok(await visitor.page.$eval(".scrolling", (table) => table.scrollWidth <= table.clientWidth),
        "the columns fit the window");
    await visitor.open("#/profiles/partner");
    await visitor.reads("api.partner.example");
    await checkAccessible(visitor, "profile");
    await visitor.open("#/explain?url=http%3A%2F%2Freturns.partner.example%2F");
    await visitor.reads("refused");
    assert.deepEqual(await visitor.page.$$eval(".result dd code", (all) => all.map((one) => one.textContent)),
        ["countersign check"]);
    assert.ok(!(await visitor.text()).includes("`"), "what is code is shown as such");
    await checkAccessible(visitor, "explain-refused");
});

test("a page whose proxy has gone says so, and what is known", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { losesProxy: true });
    await visitor.signIn();
    await until("something is heard", () => visitor.page.$eval("#readiness-now", (node) => node.textContent === "Ready"));
    await proxy.stop();
    await until("the loss is told", () => visitor.page.$eval("#lost", (node) => node.textContent.includes("It last answered at")));
    await checkAccessible(visitor, "overview-lost");
    await visitor.follow("Profiles");
    await visitor.reads("The proxy does not answer. Is it running?");
    await checkAccessible(visitor, "profiles-lost");
});
