// Who may look: the token, and the session that it opens.

import assert from "node:assert/strict";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { Countersign, token } from "./support/countersign.mjs";
import { until } from "./support/patience.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);
const anotherToken = "fedcba98765432100123";
const ended = "Your session has ended. Sign in again, and you are back where you were.";

test("the token leads to where one wanted to go", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy);
    await visitor.open("#/profiles");
    assert.equal(await visitor.heading(), "Sign in");
    assert.ok(!(await visitor.text()).includes(ended), "there was no session");
    assert.equal(await visitor.focused(), "input The token of admin.token");
    await checkAccessible(visitor, "sign-in");
    await visitor.enterToken(token);
    await visitor.arrives("Profiles");
    assert.equal(await visitor.address(), "#/profiles");
});

test("no token and a wrong one are told with what to do", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { refusals: [401] });
    await visitor.open();
    await visitor.press("Sign in");
    await visitor.reads("Type or paste the token.");
    await visitor.enterToken("a wrong one, which is long");
    await visitor.reads("The token is not the one of admin.token. Where that has been changed, reload first.");
    assert.equal(await visitor.focused(), "input The token of admin.token");
    await checkAccessible(visitor, "sign-in-refused");
    await visitor.enterToken(token);
    await visitor.arrives("Overview");
});

test("a session that has ended is told, and the next one begins where one was", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { refusals: [401] });
    await visitor.signIn();
    await visitor.open("#/explain?url=http%3A%2F%2Fa.example%2F");
    // The token that has opened it is no longer the configuration's: the page is led away by itself.
    await proxy.writeToken(anotherToken);
    await proxy.reloadBySignal();
    await visitor.arrives("Sign in");
    await visitor.reads(ended);
    assert.equal(await visitor.page.$eval(".session", (node) => node.innerText), "", "nobody is signed in");
    await checkAccessible(visitor, "sign-in-ended");
    await visitor.enterToken(anotherToken);
    await visitor.arrives("Explain");
    await visitor.reads("http://a.example/");
    assert.equal(await visitor.address(), "#/explain?url=http%3A%2F%2Fa.example%2F");
});

test("a session whose time is over in the middle of a form is told when the form is sent", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { refusals: [401] });
    await visitor.signIn();
    await visitor.open("#/new-certificate");
    await visitor.fill("Or its text", "-----BEGIN CERTIFICATE-----");
    // As the browser does when the cookie's Max-Age is over.
    await visitor.page.deleteCookie(...await visitor.page.cookies());
    await visitor.press("Look at it");
    await visitor.arrives("Sign in");
    await visitor.reads(ended);
    await visitor.enterToken(token);
    await visitor.arrives("New certificate record");
});

test("who signs out has to sign in again, in the other window as well", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy, { refusals: [401] });
    await visitor.signIn();
    const cookies = await visitor.page.cookies();
    assert.deepEqual(cookies.map((one) => [one.httpOnly, one.sameSite]), [[true, "Strict"]]);
    await visitor.press("Sign out");
    await visitor.arrives("Sign in");
    assert.ok(!(await visitor.text()).includes(ended), "it was ended by hand");
    // Whoever has kept the cookie gets nothing for it.
    await visitor.page.setCookie(...cookies);
    await visitor.open("#/certificates");
    await visitor.arrives("Sign in");
    await until("nobody is signed in", async () => !(await visitor.text()).includes("Loading"));
});
