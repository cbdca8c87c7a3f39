#!/usr/bin/env python3
"""Asks the API for operators everything that its description has, and holds each answer against it.

    answers_test.py http://127.0.0.1:PORT TOKEN AUTHORITY.pem SERVER PROXY USER PASSWORD    prints what does not fit; exit status 1 where something does not

SERVER is the partner's port, PROXY that of a listener, through which some requests are sent that fail.

Every path and method of the description has to be asked here, and every status that is asked for has to be in it. Where
it says that somebody may be told to wait (429), or that a body may be too long (413), that has to be seen here.
"""
import base64
import http.client
import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import jsonschema

BASE, TOKEN, AUTHORITY, PORT, PROXY, USER, PASSWORD = sys.argv[1:]
PROBLEM = "application/problem+json"
EVENTS = {"live": "Live", "step": "ProbeStep", "probed": "Probed", "fault": "ProbeFault", "exchanges": "News"}
wrong = []
asked = set()
answered = set()


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
    answered.add((template, method.lower(), status))
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
        events = re.findall(rb"event: (\w+)\ndata: (.*)\n\n", body)
        if not events or re.sub(rb"event: \w+\ndata: .*\n\n|:.*\n\n", b"", body):
            return wrong.append(f"{where}: not as events are: {body}")
        found = [({"$ref": "#/components/schemas/" + EVENTS[name.decode()]}, json.loads(data)) for name, data in events]
    else:
        found = [(content[kind]["schema"], json.loads(body))]
    for schema, value in found:
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
for template in ("status", "certificates", "profiles", "events", "exchanges"):
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


def certify_a_key_pair():
    """From a new key to the authority's certificate behind it."""
    pairs, name = API + "key-pairs", API + "certificates/{name}"
    path = API + "certificates/a%20pair"
    for wish in ({"name": 1}, {"name": "a pair", "subject": 5}, {"name": "a pair", "names": "DNS:a"}, {"colour": "red"},
                 {"name": "a\u0001pair"}, {"name": "a pair", "subject": "CN=" + "a" * 2000}, []):
        try_out(pairs, "POST", wish, expected=400)
    for wish in ({}, {"name": "a pair"}, {"name": "a pair", "subject": "no subject"},
                 {"name": "a pair", "subject": "CN=a", "key": "dsa"},
                 {"name": "a pair", "subject": "CN=a", "names": ["DNS:a b"]}):
        try_out(pairs, "POST", wish, expected=422)
    wish = {"name": "a pair", "subject": "CN=pair, O=Acme", "names": ["DNS:pair.example"], "key": "ec"}
    made = json.loads(try_out(pairs, "POST", wish, expected=201))
    try_out(pairs, "POST", wish, expected=409)
    try_out(pairs, "POST", wish, token=None, expected=401)
    if made["active"]:
        wrong.append("a record that waits for its certificate is active")
    try_out(name + "/request", "GET", path=API + "certificates/none/request", expected=404)
    try_out(name + "/request", "GET", path=path + "/request", token=None, expected=401)
    got = json.loads(try_out(name + "/request", "GET", path=path + "/request"))
    if not got["awaits_reply"] or got["subject"] != "CN=pair, O=Acme" or got["names"] != ["DNS:pair.example"]:
        wrong.append(f"a request of {got}")
    try_out(name + "/request", "GET", path=API + "certificates/" + records[0]["name"] + "/request", expected=422)
    reply = {"files": [{"file_name": "root.crt", "pem": open(AUTHORITY).read()}]}
    for body in ({}, {"files": []}, {"files": [5]}, {"files": [{}]}, {"files": [{"pem": "a", "content": "AAAA"}]},
                 {"files": [{"content": "?"}]}, {**reply, "incomplete": "no"}, {**reply, "colour": "red"}):
        try_out(name + "/reply", "POST", body, path=path + "/reply", seen=made["version"], expected=400)
    try_out(name + "/reply", "POST", reply, path=API + "certificates/none/reply", seen="x", expected=404)
    try_out(name + "/reply", "POST", reply, path=path + "/reply", expected=428)
    try_out(name + "/reply", "POST", reply, path=path + "/reply", seen="x", expected=412)
    try_out(name + "/reply", "POST", reply, path=path + "/reply", seen=made["version"], expected=422)
    with tempfile.TemporaryDirectory() as folder:
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
        with open(folder + "/pair.csr", "w", encoding="ascii") as file:
            file.write(got["pem"])
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
                "-out", "ca.crt", "-subj", "/CN=another authority", "-days", "30")
        openssl("x509", "-req", "-in", "pair.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "9",
                "-copy_extensions", "copy", "-out", "pair.crt")
        leaf, root = (open(f"{folder}/{one}.crt", encoding="ascii").read() for one in ("pair", "ca"))
    alone = {"files": [{"file_name": "pair.crt", "pem": leaf}]}
    said = try_out(name + "/reply", "POST", alone, path=path + "/reply", seen=made["version"], expected=422)
    if b"'CN=another authority', is neither in pair.crt nor in the key store" not in said:
        wrong.append(f"of a missing issuer it is said: {said}")
    both = {"files": [{"file_name": "ca.crt", "pem": root}, alone["files"][0]]}
    done = json.loads(try_out(name + "/reply", "POST", both, path=path + "/reply", seen=made["version"]))["record"]
    if not done["active"] or [one["subject"] for one in done["certificates"]] != ["CN=pair, O=Acme", "CN=another authority"]:
        wrong.append(f"after the reply the record is {done}")
    try_out(name, "DELETE", path=path, seen=done["version"], expected=204)


def write_a_profile():
    """From a draft to its end."""
    every, one, previews = API + "profiles", API + "profiles/{name}", API + "profile-previews"
    path = API + "profiles/a-new-one"
    keys = {"name": "a-new-one", "hosts": ["new.example"], "trust": ["system"], "request_headers": {"set": {"X-A": "b"}}}
    seen = json.loads(try_out(previews, "POST", {"profile": keys}))
    if seen["problems"] or "new.example" not in seen["yaml"]:
        wrong.append(f"a right profile is previewed as {seen}")
    for field, value in (("hots", []), ("key_store", "no such"), ("tls", {"min_version": "1.4"}), ("name", "A")):
        problems = json.loads(try_out(previews, "POST", {"profile": {**keys, field: value}}))["problems"]
        if not problems or not problems[0]["field"].startswith(field):
            wrong.append(f"{field}: {value} is told as {problems}")
    for draft in ({}, {"profile": 1}, {"yaml": 1}, {"profile": {**keys, "ports": [1.5]}}, {"yaml": "a" * 70_000}, {"yaml": "a: ["}, {"yaml": "- a"}, {"profile": keys, "yaml": ""}, []):
        try_out(previews, "POST", draft, expected=400)
        try_out(every, "POST", draft, expected=400)
        try_out(one, "PUT", draft, path=path, expected=400)
    try_out(previews, "POST", {"profile": keys}, token=None, expected=401)
    try_out(every, "POST", {"profile": keys}, token=None, expected=401)
    try_out(every, "POST", {"profile": {**keys, "name": None}}, expected=422)
    told = json.loads(try_out(every, "POST", {"profile": {**keys, "hosts": ["a b"]}}, expected=422))
    if told["problems"][0]["field"] != "hosts[0]":
        wrong.append(f"a wrong host is told as {told}")
    made = json.loads(try_out(every, "POST", {"yaml": json.dumps(keys)}, expected=201))
    if made != json.loads(try_out(one, "GET", path=path)) or '"b"' in json.dumps(made):
        wrong.append(f"what was made is {made}")
    try_out(every, "POST", {"profile": keys}, expected=409)
    try_out(one, "GET", path=API + "profiles/none", expected=404)
    moved = {**keys, "hosts": ["else.example"], "request_headers": {"set": {"X-A": None}}}
    said = try_out(one, "PUT", {"profile": moved}, path=path, seen=made["version"], expected=422)
    if b"request_headers.set.X-A" not in said:
        wrong.append(f"a value that nobody is shown goes elsewhere: {said}")
    other = {**keys, "retry": "never", "request_headers": {"set": {"X-A": None}}}
    for method, body in (("PUT", {"profile": other}), ("DELETE", None)):
        try_out(one, method, body, path=path, expected=428)
        try_out(one, method, body, path=path, seen="x", expected=412)
        try_out(one, method, body, path=path, seen=made["version"], token=None, expected=401)
    try_out(one, "DELETE", path=API + "profiles/none", seen="x", expected=404)
    try_out(one, "PUT", {"profile": other}, path=API + "profiles/another", seen="x", expected=400)
    newer = json.loads(try_out(one, "PUT", {"profile": other}, path=path, seen=made["version"]))
    if newer["written"]["retry"] != "never":
        wrong.append(f"changed to {newer}")
    try_out(one, "DELETE", path=path, seen=newer["version"], expected=204)
    by_hand = json.loads(try_out(every, "GET"))["profiles"][0]["profile"]
    fixed = json.loads(try_out(one, "GET", path=API + "profiles/" + by_hand))
    if fixed["editable"] or not fixed["fixed_because"] or fixed["written"]:
        wrong.append(f"what is written by hand is {fixed}")
    try_out(one, "DELETE", path=API + "profiles/" + by_hand, seen="x", expected=422)


def probe():
    """A server, a server that nobody is, and what cannot be asked."""
    probes = API + "probes"
    for question in ({}, {"url": ""}, {"url": 5}, [], b"{", {"url": "http://a/", "listener": "no such"},
                     {"url": "http://a/", "client": "nobody"}, {"url": "http://a/", "asks": 1}, {"url": "http://a/", "b": 1}):
        said = try_out(probes, "POST", question, expected=400)
        if b"--" in said:
            wrong.append(f"a form is told of options: {said}")
    try_out(probes, "POST", {"url": "http://a/"}, expected=401, token=None)
    refused = json.loads(try_out(probes, "POST", {"url": "http://elsewhere.example/"}))
    if refused["verdict"]["ok"]:
        wrong.append(f"of a host without a profile it is said: {refused}")
    for draft in (5, {}, {"pem": "x", "colour": "red"}):
        try_out(probes, "POST", {"url": f"http://127.0.0.1:{PORT}/", "draft": draft}, expected=400)
    said = try_out(probes, "POST", {"url": f"http://127.0.0.1:{PORT}/", "draft": {"pem": "no key store"}})
    if b"event: fault" not in said:
        wrong.append(f"of a draft that is none it is said: {said}")
    said = try_out(probes, "POST", {"url": f"http://127.0.0.1:{PORT}/"})
    if b"event: step" not in said or b'"ok":true' not in said or b"BEGIN CERTIFICATE" not in said:
        wrong.append(f"of the partner's server it is said: {said}")


def look_at_exchanges():
    """Those that were asked for here, and that no profile is for."""
    every, one = API + "exchanges", API + "exchanges/{number}"
    for url in ("http://no-profile.example/a?b=c", "http://127.0.0.1:1/d"):
        request = urllib.request.Request(url)
        request.set_proxy("127.0.0.1:" + PROXY, "http")
        try:
            urllib.request.urlopen(request, timeout=20).close()
            wrong.append(f"{url} was answered")
        except urllib.error.HTTPError as error:
            error.close()
    kept = json.loads(try_out(every, "GET"))["exchanges"]
    # Of two workers' the one that was asked first may be told of last.
    if {exchange["url"] for exchange in kept} != {"http://127.0.0.1:1/d", "http://no-profile.example/a"}:
        wrong.append(f"kept are {kept}")
    number = kept[0]["number"]
    full = json.loads(try_out(one, "GET", path=f"{every}/{number}"))
    if full["exchange"] != kept[0] or not full["report"]["detail"]:
        wrong.append(f"in full it is {full}")
    for missing in (number + 1000, "x", "-1"):
        try_out(one, "GET", path=f"{every}/{missing}", expected=404)
    try_out(one, "GET", path=f"{every}/{number}", expected=401, token=None)
    for question in ("profile=-", "profile=no%20such", "status=502", "status=4xx", "status=none", "failed=true",
                     "after=1&before=9&limit=1"):
        try_out(every, "GET", path=f"{every}?{question}")
    for question in ("status=6xx", "failed=1", "after=", "before=-1", "limit=0", "limit=1001", "colour=red", "profile=%z"):
        try_out(every, "GET", path=f"{every}?{question}", expected=400)
    events = API + "events"
    if b"event: exchanges" not in try_out(events, "GET", path=events + "?exchanges&after=0", size=65536):
        wrong.append("no event has what has ended")
    for question in ("after=x", "exchange"):
        try_out(events, "GET", path=f"{events}?{question}", expected=400)


def costly_store():
    """What a call for an inspection has: a key store that takes a good part of a second to open."""
    with tempfile.TemporaryDirectory() as folder:
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "a.key",
                "-out", "a.crt", "-subj", "/CN=a", "-days", "30")
        openssl("pkcs12", "-export", "-inkey", "a.key", "-in", "a.crt", "-passout", "pass:geheim", "-iter", "100000",
                "-out", "a.p12")
        with open(folder + "/a.p12", "rb") as file:
            return {"content": base64.b64encode(file.read()).decode(), "password": "geheim"}


def be_told_to_wait(template, method, path=None, body=None, **more):
    """Asks until it is so."""
    patience = time.monotonic() + 30
    while time.monotonic() < patience:
        status, kind, got = ask(method, path or template, body, **more)
        hold(template, method, status, kind, got)
        if status == 429:
            return
    wrong.append(f"{method} {path or template}: is never told to wait")


def come_while_others_look():
    """While stores are looked at that are costly, four at a time, everyone else is told to wait."""
    store, over = costly_store(), threading.Event()

    def look():
        while not over.is_set():
            if ask("POST", API + "inspections", store)[0] == 429:
                time.sleep(0.02)
    others = [threading.Thread(target=look) for _ in range(6)]
    for one in others:
        one.start()
    try:
        be_told_to_wait(API + "inspections", "POST", body={"pem": open(AUTHORITY).read()})
        be_told_to_wait(API + "certificates/{name}/request", "GET",
                        path=API + "certificates/" + records[0]["name"] + "/request")
        name = json.loads(try_out(API + "profiles", "GET"))["profiles"][0]["profile"]
        keys = {"profile": {"name": name, "hosts": ["new.example"], "trust": ["system"]}}
        be_told_to_wait(API + "profile-previews", "POST", body=keys)
        for method, body in (("GET", None), ("PUT", keys), ("DELETE", None)):
            be_told_to_wait(API + "profiles/{name}", method, path=API + "profiles/" + name, body=body)
    finally:
        over.set()
        for one in others:
            one.join()


def come_while_others_probe():
    """Two probe a server that says nothing."""
    headers = {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        question = {"url": f"http://127.0.0.1:{port}/"}
        keys = {"name": "silent", "hosts": ["127.0.0.1"], "ports": [port], "trust": ["system"]}
        made = json.loads(try_out(API + "profiles", "POST", {"profile": keys}, expected=201))
        others = [http.client.HTTPConnection(BASE.removeprefix("http://"), timeout=20) for _ in range(2)]
        answers = []
        for one in others:
            one.request("POST", API + "probes", json.dumps(question), headers)
            answers.append(one.getresponse())  # whoever lets go of it ends the probe
            answers[-1].read1(1)
        be_told_to_wait(API + "probes", "POST", body=question)
        for one in answers:
            one.close()
        try_out(API + "profiles/{name}", "DELETE", path=API + "profiles/silent", seen=made["version"], expected=204)


def come_while_others_guess():
    """Four wait for the second after which they hear that their token is wrong."""
    over = threading.Event()

    def guess():
        while not over.is_set():
            if ask("POST", API + "session", {"token": "wrong"})[0] == 429:
                time.sleep(0.02)
    others = [threading.Thread(target=guess) for _ in range(6)]
    for one in others:
        one.start()
    be_told_to_wait(API + "session", "POST", body={"token": "wrong"})
    over.set()
    for one in others:
        one.join()


def send_too_much():
    """Who may change something may send more."""
    for template, methods in description["paths"].items():
        for method, call in methods.items():
            if method != "parameters" and "requestBody" in call:
                path = template.replace("{name}", "a-new-one")
                try_out(template, method.upper(), b"x" * 5_000_000, path=path, seen="x", expected=413)


look_at_exchanges()
change_records()
probe()
certify_a_key_pair()
write_a_profile()
come_while_others_look()
come_while_others_probe()
come_while_others_guess()
send_too_much()
for template, methods in description["paths"].items():
    for method in methods.keys() - {"parameters"}:
        if (template, method) not in asked:
            wrong.append(f"{method} {template}: is asked nowhere in this test")
        for status in ("413", "429"):
            if status in methods[method]["responses"] and (template, method, int(status)) not in answered:
                wrong.append(f"{method} {template}: {status} is seen nowhere in this test")
if not records:
    wrong.append("no certificate record was there to be looked at")
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
