// Somebody in front of the console who has no mouse. Wherever the focus stops, it has to be seen.

import assert from "node:assert/strict";

import { until } from "./patience.mjs";

const mostStops = 60; // of a page

export class Typist {
    constructor(visitor) {
        this.visitor = visitor;
        this.keyboard = visitor.page.keyboard;
    }

    /** Tabs on until what is named has the focus; `back`: the other way. */
    async goTo(wanted, { back = false } = {}) {
        const passed = [];
        if (back) await this.keyboard.down("Shift");
        while (passed.at(-1) !== wanted) {
            assert.ok(passed.length < mostStops, `'${wanted}' is not reached by way of ${passed.join(", ")}`);
            await this.keyboard.press("Tab");
            passed.push(await this.visitor.focused());
            await this.isSeen();
        }
        if (back) await this.keyboard.up("Shift");
    }

    async type(label, text) {
        await this.goTo(label);
        await this.keyboard.sendCharacter(text);
    }

    async press(key = "Enter") { await this.keyboard.press(key); }

    /** At the field of a file: Enter opens what the browser has for that. */
    async chooses(file) {
        const opened = this.visitor.page.waitForFileChooser();
        await this.visitor.focused(); // the browser has heard that it is waited for
        await this.press();
        await (await opened).accept([file]);
    }

    /** The focus comes there by itself. */
    async isAt(wanted) {
        let last = "";
        await until(`the focus is at ${wanted}`, async () => (last = await this.visitor.focused()) === wanted)
            .catch(() => assert.fail(`the focus is at '${last}', not '${wanted}'`));
        await this.isSeen();
    }

    async isSeen() {
        assert.ok(await this.visitor.showsFocus(), `it is not seen that '${await this.visitor.focused()}' has the focus`);
    }
}
