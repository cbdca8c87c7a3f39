// The exchanges as they happen: what is shown of them, what is left out, when the list stands still, and what is told
// of one that failed.

import assert from "node:assert/strict";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { askThrough } from "./support/client.mjs";
import { Countersign } from "./support/countersign.mjs";
import { host, Partner } from "./support/partner.mjs";
import { until } from "./support/patience.mjs";
import { Typist } from "./support/typist.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);
const partner = Partner.make(test);
const strangers = "strangers.partner.example"; // its profile does not trust the partner's authority
const nobodys = "nobody.example"; // no profile has it

/** Somebody in front of the page, of a proxy that presents the partner's client certificate. */
async function given(t, configuration = {}) {
    const one = await partner;
    await one.issueClient("orders");
    const proxy = await Countersign.start(t, {
        certificates: [one.trustRecord, { name: "acme", type: "pem_key_store", file: await one.pemOf("orders") }],
        profiles: [one.profile("acme"), { ...one.profile("acme", ["system"]), name: "strangers", hosts: [strangers] }],
        ...configuration,
    });
    const visitor = await visit(t, await browser, proxy);
    await visitor.signIn();
    await visitor.page.mouse.move(0, 0); // a list under the pointer stands still
    return { proxy, visitor };
}

/** One that is answered, one that fails, and one that no profile is for; the page knows all of them. */
async function threeOf(proxy, visitor) {
    await ends(proxy, { path: "/orders" }, 200);
    await ends(proxy, { host: strangers, path: "/letters" }, 502);
    await ends(proxy, { host: nobodys, path: "/" }, 403);
    await visitor.open("#/exchanges");
    await shows(visitor, [nobody, letters, orders]);
}
const orders = `GET http://${host}:443/orders`;
const letters = `GET http://${strangers}:443/letters`;
const nobody = `GET http://${nobodys}/`;

/** Asks, and waits until the proxy has it as ended: a client has its answer a moment before that. */
async function ends(proxy, question, status) {
    const ended = async () => (await proxy.ask("exchanges")).body.newest;
    const before = await ended();
    assert.equal((await askThrough(proxy, question)).status, status);
    await until("the exchange has ended", async () => await ended() > before);
}

const requestsOf = (visitor) => visitor.page.$$eval(".exchanges tbody .request code", (all) =>
    all.map((one) => one.textContent));

/** Once the list is this, from its top. */
async function shows(visitor, wanted) {
    let last = [];
    await until("", async () => (last = await requestsOf(visitor)).join() === wanted.join())
        .catch(() => assert.deepEqual(last, wanted));
}

/** Once there is such a button. */
async function waits(visitor, text) {
    await until(`'${text}' is offered`, async () => (await visitor.buttons()).includes(text));
}

test("where nothing has happened yet the page says how to make it happen, and shows it at once", async (t) => {
    const { proxy, visitor } = await given(t);
    await visitor.open("#/exchanges");
    await visitor.reads("No exchange yet. What a client asks for shows here at once. For the first one: "
        + `curl --proxy http://127.0.0.1:${proxy.port} http://${host}/`);
    assert.ok(!(await visitor.text()).includes("There is no profile"));
    assert.equal(await visitor.page.$eval(".exchanges", (node) => node.checkVisibility()), false, "there is no table");
    await checkAccessible(visitor, "exchanges-empty");
    await askThrough(proxy);
    await shows(visitor, [orders]);
    await visitor.reads("The last 1, of 1 since the start.");
    assert.ok(!(await visitor.text()).includes("No exchange yet"));
});

test("without a profile the page says that the first request will be refused", async (t) => {
    const { visitor } = await given(t, { profiles: [] });
    await visitor.open("#/exchanges");
    await visitor.reads("There is no profile: it will be refused.");
});

test("each exchange is shown as it ends, the newest first, with what came of it", async (t) => {
    const { proxy, visitor } = await given(t);
    await threeOf(proxy, visitor);
    const rows = await visitor.page.$$eval(".exchanges tbody tr", (all) => all.map((row) => row.innerText));
    assert.match(rows[2], /^\d\d:\d\d:\d\d\.\d{3}\s+200\s+GET \S+\s+partner\s+127\.0\.0\.1:\d+\s+[\d.]+ ms\s+Details$/);
    assert.match(rows[1], /502 tls_certificate_error\s[^]*\sstrangers\s/);
    assert.match(rows[0], /403 http_request_denied\s[^]*\snone\s/);
    await checkAccessible(visitor, "exchanges");
    await askThrough(proxy, { path: "/<b>bold</b>" });
    await shows(visitor, [`GET http://${host}:443/<b>bold</b>`, nobody, letters, orders]);
    await visitor.reads("The last 4, of 4 since the start.");
});

test("the query of a URL is shown only where log.query says so", async (t) => {
    const { proxy, visitor } = await given(t);
    await askThrough(proxy, { path: "/orders?key=geheim" });
    await visitor.open("#/exchanges");
    await shows(visitor, [orders]);
    await askThrough(proxy, { host: strangers, path: "/letters?key=geheim" });
    await shows(visitor, [letters, orders]);
    await detailsOfTheFirst(visitor);
    await visitor.reads("Remedy");
    assert.ok(!(await visitor.page.content()).includes("geheim"), "nor in its details");
});

test("with log.query the query of a URL is shown", async (t) => {
    const { proxy, visitor } = await given(t, { log: { query: true } });
    await askThrough(proxy, { path: "/orders?customer=7" });
    await visitor.open("#/exchanges");
    await shows(visitor, [`${orders}?customer=7`]);
});

test("the list is narrowed by profile, status, failure and words of the URL", async (t) => {
    const { proxy, visitor } = await given(t);
    await threeOf(proxy, visitor);
    await visitor.choose("Profile", "strangers");
    await shows(visitor, [letters]);
    await visitor.reads("1 of 3 that are kept.");
    assert.equal(await visitor.address(), "#/exchanges?profile=strangers");
    await visitor.choose("Profile", "-");
    await shows(visitor, [nobody]);
    await visitor.choose("Profile", "");
    await visitor.choose("Status", "2xx");
    await shows(visitor, [orders]);
    await visitor.choose("Status", "");
    await visitor.tick("Failures only");
    await shows(visitor, [nobody, letters]);
    await visitor.fill("URL has", "letters GET");
    await shows(visitor, [letters]);
    // What happens meanwhile and does not fit is counted, and not shown.
    await askThrough(proxy);
    await visitor.reads("1 of 4 that are kept.");
    await askThrough(proxy, { host: strangers, path: "/letters" });
    await visitor.reads("2 of 5 that are kept.");
    await shows(visitor, [letters, letters]);
    // The question stands in the address, and comes back with it.
    assert.equal(await visitor.address(), "#/exchanges?failed=1&text=letters+GET");
    await visitor.open("#/exchanges?failed=1&text=letters+GET");
    await shows(visitor, [letters, letters]);
    await visitor.fill("URL has", "invoices");
    await visitor.reads("Nothing that is kept fits the filter. Take something from it.");
    await checkAccessible(visitor, "exchanges-none-fits");
    await visitor.fill("URL has", "");
    await visitor.tick("Failures only");
    await shows(visitor, [letters, orders, nobody, letters, orders]);
});

test("the list stands still while it is told to, and while it is read", async (t) => {
    const { proxy, visitor } = await given(t);
    await threeOf(proxy, visitor);
    const before = [nobody, letters, orders];
    await visitor.press("Hold still");
    await askThrough(proxy);
    await askThrough(proxy);
    await waits(visitor, "Show 2 new");
    await shows(visitor, before);
    await visitor.press("Show 2 new");
    await shows(visitor, [orders, orders, ...before]);
    await askThrough(proxy, { path: "/third" });
    await waits(visitor, "Show 1 new");
    await shows(visitor, [orders, orders, ...before]);
    await visitor.press("Hold still");
    const third = `GET http://${host}:443/third`;
    await shows(visitor, [third, orders, orders, ...before]);
    // The pointer is in it; then it has gone.
    await visitor.page.hover(".exchanges tbody tr");
    await askThrough(proxy);
    await waits(visitor, "Show 1 new");
    await shows(visitor, [third, orders, orders, ...before]);
    await visitor.page.hover("h1");
    await shows(visitor, [orders, third, orders, orders, ...before]);
    // So with the focus.
    await visitor.page.focus(".exchanges tbody button");
    await askThrough(proxy, { host: nobodys, path: "/" });
    await waits(visitor, "Show 1 new");
    await shows(visitor, [orders, third, orders, orders, ...before]);
    await visitor.page.focus("h1");
    await shows(visitor, [nobody, orders, third, orders, orders, ...before]);
});

test("one that failed opens its report by the keyboard, and gives the focus back", async (t) => {
    const { proxy, visitor } = await given(t);
    await threeOf(proxy, visitor);
    const typist = new Typist(visitor);
    await typist.goTo("button Details"); // of the newest
    await typist.goTo("button Details");
    await typist.press();
    await typist.isAt(`h2 ${letters}`);
    await visitor.reads(/Stage\s+TLS handshake\s+Whose side\s+upstream\s+Reason\s/);
    await visitor.reads("its authority 'CN=Partner Root CA, O=Partner, C=DE' is not trusted.");
    await visitor.reads("Remedy");
    await visitor.reads("How the connection was tried");
    await visitor.reads("ClientHello");
    await checkAccessible(visitor, "exchange-failed");
    // It stands over a list that does not move.
    await askThrough(proxy);
    await visitor.reads("The last 4, of 4 since the start.");
    await shows(visitor, [nobody, letters, orders]);
    await typist.press("Escape");
    await typist.isAt("button Details");
    assert.equal(await visitor.page.evaluate(() => document.activeElement.closest("tr").querySelector("code").textContent),
        letters);
    await typist.press();
    await typist.isAt(`h2 ${letters}`);
    await typist.goTo("a Explain this request");
    await typist.press();
    await visitor.arrives("Explain");
    await visitor.reads("served");
    assert.equal(await visitor.page.$eval("#url", (field) => field.value), letters.slice("GET ".length));
});

test("one that went well opens its times, its connection and who asked", async (t) => {
    const { proxy, visitor } = await given(t);
    await askThrough(proxy);
    await visitor.open("#/exchanges");
    await shows(visitor, [orders]);
    await detailsOfTheFirst(visitor);
    await visitor.reads(/Took [\d.]+ ms/);
    await visitor.reads(/Profile\s+partner\s+Identity\s+CN=orders, O=Acme/);
    await visitor.reads(/TLS\s+TLSv1\.3, on a new connection/);
    assert.ok(!(await visitor.text()).includes("Remedy"));
    await checkAccessible(visitor, "exchange-good");
    await visitor.press("Close");
    await until("it is closed", () => visitor.page.$eval("dialog", (node) => !node.open));
});

async function detailsOfTheFirst(visitor) {
    await visitor.page.focus(".exchanges tbody button");
    await visitor.page.keyboard.press("Enter");
    await until("the details are open", () => visitor.page.$eval("dialog", (node) => node.open));
}
