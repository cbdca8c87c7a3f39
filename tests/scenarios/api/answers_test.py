#!/usr/bin/env python3
"""Asks the API for operators everything that its description has, and holds each answer against it.

    answers_test.py http://127.0.0.1:PORT TOKEN AUTHORITY.pem USER PASSWORD    prints what does not fit; exit status 1 where something does not

Every path and method of the description has to be asked here, and every status that is asked for has to be in it.
"""
import json
import re
import sys
import time
import urllib.error
import urllib.request

import jsonschema

BASE, TOKEN, AUTHORITY, USER, PASSWORD = sys.argv[1:]
PROBLEM = "application/problem+json"
wrong = []
asked = set()


def ask(method, path, body=None, token=TOKEN, kind="application/json", size=-1, seen=None):
    headers = {"Authorization": "Bearer " + token} if token else {}
    if seen is not None:
        headers["If-Match"] = f'"{seen}"'
    if body is not None:
        headers["Content-Type"] = kind
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data=body, method=method, headers=headers)
    try:
        answer = urllib.request.urlopen(request, timeout=20)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers.get_content_type(), answer.read() if size < 0 else answer.read1(size)


description = json.loads(ask("GET", "/api/v1/openapi.json")[2])


def resolved(schema):
    """The schema with the description's components where a $ref finds them."""
    return {**schema, "components": description["components"]}


def hold(template, method, status, kind, body):
    asked.add((template, method.lower()))
    where = f"{method} {template}, {status}"
    told = description["paths"][template][method.lower()]["responses"].get(str(status))
    if told is None:
        return wrong.append(f"{where}: the description has no such status; {body[:200]}")
    content = told.get("content", {})
    if not content:
        return wrong.append(f"{where}: something came: {body}") if body else None
    if kind not in content:
        return wrong.append(f"{where}: came as {kind}, not {list(content)}")
    if kind == "text/event-stream":
        event = re.fullmatch(rb"event: live\ndata: (.*)\n\n", body)
        if not event:
            return wrong.append(f"{where}: no event: {body}")
        schema, value = {"$ref": "#/components/schemas/Live"}, json.loads(event[1])
    else:
        schema, value = content[kind]["schema"], json.loads(body)
    for error in jsonschema.Draft202012Validator(resolved(schema)).iter_errors(value):
        wrong.append(f"{where}: at {list(error.absolute_path)}: {error.message[:300]}")
    return None


def try_out(template, method, body=None, path=None, expected=200, **more):
    status, kind, got = ask(method, path or template, body, **more)
    if status != expected:
        wrong.append(f"{method} {path or template}: {status}, not {expected}: {got[:300]}")
    hold(template, method, status, kind, got)
    return got


for name, schema in description["components"]["schemas"].items():
    jsonschema.Draft202012Validator.check_schema(resolved(schema))
API = "/api/v1/"
try_out(API + "openapi.json", "GET", token=None)
try_out(API + "session", "GET")
try_out(API + "session", "GET", token=None)
try_out(API + "session", "POST", {"token": TOKEN}, token=None)
try_out(API + "session", "POST", {"token": "wrong"}, expected=401)
try_out(API + "session", "POST", {"user": USER, "password": PASSWORD}, token=None)
try_out(API + "session", "POST", {"user": USER, "password": "wrong"}, token=None, expected=401)
try_out(API + "session", "POST", {"user": USER}, expected=400)
try_out(API + "session", "POST", {"token": 5}, expected=400)
try_out(API + "session", "POST", b"token=" + TOKEN.encode(), expected=415, kind="application/x-www-form-urlencoded")
try_out(API + "session", "DELETE", expected=204)
for template in ("status", "certificates", "profiles", "events"):
    try_out(API + template, "GET", expected=401, token=None)
try_out(API + "status", "GET")
try_out(API + "profiles", "GET")
try_out(API + "events", "GET", size=65536)
for template, methods in description["paths"].items():
    hold(template, next(iter(methods.keys() - {"parameters"})), *ask("BREW", template))
records = json.loads(try_out(API + "certificates", "GET"))["certificates"]
until = time.monotonic() + 20
while any(record["findings"] is None for record in records) and time.monotonic() < until:
    time.sleep(0.05)
    records = json.loads(try_out(API + "certificates", "GET"))["certificates"]
if any(record["findings"] is None for record in records):
    wrong.append("lint is not known after twenty seconds")
for record in records:
    one = json.loads(try_out(API + "certificates/{name}", "GET", path=API + "certificates/" + record["name"]))
    if {key: one[key] for key in record} != record:
        wrong.append(f"{record['name']}: the list says something else than the record")
try_out(API + "certificates/{name}", "GET", path=API + "certificates/no%20such", expected=404)
try_out(API + "certificates/{name}", "GET", path=API + "certificates/%zz", expected=404)
try_out(API + "explain", "POST", {"url": "http://127.0.0.1:1/"})
try_out(API + "explain", "POST", {"url": "http://127.0.0.1/", "method": "POST", "client": "10.1.2.3", "listener": ""})
for question in ({}, {"url": ""}, {"url": 5}, [], b"{", {"url": "http://a/", "listener": "no such"}):
    try_out(API + "explain", "POST", question, expected=400)
try_out(API + "explain", "POST", {"url": "http://a/"}, expected=401, token="wrong")


def change_records():
    """A record from its container to its end, and what is refused on the way."""
    every, one, path = API + "certificates", API + "certificates/{name}", API + "certificates/a%20new%20one"
    pem = open(AUTHORITY).read()
    found = json.loads(try_out(API + "inspections", "POST", {"pem": pem}))
    if found["type"] != "trust_store_cert" or found["problem"]:
        wrong.append(f"an authority's certificate is found to be {found}")
    try_out(API + "inspections", "POST", {"pem": "no certificate", "password": None})
    for draft in ({}, {"pem": pem, "colour": "red"}, {"content": "?"}, {"pem": pem, "content": "AAAA"}, {"pem": 1}, []):
        try_out(API + "inspections", "POST", draft, expected=400)
        try_out(every, "POST", draft, expected=400)
    try_out(API + "inspections", "POST", {"pem": "A" * 5_000_000}, expected=413)
    try_out(API + "inspections", "POST", {"pem": pem}, expected=401, token=None)
    try_out(every, "POST", {"pem": pem}, expected=422)
    try_out(every, "POST", {"pem": pem, "name": "system"}, expected=422)
    made = json.loads(try_out(every, "POST", {"pem": pem, "name": "a new one"}, expected=201))
    try_out(every, "POST", {"pem": pem, "name": "a new one"}, expected=409)
    if made != {**json.loads(try_out(one, "GET", path=path)), "findings": None, "lint": [], "lint_problem": None}:
        wrong.append("what was made is another record than what is there then")
    for method, body in (("PUT", {"pem": pem}), ("PATCH", {"active": False}), ("DELETE", None)):
        try_out(one, method, body, path=API + "certificates/no%20such", seen="x", expected=404)
        try_out(one, method, body, path=path, expected=428)
        try_out(one, method, body, path=path, seen="x", expected=412)
        try_out(one, method, body, path=path, seen=made["version"], token=None, expected=401)
    try_out(one, "PUT", {"pem": "nothing"}, path=path, seen=made["version"], expected=422)
    try_out(one, "PATCH", {"active": "no"}, path=path, seen=made["version"], expected=400)
    newer = json.loads(try_out(one, "PUT", {"pem": pem}, path=path, seen=made["version"]))
    edited = json.loads(try_out(one, "PATCH", {"active": False, "description": "two"}, path=path, seen=newer["version"]))
    if edited["active"] or edited["description"] != "two":
        wrong.append(f"edited to {edited}")
    try_out(one, "DELETE", path=path, seen=edited["version"], expected=204)
    try_out(one, "GET", path=path, expected=404)
    by_hand = json.loads(try_out(one, "GET", path=API + "certificates/" + records[0]["name"]))
    if by_hand["editable"] or not by_hand["fixed_because"]:
        wrong.append("what is written by hand can be edited")
    try_out(one, "PATCH", {"description": "mine"}, path=API + "certificates/" + by_hand["name"],
            seen=by_hand["version"], expected=422)


change_records()
for template, methods in description["paths"].items():
    for method in methods.keys() - {"parameters"}:
        if (template, method) not in asked:
            wrong.append(f"{method} {template}: is asked nowhere in this test")
if not records:
    wrong.append("no certificate record was there to be looked at")
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
