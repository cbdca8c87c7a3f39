// Who may look: the token, and the session that it opens.

import assert from "node:assert/strict";
import test from "node:test";

import { checkAccessible } from "./support/accessible.mjs";
import { startBrowser } from "./support/browser.mjs";
import { Countersign, token } from "./support/countersign.mjs";
import { visit } from "./support/visitor.mjs";

const browser = startBrowser(test);

test("the token leads to where one wanted to go", async (t) => {
    const proxy = await Countersign.start(t);
    const visitor = await visit(t, await browser, proxy);
    await visitor.open("#/profiles");
    assert.equal(await visitor.heading(), "Sign in");
    await checkAccessible(visitor, "sign-in");
    await visitor.enterToken(token);
    await visitor.arrives("Profiles");
    assert.equal(await visitor.address(), "#/profiles");
});
