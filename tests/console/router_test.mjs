// What an address of the console means, by proxy/admin/console/pages/router.js.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf, findRow, readAddress } from "../../proxy/admin/console/pages/router.js";

test("whatever is no address is the overview", () => {
    for (const hash of ["", "#", "#/", "#main", "certificates"]) assert.deepEqual(readAddress(hash).path, []);
});

test("segments are decoded each for itself", () => {
    assert.deepEqual(readAddress("#/certificates/a%2Fb%20c").path, ["certificates", "a/b c"]);
    assert.deepEqual(readAddress("#/certificates/100%").path, ["certificates", "100%"]);
});

test("what addressOf writes, readAddress reads", () => {
    const name = "ü/?#&=% +";
    const { path, query } = readAddress(addressOf(["certificates", name], { url: name, client: "" }));
    assert.deepEqual(path, ["certificates", name]);
    assert.deepEqual([...query], [["url", name]]);
});

test("a pattern fits its own length only, and gives what stands in its places", () => {
    const rows = [{ pattern: [] }, { pattern: ["profiles"] }, { pattern: ["profiles", ":name"] }];
    assert.equal(findRow(rows, []).row, rows[0]);
    assert.equal(findRow(rows, ["profiles"]).row, rows[1]);
    assert.deepEqual(findRow(rows, ["profiles", "a"]), { row: rows[2], parameters: { name: "a" } });
    assert.equal(findRow(rows, ["profiles", "a", "b"]), null);
    assert.equal(findRow(rows, ["nothing"]), null);
});
