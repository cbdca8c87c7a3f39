// Holds a page against axe and its own layout, light and dark, narrow and wide; and makes its pictures.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { axeSource } from "./browser.mjs";
import { desk } from "./visitor.mjs";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const widths = [{ width: 360, height: 740 }, desk, { width: 3840, height: 2160 }];
const schemes = ["light", "dark"];
const pictures = process.env.SCREENSHOTS; // a folder; without it none are made

/** `name` is the pictures' file name. What is open stays open: a dialog, what was typed. */
export async function checkAccessible(visitor, name) {
    const { page } = visitor;
    const wrong = [];
    if (!await page.evaluate(() => "axe" in window)) await page.evaluate(axeSource);
    for (const scheme of schemes) {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        for (const size of widths) {
            await page.setViewport(size);
            const found = await page.evaluate(violationsOf, rules);
            wrong.push(...found.map((one) => `${scheme}, ${size.width} px: ${one}`));
            if (pictures) await picture(page, `${name}-${scheme}-${size.width}`);
        }
    }
    await page.setViewport(desk);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    assert.deepEqual(wrong, [], `${name}: ${await visitor.address()}`);
}

/** In the page. */
async function violationsOf(tags) {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    const layout = scrollWidth > clientWidth ? [`it is ${scrollWidth} px wide, and has to be scrolled`] : [];
    const { violations } = await axe.run({ runOnly: tags, resultTypes: ["violations"], preload: false });
    return [...layout, ...violations.map(({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)];
}

async function picture(page, name) {
    await mkdir(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}
