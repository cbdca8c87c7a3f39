#!/usr/bin/env python3
"""Asks a real Prometheus every query of the dashboard and of the alerts, and holds their names against the program's.

    tests/deploy/monitoring.py ADDRESS FOLDER WORK

ADDRESS, host:port, is the admin address of a proxy that has requests to serve meanwhile, some of which fail. It is
scraped by a `prometheus` of its own, whose data goes into WORK. FOLDER is deploy/monitoring.
"""
import json
import math
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

PATIENCE = 60
OURS = re.compile(r"\b((?:countersign|process)_[a-z_]+[a-z])\b")
CONFIGURATION = """
global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: [{rules}]
scrape_configs:
  - job_name: countersign
    static_configs: [{{ targets: ["{address}"] }}]
"""


def family_of(name, families):
    if name in families:
        return name
    family = re.sub(r"_(bucket|sum|count)$", "", name)
    return family if families.get(family) == "histogram" else None


def families_of(text):
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))


def alerts_of(folder):
    groups = yaml.safe_load((folder / "alerts.yaml").read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def queries_of(dashboard):
    """(panel's title, query), as Grafana would send it with everything chosen."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            text = target["expr"].replace("$__rate_interval", "15s")
            yield panel["title"], re.sub(r"\$(job|instance|profile)\b", ".*", text)


def told_of_files(families, folder, dashboard):
    texts = [("alerts.yaml", rule["expr"]) for rule in alerts_of(folder).values()]
    texts += [("dashboard.json", query) for _, query in queries_of(dashboard)]
    for file, text in texts:
        for name in OURS.findall(text):
            if family_of(name, families) is None:
                yield f"{file}: there is no metric {name}"
    shown = " ".join(text for _, text in texts)
    for name in families:
        if name not in shown:
            yield f"neither an alert nor a panel has {name}"
    tests = yaml.safe_load((folder / "alerts_test.yaml").read_text())["tests"]
    for alert in alerts_of(folder):
        mine = [one["promql_expr_test"][0]["exp_samples"] for one in tests if one["name"].startswith(alert + " ")]
        if not any(mine) or all(mine):
            yield f"alerts_test.yaml: {alert} does not both fire and stay silent"
    panels = dashboard["panels"]
    if len({panel["id"] for panel in panels}) != len(panels):
        yield "dashboard.json: two panels have one id"
    places = {(x, y) for at in (panel["gridPos"] for panel in panels)
              for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
    if len(places) != sum(panel["gridPos"]["w"] * panel["gridPos"]["h"] for panel in panels):
        yield "dashboard.json: panels lie on each other"


class Prometheus:
    def __init__(self, work, address, rules):
        (work / "prometheus.yaml").write_text(CONFIGURATION.format(address=address, rules=json.dumps(str(rules))))
        self.log = work / "prometheus.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={work}/prometheus.yaml", f"--storage.tsdb.path={work}/data",
                 "--web.listen-address=127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.port = self.wait_for(self.listens_at)

    def listens_at(self):
        found = re.search(r'msg="Listening on" address=127\.0\.0\.1:(\d+)', self.log.read_text())
        if not found and self.process.poll() is not None:
            sys.exit(f"prometheus does not start:\n{self.log.read_text()}")
        return found and found.group(1)

    @staticmethod
    def wait_for(what):
        deadline = time.monotonic() + PATIENCE
        while not (found := what()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return found

    def get(self, path, **arguments):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(arguments)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            # While it still starts it answers 503, in text.
            text = error.read().decode()
            return {"result": [], "error": json.loads(text).get("error") if text.startswith("{") else text}
        except urllib.error.URLError:
            return {"result": []}

    def answers(self, query):
        """What comes, but for what is no number."""
        return [one for one in self.get("query", query=query)["result"] if not math.isnan(float(one["value"][1]))]

    def end(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


def told_of_answers(prometheus, folder, dashboard):
    if not prometheus.wait_for(lambda: prometheus.answers("count_over_time(up[1m]) >= 5")):
        yield "prometheus does not scrape the proxy"
    for title, query in queries_of(dashboard):
        if not prometheus.wait_for(lambda query=query: prometheus.answers(query)):
            yield f"panel '{title}' stays empty: {query}: {prometheus.get('query', query=query).get('error', 'no data')}"
    rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
    for rule in rules:
        if rule["health"] != "ok":
            yield f"{rule['name']}: {rule['health']}: {rule.get('lastError')}"
        for alert in rule["alerts"]:
            for text in alert["annotations"].values():
                if "no value" in text or "error" in text.lower().split():
                    yield f"{rule['name']} says: {text}"
    if {rule["name"] for rule in rules} != set(alerts_of(folder)):
        yield "prometheus has not loaded all of alerts.yaml"


def main():
    address, folder, work = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3])
    dashboard = json.loads((folder / "dashboard.json").read_text())
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as page:
        families = families_of(page.read().decode())
    if findings := list(told_of_files(families, folder, dashboard)):
        sys.exit("\n".join(findings))
    prometheus = Prometheus(work, address, folder / "alerts.yaml")
    try:
        findings = list(told_of_answers(prometheus, folder, dashboard))
    finally:
        prometheus.end()
    if findings:
        sys.exit("\n".join(findings))


main()
