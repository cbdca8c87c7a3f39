// What goes with a test: the last that was made goes first.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const actionsOf = new WeakMap();

/** `test`: a test's context, or node:test itself for what all tests of a file share. */
export function atEnd(test, action) {
    if (!actionsOf.has(test)) {
        actionsOf.set(test, []);
        test.after(() => end(actionsOf.get(test)));
    }
    actionsOf.get(test).push(action);
}

async function end(actions) {
    const errors = [];
    for (const action of actions.reverse()) await Promise.resolve().then(action).catch((error) => errors.push(error));
    if (errors.length > 0) throw errors[0];
}

export async function temporaryFolder(test) {
    const folder = await mkdtemp(join(tmpdir(), "countersign-"));
    atEnd(test, () => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
    return folder;
}
