// One Chromium for the tests of a file. Each visitor has a context of his own in it: cookies, storage, windows.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { atEnd, temporaryFolder } from "./folder.mjs";
import { chooseByItself, makeKeyDatabase } from "./key_database.mjs";
import { patienceMs } from "./patience.mjs";

const packages = process.env.BROWSER_PACKAGES; // the folder that install.sh has filled
const require = createRequire(join(packages, "package.json"));
const puppeteer = require("puppeteer-core").default ?? require("puppeteer-core");
export const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/**
 * `test`: node:test, or the test that is to end it. `trusts`: the file of an authority for HTTPS; `shows`: the client
 * certificate that a server gets which asks for one of its authority, {file, password}, PKCS#12. `knows`: names that lead to
 * 127.0.0.1.
 */
export async function startBrowser(test, { trusts = null, shows = null, knows = [] } = {}) {
    const home = await temporaryFolder(test);
    if (trusts || shows) await makeKeyDatabase(home, { trusts, shows });
    if (shows) await chooseByItself(join(home, "profile"));
    const browser = await puppeteer.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        pipe: true, // it ends with this process, however that ends
        userDataDir: join(home, "profile"),
        env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
        timeout: patienceMs,
        args: [
            // It sees nothing but pages of ours. A sandbox takes user namespaces, which containers refuse, and root
            // has none.
            "--no-sandbox",
            ...(knows.length > 0 ? [`--host-resolver-rules=${knows.map((name) => `MAP ${name} 127.0.0.1`).join(",")}`] : []),
            "--no-proxy-server", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb",
        ],
    });
    atEnd(test, () => browser.close());
    return browser;
}
