// The console over HTTPS (admin.tls): whom the browser trusts, what it keeps, who is known by a certificate, and what
// the others are told.

import assert from "node:assert/strict";
import { randomBytes, scryptSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { Load } from "./support/client.mjs";
import { Countersign, token } from "./support/countersign.mjs";
import { atEnd } from "./support/folder.mjs";
import { adminHost, Operators } from "./support/operators.mjs";
import { host, Partner, storePassword } from "./support/partner.mjs";
import { until } from "./support/patience.mjs";
import { visit } from "./support/visitor.mjs";

const operators = Operators.make(test);
const password = "anna's long password";
const cookieName = "__Host-countersign_session";
const byCertificate = ["CN=bert, O=Acme:edit:certificate", "CN=carl, O=Acme:view:certificate"];

function anna(role) {
    const salt = randomBytes(16);
    const text = (bytes) => bytes.toString("base64").replaceAll("=", "");
    return `anna:${role}:$scrypt$ln=14,r=8,p=1$${text(salt)}$${text(scryptSync(password, salt, 32, { N: 16384, r: 8, p: 1 }))}`;
}

/** A proxy that serves a partner, with the record acme-orders of the console's own. */
async function given(t, { users = byCertificate, ...more } = {}) {
    const its = await operators;
    await its.writeUsers(...users);
    const partner = await Partner.make(t);
    const configuration = its.configuration({ certificates: [partner.trustRecord,
        { name: "acme", type: "pem_key_store", file: await partner.pemOf(await partner.issueClient("acme")) }],
    profiles: [partner.profile("acme")], ...more });
    const proxy = await Countersign.start(t, configuration, { https: { host: adminHost, rootFile: its.rootFile } });
    if (more.hasToken !== false) {
        const content = await readFile(await partner.pkcs12Of(await partner.issueClient("orders")), "base64");
        const { status } = await proxy.ask("certificates", { method: "POST",
            body: { name: "acme-orders", content, password: storePassword } });
        assert.equal(status, 201);
    }
    return proxy;
}

/** Somebody whose browser trusts the admin address's authority, and has the certificate `shows`, or none. */
async function comes(t, proxy, { shows = null, ...more } = {}) {
    const browser = await startBrowser(t, { trusts: (await operators).rootFile, shows, knows: [adminHost] });
    return visit(t, browser, proxy, more);
}

const identityOf = async (name, more) => (await operators).identityOf(name, more);
const who = (visitor) => visitor.page.$eval("#who", (node) => node.textContent);
const canSignOut = (visitor) => visitor.page.$eval("#sign-out", (node) => node.checkVisibility());

/** Of audit.log: what was done, and who did it. */
async function lastChange(proxy) {
    const { what, who: by } = (await proxy.audit()).at(-1);
    return [what, by];
}

async function signInAsAnna(visitor) {
    await visitor.open();
    await visitor.arrives("Sign in");
    await visitor.fill("User name", "anna");
    await visitor.fill("Password", password);
    await visitor.sendFrom("Password");
    await visitor.arrives("Overview");
}

/** Another server of the same host, in plain HTTP, that sets these cookies: {url, seen}, seen being those that it was shown. */
async function neighbour(t, setCookie) {
    const seen = [];
    const server = createServer((request, response) => {
        if (request.url === "/") seen.push(request.headers.cookie ?? "");
        response.setHeader("Set-Cookie", setCookie);
        response.end("a neighbour");
    });
    await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    atEnd(t, () => {
        server.closeAllConnections();
        server.close();
    });
    return { url: `http://${adminHost}:${server.address().port}/`, seen };
}

/** All that the browser keeps, without what differs each time. */
async function cookiesOf(visitor) {
    return (await visitor.page.browserContext().cookies()).map(({ name, domain, path, secure, httpOnly, sameSite }) =>
        ({ name, domain, path, secure, httpOnly, sameSite }));
}
const cookie = { name: cookieName, domain: adminHost, path: "/", secure: true, httpOnly: true, sameSite: "Strict" };

test("who signs in with a password works over HTTPS, by a cookie that goes with the sign-out", async (t) => {
    const proxy = await given(t, { users: [anna("edit")] });
    const visitor = await comes(t, proxy, { refusals: [401] });
    await signInAsAnna(visitor);
    assert.deepEqual(await cookiesOf(visitor), [cookie]);
    assert.equal(await visitor.page.evaluate(() => document.cookie), "", "no script reads it");
    assert.equal(await who(visitor), "anna, who may edit");

    // The charts move: the stream of events comes through.
    const load = new Load(t, proxy, { restMs: 10 });
    const [exchanges] = await visitor.page.$$(".charts .plot");
    await until("the chart shows a rate", () =>
        exchanges.evaluate((node) => / now [1-9]/.test(node.ariaLabel) && node.querySelector("path.line") !== null));
    await load.stop();
    assert.deepEqual(load.failed, []);
    await until("every exchange is counted", () => visitor.page.$$eval(".counts dd",
        (all, wanted) => Number(all.at(-1).textContent.replaceAll(/\D/g, "")) === wanted, load.answered));
    await checkAccessible(visitor, "https-overview");

    await visitor.open("#/certificates");
    for (const name of ["acme-orders", "admin", "operators", "partner-ca"]) await visitor.reads(name);
    await visitor.follow("acme-orders");
    await visitor.arrives("acme-orders");
    await visitor.press("Deactivate");
    await visitor.reads("Activate it to see them.");
    assert.equal((await proxy.ask("certificates/acme-orders")).body.active, false);
    assert.deepEqual(await lastChange(proxy), ["edit", "user:anna"]);

    const [kept] = await visitor.page.browserContext().cookies();
    await visitor.press("Sign out");
    await visitor.arrives("Sign in");
    assert.deepEqual(await cookiesOf(visitor), []);
    // Whoever has kept the cookie gets nothing for it.
    await visitor.page.browserContext().setCookie(kept);
    await visitor.open("#/certificates");
    await visitor.arrives("Sign in");
});

test("the session of who has the token is neither shown to plain HTTP nor set by it", async (t) => {
    const proxy = await given(t);
    const visitor = await comes(t, proxy);
    await visitor.open("#/sign-in");
    await visitor.fill("The token of admin.token", token);
    await visitor.sendFrom("The token of admin.token");
    await visitor.arrives("Overview");
    assert.deepEqual(await cookiesOf(visitor), [cookie]);
    assert.equal(await who(visitor), "With the token, who may edit");

    const { url, seen } = await neighbour(t, [`${cookieName}=of-a-neighbour; Path=/`, "countersign_session=of-a-neighbour; Path=/"]);
    const other = await visitor.page.browserContext().newPage();
    await other.goto(url);
    await other.goto(url);
    assert.deepEqual(seen, ["", "countersign_session=of-a-neighbour"], "its own cookie alone");
    await other.close();
    await visitor.page.bringToFront();
    await visitor.open("#/certificates");
    await visitor.arrives("Certificates");
    assert.deepEqual((await cookiesOf(visitor)).filter((one) => one.name === cookieName), [cookie]);
});

test("a user with the role edit is known by a certificate, and changes and probes without signing in", async (t) => {
    const proxy = await given(t);
    const visitor = await comes(t, proxy, { shows: await identityOf("bert") });
    await visitor.open();
    await visitor.arrives("Overview");
    assert.equal(await who(visitor), "CN=bert, O=Acme, who may edit");
    assert.equal(await canSignOut(visitor), false, "what would come of it: the browser shows the certificate again");
    assert.deepEqual(await cookiesOf(visitor), []);
    await until("the header says that it is ready", () =>
        visitor.page.$eval("#readiness-now", (node) => node.textContent === "Ready"));
    await checkAccessible(visitor, "https-by-certificate");

    await visitor.open("#/certificates/acme-orders");
    assert.deepEqual((await visitor.buttons()).filter((one) => one !== "Copy"),
        ["Replace …", "Request and reply …", "Deactivate", "Delete …"]);
    await visitor.press("Deactivate");
    await visitor.reads("Activate it to see them.");
    assert.deepEqual(await lastChange(proxy), ["edit", "user:CN=bert, O=Acme"]);

    await visitor.open(`#/explain?url=http%3A%2F%2F${host}%2Forders`);
    await visitor.follow("Probe it");
    await visitor.arrives("Probe");
    await visitor.press("Probe");
    await visitor.reads(`good ${host}`);

    await visitor.open("#/sign-in");
    await visitor.reads("This browser shows the certificate of CN=bert, O=Acme, and you are signed in by it.");
});

test("a user with the role view is known by a certificate, and changes nothing", async (t) => {
    const proxy = await given(t);
    const visitor = await comes(t, proxy, { shows: await identityOf("carl"), refusals: [403] });
    await visitor.open("#/certificates");
    await visitor.reads("acme-orders");
    assert.equal(await who(visitor), "CN=carl, O=Acme, who may look");
    assert.deepEqual((await visitor.buttons()).filter((one) => one.startsWith("New")), []);
    await visitor.open("#/certificates/acme-orders");
    await visitor.reads("CN=orders");
    assert.deepEqual((await visitor.buttons()).filter((one) => one !== "Copy"), []);
    for (const page of ["new-certificate", "replace-certificate/acme-orders", "new-profile"]) {
        await visitor.open(`#/${page}`);
        await visitor.reads("You are signed in as CN=carl, O=Acme, who may look. Who keeps console.users can give the role edit.");
        assert.deepEqual(await visitor.buttons(), []);
    }
    await checkAccessible(visitor, "https-may-look");
    await visitor.open("#/probe");
    await visitor.reads("who may only look may not");

    // What the pages do not offer is refused to who asks all the same.
    const refused = await visitor.page.evaluate(async () => {
        const answer = await fetch("../api/v1/certificates/acme-orders", { method: "DELETE", headers: { "If-Match": "*" } });
        return { status: answer.status, ...await answer.json() };
    });
    assert.equal(refused.status, 403);
    assert.equal(refused.detail, "You are signed in as 'CN=carl, O=Acme', who has the role view, and may look only. Who "
        + "keeps console.users can give the role edit; then sign in again.");
    assert.equal((await proxy.ask("certificates/acme-orders")).status, 200);
});

test("whose certificate is trusted, and who is no user, is told so, and comes in once listed", async (t) => {
    const proxy = await given(t);
    const visitor = await comes(t, proxy, { shows: await identityOf("dora") });
    await visitor.open("#/certificates/acme-orders");
    await visitor.arrives("Sign in");
    await visitor.reads("This browser shows the certificate of CN=dora, O=Acme, and there is no user of that name in "
        + "console.users. Who keeps that file can add the line CN=dora, O=Acme:view:certificate, with edit in the place of "
        + "view for who may change something; then load this page anew.");
    await visitor.reads("To show another certificate, close the whole browser first: it keeps to the one it has shown. Or "
        + "sign in below.");
    await checkAccessible(visitor, "https-no-user");
    // Done as it says.
    await (await operators).writeUsers(...byCertificate, "CN=dora, O=Acme:view:certificate");
    await proxy.reload();
    await visitor.page.reload();
    await visitor.arrives("acme-orders");
    assert.equal(await who(visitor), "CN=dora, O=Acme, who may look");
});

test("a user whose line goes is led away by itself, and told why", async (t) => {
    const proxy = await given(t);
    const visitor = await comes(t, proxy, { shows: await identityOf("bert"), refusals: [401] });
    await visitor.open();
    await visitor.arrives("Overview");
    await (await operators).writeUsers(byCertificate[1]);
    await proxy.reload();
    await visitor.arrives("Sign in");
    await visitor.reads("Your session has ended.");
    await visitor.reads("This browser shows the certificate of CN=bert, O=Acme, and there is no user of that name");
    await checkAccessible(visitor, "https-no-user-any-more");
});

test("who has no certificate is told how to come with one, and asked for what else there is", async (t) => {
    const proxy = await given(t, { users: [anna("view"), ...byCertificate] });
    const visitor = await comes(t, proxy);
    await visitor.open();
    await visitor.arrives("Sign in");
    await visitor.reads("With your name");
    await visitor.reads("With the token");
    await visitor.reads("This browser has shown none. Give it yours, with its key (a PKCS#12 file, .p12 or .pfx), in its "
        + "settings. Then close the whole browser, open this page anew, and choose the certificate when you are asked for one.");
    assert.equal(await visitor.focused(), "input User name");
    await checkAccessible(visitor, "https-no-certificate");
    await signInAsAnna(visitor);
    assert.equal(await who(visitor), "anna, who may look");
});

test("where all users come by certificates nobody is asked for a password", async (t) => {
    const proxy = await given(t, { hasToken: false });
    // One of an authority that the proxy does not trust is not shown to it.
    const visitor = await comes(t, proxy, { shows: await identityOf("bert", { issuer: "others" }) });
    await visitor.open();
    await visitor.arrives("Sign in");
    await visitor.reads("This browser has shown none.");
    await visitor.reads("It has to be issued by an authority of admin: { tls: { trust: … } }, and its subject has to be a "
        + "user's name in console.users.");
    assert.equal(await visitor.page.$("main input"), null);
    await checkAccessible(visitor, "https-certificates-only");
});

test("nobody is told of certificates where none is asked for", async (t) => {
    const proxy = await given(t, { users: [anna("view")], asks: false });
    const visitor = await comes(t, proxy);
    await visitor.open();
    await visitor.reads("With the token");
    assert.ok(!(await visitor.text()).includes("certificate"));
});

test("a browser that does not know the authority shows no page of it", async (t) => {
    const proxy = await given(t);
    const browser = await startBrowser(t, { knows: [adminHost] });
    const page = await browser.newPage();
    await assert.rejects(page.goto(`${proxy.origin}/console/`), /ERR_CERT_AUTHORITY_INVALID/);
});

test("who asks by plain HTTP is told to ask by HTTPS", async (t) => {
    const proxy = await given(t);
    const browser = await startBrowser(t, { trusts: (await operators).rootFile, knows: [adminHost] });
    const page = await browser.newPage();
    const answer = await page.goto(`http://${adminHost}:${proxy.adminPort}/console/`);
    assert.equal(answer.status(), 400);
    const said = await page.evaluate(() => document.body.innerText);
    assert.equal(said.trim(), "HTTPS is spoken at this address (admin.tls), and this was plain HTTP. Ask with https://; "
        + "countersign's commands do where -c names the configuration.");
});
