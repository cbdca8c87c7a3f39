import os
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

API = "http://api.partner.example"
opener = build_opener(ProxyHandler({"http": f"http://127.0.0.1:{os.environ['PROXY_PORT']}"}), HTTPCookieProcessor())


def ask(path, body=None):
    with opener.open(API + path, data=body, timeout=90) as response:
        return response.read().decode()


print("== get")
print(ask("/whoami"))
print("== post")
print(ask("/upload", bytes(10 * 1024 * 1024)))
print("== redirect")
print(ask("/login"))
