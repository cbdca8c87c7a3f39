const http = require("node:http");
const WebSocket = require("ws");

const port = process.env.PROXY_PORT;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function ask(url, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: "127.0.0.1",
        port,
        path: url,
        method: body ? "POST" : "GET",
        headers: { Host: new URL(url).host, ...(body && { "Content-Length": body.length }) },
        agent,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => (text += part));
        // It follows nothing by itself.
        response.on("end", () =>
          resolve(response.headers.location ? ask(response.headers.location) : text),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

// It knows no proxies. So the proxy is called as if it were the server.
function chat() {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, {
      headers: { Host: "ws.partner.example" },
    });
    socket.on("error", reject);
    socket.on("open", () => socket.send("hello"));
    socket.on("message", (said) => {
      socket.close();
      resolve(said.toString());
    });
  });
}

async function main() {
  const api = "http://api.partner.example";
  console.log("== get\n" + (await ask(`${api}/whoami`)));
  console.log("== post\n" + (await ask(`${api}/upload`, Buffer.alloc(10 * 1024 * 1024))));
  console.log("== keep_alive\n" + (await ask(`${api}/keep/one`)) + (await ask(`${api}/keep/two`)));
  console.log("== redirect\n" + (await ask(`${api}/login`)));
  console.log("== websocket\n" + (await chat()));
  agent.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
