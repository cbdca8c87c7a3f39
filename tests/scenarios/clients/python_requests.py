import os

import requests

API = "http://api.partner.example"
session = requests.Session()
session.proxies = {"http": f"http://127.0.0.1:{os.environ['PROXY_PORT']}"}


def ask(path, body=None):
    response = session.request("GET" if body is None else "POST", API + path, data=body, timeout=90)
    response.raise_for_status()
    return response.text


print("== get")
print(ask("/whoami"))
print("== post")
print(ask("/upload", bytes(10 * 1024 * 1024)))
print("== keep_alive")
print(ask("/keep/one"), ask("/keep/two"))
print("== redirect")
print(ask("/login"))
