// What proxy/admin/console/pages/view.js makes, and what it refuses. Run by `node --test`, without any
// package: the document is the small one below, which keeps what it is given.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isSafeAddress, viewOf } from "../../proxy/admin/console/pages/view.js";

class FakeNode {
    constructor(nodeType, name, space) {
        Object.assign(this, { nodeType, name, space, children: [], attributes: {}, listeners: {} });
    }
    get firstChild() { return this.children[0] ?? null; }
    appendChild(child) { this.children.push(child); return child; }
    removeChild(child) { this.children.splice(this.children.indexOf(child), 1); return child; }
    setAttribute(name, value) {
        assert.equal(typeof value, "string");
        this.attributes[name] = value;
    }
    addEventListener(event, listener) { this.listeners[event] = listener; }
    // A browser would read a text that is put here as markup.
    set innerHTML(text) { assert.fail(`innerHTML was set: ${text}`); }
    set outerHTML(text) { assert.fail(`outerHTML was set: ${text}`); }
    insertAdjacentHTML() { assert.fail("insertAdjacentHTML was called"); }
}

const fakeDocument = {
    createElement: (name) => new FakeNode(1, name, "html"),
    createElementNS: (space, name) => new FakeNode(1, name, space),
    createTextNode: (text) => Object.assign(new FakeNode(3, "#text"), { text }),
};

const { element, picture, prose, fill } = viewOf(fakeDocument);
const texts = (node) => node.children.map((child) => child.text);

test("markup in data stays text", () => {
    const hostile = "<img src=x onerror=alert(1)>&amp;\"'";
    const node = element("p", { title: hostile }, hostile);
    assert.deepEqual(texts(node), [hostile]);
    assert.equal(node.children[0].nodeType, 3);
    assert.equal(node.attributes.title, hostile);
});

test("children are nodes, texts, numbers and lists of them, in their order", () => {
    const inner = element("b", null, "two");
    const node = element("p", {}, "one", [inner, [0, "three"]], 4);
    assert.deepEqual(texts(node), ["one", undefined, "0", "three", "4"]);
    assert.equal(node.children[1], inner);
});

test("null, undefined and booleans are no children", () => {
    assert.deepEqual(element("p", null, null, undefined, false, true, []).children, []);
});

test("an empty text is a text", () => {
    assert.deepEqual(texts(element("p", null, "")), [""]);
});

test("a child that is something else is refused", () => {
    for (const child of [{}, { text: "x" }, () => "x", Symbol("x"), 1n]) {
        assert.throws(() => element("p", null, child), TypeError);
    }
});

test("attributes are left out, empty, or text", () => {
    const node = element("input", { a: null, b: undefined, c: false, d: true, e: 0, f: "" });
    assert.deepEqual(node.attributes, { d: "", e: "0", f: "" });
});

test("attributes that begin with on are refused, in any spelling", () => {
    for (const name of ["onclick", "onerror", "ONCLICK", "OnLoad", "once", "on-x"]) {
        assert.throws(() => element("p", { [name]: "alert(1)" }), TypeError, name);
        assert.throws(() => picture("g", { [name]: () => {} }), TypeError, name);
    }
});

test("listeners are functions, given as on", () => {
    const listener = () => {};
    assert.equal(element("button", { on: { click: listener } }).listeners.click, listener);
    assert.throws(() => element("button", { on: { click: "alert(1)" } }), TypeError);
});

test("style and what makes documents are refused", () => {
    for (const name of ["style", "STYLE", "srcdoc", "srcset", "ping", "background"]) {
        assert.throws(() => element("p", { [name]: "x" }), TypeError, name);
    }
});

test("what is no attribute's name is refused", () => {
    for (const name of ["", "a b", "a=b", "\"", ">", "1a", "a\n"]) {
        assert.throws(() => element("p", { [name]: "x" }), TypeError, JSON.stringify(name));
    }
});

test("addresses that run a script are refused, in every attribute that has one", () => {
    for (const name of ["href", "HREF", "src", "xlink:href", "action", "formaction", "data", "poster", "cite"]) {
        assert.throws(() => element("a", { [name]: "javascript:alert(1)" }), TypeError, name);
    }
});

const refused = [
    "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "\u0000javascript:alert(1)",
    "java\nscript:alert(1)", "java\tscript:alert(1)", "javascript\r\n:alert(1)", "\u001fjavascript:x",
    "data:text/html,x", "vbscript:x", "blob:x", "file:///etc/passwd", "view-source:x",
];
const taken = [
    "", "#/certificates/acme", "#/explain?url=http://a.example/", "?a=b:c", "pages/a.js", "./a:b", "/a:b",
    "//other.example/", "http://a.example/", "HTTPS://a.example/",
];

test("an address is relative, http or https", () => {
    for (const address of refused) assert.equal(isSafeAddress(address), false, JSON.stringify(address));
    for (const address of taken) assert.equal(isSafeAddress(address), true, address);
});

test("elements that run or load something are refused", () => {
    for (const name of ["script", "SCRIPT", "style", "iframe", "object", "embed", "base", "meta", "link"]) {
        assert.throws(() => element(name), TypeError, name);
    }
    for (const name of ["script", "use", "animate", "set", "foreignObject"]) {
        assert.throws(() => picture(name), TypeError, name);
    }
    assert.throws(() => element("p><script"), TypeError);
});

test("a picture's elements are SVG's", () => {
    const node = picture("svg", { viewBox: "0 0 1 1" }, picture("path", { d: "M0 0" }));
    assert.equal(node.space, "http://www.w3.org/2000/svg");
    assert.equal(node.children[0].space, node.space);
    assert.equal(node.attributes.viewBox, "0 0 1 1");
});

const partsOf = (text) => [prose(text)].flat().map((one) => (typeof one === "string" ? one : [one.name, ...texts(one)]));

test("what a sentence has in backticks is code", () => {
    assert.deepEqual(partsOf("Say `countersign check`, or set `key`."),
        ["Say ", ["code", "countersign check"], ", or set ", ["code", "key"], "."]);
    assert.deepEqual(texts(element("p", null, prose("Say `a`."))), ["Say ", undefined, "."]);
});

test("a backtick without another one, and a sentence without any, stay as they are", () => {
    for (const text of ["a ` b", "``", "", "<b>no</b>"]) assert.deepEqual(partsOf(text), [text]);
    assert.deepEqual(partsOf("`a` and ` b"), ["", ["code", "a"], " and ` b"]);
    for (const nothing of [null, undefined, false]) assert.equal(prose(nothing), nothing);
});

test("markup in backticks is a text of the code", () => {
    const [, code] = prose("See `<img src=x onerror=alert(1)>`");
    assert.equal(code.children[0].nodeType, 3);
    assert.deepEqual(texts(code), ["<img src=x onerror=alert(1)>"]);
});

test("fill puts children in the place of those before", () => {
    const node = element("p", null, "one", "two");
    assert.equal(fill(node, "three", null, ["four"]), node);
    assert.deepEqual(texts(node), ["three", "four"]);
});
