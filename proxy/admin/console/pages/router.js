// What an address of the console means: "#/certificates/acme?filter=x" is a path of decoded segments
// and a question. Pure functions; console.js listens to the browser.

/** {"path": ["certificates", "acme"], "query": URLSearchParams}. Whatever is no address is the overview. */
export function readAddress(hash) {
    if (!hash.startsWith("#/")) return { path: [], query: new URLSearchParams() };
    const mark = hash.indexOf("?");
    const path = mark < 0 ? hash.slice(2) : hash.slice(2, mark);
    const query = new URLSearchParams(mark < 0 ? "" : hash.slice(mark + 1));
    return { path: path.split("/").filter((segment) => segment !== "").map(decoded), query };
}

/** The address of a path and, where it has some, of the question's fields that are not empty. */
export function addressOf(path, fields = {}) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) if (value) query.set(name, value);
    const question = query.toString();
    return "#/" + path.map(encodeURIComponent).join("/") + (question && "?" + question);
}

/**
 * The first row whose pattern fits, with what ":name" stands for: {row, parameters}; null where none
 * does. A pattern is a list: ["certificates", ":name"].
 */
export function findRow(rows, path) {
    for (const row of rows) {
        const parameters = parametersOf(row.pattern, path);
        if (parameters) return { row, parameters };
    }
    return null;
}

function parametersOf(pattern, path) {
    if (pattern.length !== path.length) return null;
    const parameters = {};
    for (const [at, segment] of pattern.entries()) {
        if (segment.startsWith(":")) parameters[segment.slice(1)] = path[at];
        else if (segment !== path[at]) return null;
    }
    return parameters;
}

function decoded(segment) {
    try {
        return decodeURIComponent(segment);
    } catch {
        return segment; // a '%' that somebody typed
    }
}
