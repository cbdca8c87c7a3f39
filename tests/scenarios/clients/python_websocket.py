import os

import websocket

# With http_proxy_host it would ask for a tunnel. So the proxy is called as if it were the server.
print("== websocket")
socket = websocket.create_connection(
    f"ws://127.0.0.1:{os.environ['PROXY_PORT']}/chat", host="ws.partner.example", timeout=90
)
socket.send("hello")
print(socket.recv())
socket.close()
