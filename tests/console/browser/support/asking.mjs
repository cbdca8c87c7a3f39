// One request of a program's, by HTTP or HTTPS.

import { request as requestByHttp } from "node:http";
import { request as requestByHttps } from "node:https";

/** {status, text}. `authority`: the PEM text of who vouches for the server, where it speaks HTTPS. */
export function asks(url, { method = "GET", headers = {}, body = undefined, authority = undefined } = {}) {
    return new Promise((resolve, reject) => {
        const request = url.startsWith("https:") ? requestByHttps : requestByHttp;
        const asked = request(url, { method, headers, ca: authority, agent: false }, (answer) => {
            let text = "";
            answer.setEncoding("utf8");
            answer.on("data", (more) => { text += more; });
            answer.on("end", () => resolve({ status: answer.statusCode, text }));
            answer.on("error", reject);
        });
        asked.on("error", reject);
        asked.end(body);
    });
}
