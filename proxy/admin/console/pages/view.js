// Makes the page's nodes. Data becomes text nodes and plain attributes, never markup; what could run as
// a script is refused with a TypeError, whoever asks for it.

const pictureSpace = "http://www.w3.org/2000/svg";
const refusedElements = new Set([
    "script", "style", "link", "meta", "base", "iframe", "frame", "object", "embed", "applet",
    "animate", "animatemotion", "animatetransform", "set", "use", "foreignobject",
]);
// A style attribute is what the Content-Security-Policy refuses; srcdoc is a document.
const refusedAttributes = new Set(["style", "srcdoc", "srcset", "ping", "background"]);
const addressAttributes = new Set(["href", "xlink:href", "src", "action", "formaction", "cite", "data", "poster"]);
const attributeName = /^[a-z][a-z0-9:_-]*$/i;

/** An address that leads nowhere but to a page: relative, http or https. */
export function isSafeAddress(address) {
    // What browsers leave out before they look at the scheme: blanks, tabs, line ends, control characters.
    const bare = String(address).replace(/[\u0000-\u0020\u007f-\u009f]/g, "");
    const scheme = /^([^/?#:]*):/.exec(bare);
    return !scheme || /^https?$/i.test(scheme[1]);
}

function setAttribute(node, name, value) {
    if (value === null || value === undefined || value === false) return;
    const lower = name.toLowerCase();
    if (!attributeName.test(name)) throw new TypeError(`'${name}' is no attribute's name`);
    if (lower.startsWith("on")) throw new TypeError(`'${name}': listeners are given as on: { event: function }`);
    if (refusedAttributes.has(lower)) throw new TypeError(`'${name}' is refused: it would be markup or style`);
    if (addressAttributes.has(lower) && !isSafeAddress(value)) {
        throw new TypeError(`'${name}' is refused: an address is relative, http or https`);
    }
    node.setAttribute(name, value === true ? "" : String(value));
}

function setListeners(node, listeners) {
    for (const [event, listener] of Object.entries(listeners)) {
        if (typeof listener !== "function") throw new TypeError(`the listener of '${event}' is no function`);
        node.addEventListener(event, listener);
    }
}

/**
 * The view of one document. Both functions take a name, attributes (null, undefined and false: left
 * out; true: an empty one; on: an object of listeners), and children: nodes, texts, numbers, lists of
 * them; null, undefined and booleans are nothing.
 */
export function viewOf(document) {
    function append(parent, child) {
        if (child === null || child === undefined || typeof child === "boolean") return;
        if (Array.isArray(child)) {
            for (const one of child) append(parent, one);
        } else if (typeof child === "string" || typeof child === "number") {
            parent.appendChild(document.createTextNode(String(child)));
        } else if (typeof child === "object" && typeof child.nodeType === "number") {
            parent.appendChild(child);
        } else {
            throw new TypeError("a child is a node, a text, a number or a list of them");
        }
    }

    function make(node, attributes, children) {
        for (const [key, value] of Object.entries(attributes ?? {})) {
            if (key === "on") setListeners(node, value);
            else setAttribute(node, key, value);
        }
        append(node, children);
        return node;
    }

    function checked(name) {
        if (!attributeName.test(name) || refusedElements.has(name.toLowerCase())) {
            throw new TypeError(`the element '${name}' is refused`);
        }
        return name;
    }

    const element = (name, attributes, ...children) =>
        make(document.createElement(checked(name)), attributes, children);

    return {
        /** An element of HTML. */
        element,
        /** An element of SVG. */
        picture(name, attributes, ...children) {
            return make(document.createElementNS(pictureSpace, checked(name)), attributes, children);
        },
        /** A sentence of the proxy's as children: what it has in backticks, a command or a key, is code. */
        prose(text) {
            if (typeof text !== "string" || !text.includes("`")) return text;
            return text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? element("code", null, part) : part));
        },
        /** Puts these in the place of all that a node has. */
        fill(node, ...children) {
            while (node.firstChild) node.removeChild(node.firstChild);
            append(node, children);
            return node;
        },
    };
}

export const { element, picture, prose, fill } = viewOf(globalThis.document);
