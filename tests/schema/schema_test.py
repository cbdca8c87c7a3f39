#!/usr/bin/env python3
"""Holds the JSON Schema against the reader: schema_test.py COUNTERSIGN TOP [unittest's arguments]

Every example passes a real validator, the schema knows exactly the keys that the reader knows, and what is wrong is
refused by both.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

BINARY, TOP = sys.argv[1], pathlib.Path(sys.argv[2])
NOBODYS_KEY = "zzzzzzzzzzzzzzzz"

SCHEMA = json.loads(subprocess.run([BINARY, "schema"], check=True, capture_output=True, text=True).stdout)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

INSTALLED = "/usr/share/countersign/configuration.schema.json"
# A map of the configuration: where the schema has it, and a text in which a key that nobody knows stands in it.
MAPS = {
    (): "{key}: 1",
    ("listeners", 0): "listeners: [{{ {key}: 1 }}]",
    ("certificates", 0): "certificates: [{{ type: {type}, {key}: 1 }}]",
    ("clients", 0): "clients: [{{ {key}: 1 }}]",
    ("profiles", 0): "profiles: [{{ {key}: 1 }}]",
    ("profiles", 0, "tls"): "profiles: [{{ tls: {{ {key}: 1 }} }}]",
    ("profiles", 0, "timeouts"): "profiles: [{{ timeouts: {{ {key}: 1 }} }}]",
    ("profiles", 0, "rotation"): "profiles: [{{ rotation: {{ {key}: 1 }} }}]",
    ("profiles", 0, "pool"): "profiles: [{{ pool: {{ {key}: 1 }} }}]",
    ("profiles", 0, "request_headers"): "profiles: [{{ request_headers: {{ {key}: 1 }} }}]",
    ("addresses",): "addresses: {{ {key}: 1 }}",
    ("limits",): "limits: {{ {key}: 1 }}",
    ("log",): "log: {{ {key}: 1 }}",
    ("shutdown",): "shutdown: {{ {key}: 1 }}",
    ("reload",): "reload: {{ {key}: 1 }}",
    ("admin",): "admin: {{ {key}: 1 }}",
    ("admin", "tls"): "admin: {{ tls: {{ {key}: 1 }} }}",
    ("console",): "console: {{ {key}: 1 }}",
}
RECORD_TYPES = ["java_key_store", "pkcs12_key_store", "pem_key_store", "trust_store_cert"]


def problems_of(text):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        command = [BINARY, "check", "--json", "-c", file.name]
        run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "A": "a" * 32, "B": "b"})
        return json.loads(run.stdout)["problems"]


def keys_of_reader(text):
    """What the problem about an unknown key lists."""
    for problem in problems_of(text):
        found = re.search(NOBODYS_KEY + r": unknown key; expected (.*)$", problem)
        if found:
            return set(re.split(", | or ", found.group(1)))
    raise AssertionError(f"no unknown key in: {text}")


def part_of_schema(path):
    part = SCHEMA
    for step in path:
        part = part["items"] if isinstance(step, int) else part["properties"][step]
    return part


def maps_in(part, path=()):
    """Every place of the schema that lists properties, definitions left out."""
    if "properties" in part:
        yield path
        for key, below in part["properties"].items():
            yield from maps_in(below, path + (key,))
    if "items" in part:
        yield from maps_in(part["items"], path + (0,))


def configurations():
    """Those of deploy/; beside them stand manifests, rules and a composition of other programs'."""
    others = {"docker", "kubernetes", "monitoring"}
    found = [file for file in sorted((TOP / "deploy").rglob("*.yaml"))
             if file.name == "countersign.yaml" or others.isdisjoint(file.relative_to(TOP).parts)]
    assert len(found) > 10, found
    return found


class Schema(unittest.TestCase):
    def test_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_knows_exactly_the_keys_that_the_reader_knows(self):
        for path, text in MAPS.items():
            types = RECORD_TYPES if "{type}" in text else [""]
            known = set()
            for record_type in types:
                known |= keys_of_reader(text.format(key=NOBODYS_KEY, type=record_type))
            part = part_of_schema(path)
            self.assertEqual(known, set(part["properties"]), path)
            self.assertIs(part["additionalProperties"], False, path)

    def test_has_no_map_that_this_test_does_not_know(self):
        self.assertEqual(set(maps_in(SCHEMA)), set(MAPS))

    def test_accepts_every_example(self):
        for example in configurations():
            errors = [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(example.read_text()))]
            self.assertEqual(errors, [], example)

    def test_every_example_tells_editors_where_the_schema_is(self):
        for example in configurations():
            hint = re.search(r"^# yaml-language-server: \$schema=(.*)$", example.read_text(), re.MULTILINE)
            self.assertIsNotNone(hint, example)
            if hint.group(1) == INSTALLED and example.parent.name == "debian":
                continue
            self.assertTrue((example.parent / hint.group(1)).samefile(TOP / "profiles/configuration.schema.json"))

    def test_accepts_what_the_reader_accepts(self):
        for text in [
            'profiles: [{ name: a, tls: { min_version: 1.2, verify_names: [spiffe://a/b] }, connect_to: "a:1" }]',
            'clients: [{ name: a, password: { env: A } }]\nprofiles: [{ name: a, clients: [a, "uid:1", 10.0.0.0/8] }]',
            "limits: { header_bytes: 64KiB, body_bytes: 0 }\nworkers: 2\nshutdown: { drain: 0s }",
            "unmatched: tunnel_connect\naddresses: { tunnel_private: true }\nlimits: { tunnel_idle: 10m }",
            "profiles: [{ name: a, paths: [], connect_method: tunnel }, { name: b, paths: [/b], connect_method: reject }]",
            'listeners: [{ name: a, address: "unix:/run/a", profile: null, upstream: "a:1", rewrite: [location] }]',
            'listeners: [{ name: a, address: "unix:/run/a", upstream: "a:1", cross_site: allow, mode: "0660", group: 0 }]',
            "certificates: [{ name: a, type: pem_key_store, file: a, chain: [b, c], key: d, active: false }]",
            "certificates: [{ name: a, type: pem_key_store, file: a, chain: b, key: d, active: false }]",
            "profiles: [{ name: a, request_headers: { set: { X: a, Y: { env: B } }, remove: [Z] } }]",
            "trace: generate\nprofiles: [{ name: a, rotation: { overlap: 5m } }]",
            "profiles: [{ name: a, response_leniency: [] }, { name: b, response_leniency: [bare_lf, http10_chunked] }]",
            'profiles: [{ name: a, hosts: ["*.b"], probe_hosts: ["a.b:443"] }]',
            "listeners: [{ name: a, address: '127.0.0.1:1', rewrite: [location], client_connections: 7 }]\n"
            "limits: { client_connections_per_address: 5 }",
            "admin: off",
            "admin: { token: { env: A } }\nconsole: { enabled: true }",
            "admin: { token: { env: A } }\nconsole: { enabled: true, directory: /dev }",
            "console: { enabled: true, users: { env: A } }",
            "certificates: [{ name: a, type: pem_key_store, file: /dev/null }]\nadmin: { tls: { key_store: a } }",
            'admin: { address: "unix:/run/admin.sock", mode: "0660", token: { env: A } }',
        ]:
            # What is wrong with a key store itself is none of the schema's.
            stores = ": certificate record 'a': "
            syntax = [each for each in problems_of(text) if ".yaml:" in each and stores not in each]
            self.assertEqual(syntax, [], text)
            self.assertTrue(VALIDATOR.is_valid(yaml.safe_load(text)), text)

    def test_refuses_what_the_reader_refuses(self):
        for text in [
            "profile: []",
            "profiles: [{ hosts: [a] }]",
            "profiles: [{ name: Upper }]",
            "profiles: [{ name: a, ports: [0] }]",
            "profiles: [{ name: a, paths: [orders] }]",
            "profiles: [{ name: a, methods: [get] }]",
            "profiles: [{ name: a, trust: [] }]",
            "profiles: [{ name: a, timeouts: { connect: 5 } }]",
            "profiles: [{ name: a, tls: { pins: [sha1/AAAA] } }]",
            "profiles: [{ name: a, connect_to: host }]",
            "profiles: [{ name: a, key_store: }]",
            "certificates: [{ name: a, type: pem_key_store, file: /dev/null, alias: b }]",
            "certificates: [{ name: a, type: pem_key_store, file: /dev/null, chain: [] }]",
            "certificates: [{ name: a, type: java_key_store, file: /dev/null, chain: /dev/null }]",
            "certificates: [{ name: a, type: trust_store_cert, file: /dev/null, chain: /dev/null }]",
            "certificates: [{ name: a, type: trust_store_cert }]",
            "certificates: [{ name: a, type: java_key_store, file: /dev/null, password: { file: /dev/null, env: A } }]",
            "clients: [{ name: a }]",
            "listeners: [{ name: a, address: 'unix:/run/a', mode: 660 }]",
            "listeners: [{ name: a, address: 'unix:/run/a', mode: '4660' }]",
            "listeners: [{ name: a, address: '127.0.0.1:1', upstream: 'a:1', cross_site: same-site }]",
            "unmatched: maybe",
            "unmatched: tunnel",
            "addresses: { tunnel_private: 10.0.0.0/8 }",
            "limits: { tunnel_idle: 600 }",
            "profiles: [{ name: a, connect_method: allow }]",
            "profiles: [{ name: a, upgrade: websocket }]",
            "profiles: [{ name: a, response_leniency: [bare_lf, folded_fields] }]",
            "profiles: [{ name: a, response_leniency: bare_lf }]",
            "profiles: [{ name: a, paths: [/a], connect_method: tunnel }]",
            "workers: many",
            "log: { level: loud }",
            "admin: on",
            "console: on",
            "console: { enabled: 1 }",
            "console: { directory: [a] }",
            "console: { users: anna }",
            "admin: { tls: {} }",
            "admin: { tls: on }",
            "admin: { token: secret }",
        ]:
            self.assertNotEqual(problems_of(text), [], text)
            self.assertFalse(VALIDATOR.is_valid(yaml.safe_load(text)), text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
