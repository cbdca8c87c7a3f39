#!/usr/bin/env python3
"""Holds a rendered overlay of deploy/kubernetes against itself: what names something finds it, and nothing is laxer
than it has to be. Prints a line for each finding; then lays out what the proxy's container would see.

    tests/deploy/manifests.py RENDERED [KEYS VOLUME]

VOLUME is made as the kubelet makes it, with the files of the folder KEYS where a Secret, or a ConfigMap that is not
rendered, gives one: files 0400, root's, behind ..data. What fsGroup makes of them is the caller's to do.
"""
import os
import pathlib
import re
import sys

import yaml

# What is made by hand, or by somebody else; README.md says how. Kind, name → keys.
OUTSIDE = {("ConfigMap", "partner-ca"): {"ca.crt"}, ("Secret", "partner-client-password"): {"password"},
           ("ClusterIssuer", "partner-issuer"): set()}
IMAGES = re.compile(r"registry\.example/(countersign:0\.1\.0|orders:1\.0\.0)")
KEYSTORES = {"pkcs12": {"keystore.p12", "truststore.p12"}, "jks": {"keystore.jks", "truststore.jks"}}


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text).group(1))


def fits(selector, labels):
    wanted = selector.get("matchLabels", selector)
    return bool(wanted) and all(labels.get(name) == value for name, value in wanted.items())


class Overlay:
    def __init__(self, objects):
        self.objects = objects
        self.findings = []
        self.pods = [one for one in objects if one["kind"] in ("Deployment", "DaemonSet")]
        self.given = dict(OUTSIDE)
        for one in objects:
            if one["kind"] == "ConfigMap":
                self.given["ConfigMap", one["metadata"]["name"]] = set(one["data"])
            if one["kind"] == "Certificate":
                keys = {"tls.crt", "tls.key", "ca.crt"}
                for kind in one["spec"].get("keystores", {}):
                    keys |= KEYSTORES[kind]
                self.given["Secret", one["spec"]["secretName"]] = keys

    def of(self, *kinds):
        return [one for one in self.objects if one["kind"] in kinds]

    def need(self, fine, what):
        if not fine:
            self.findings.append(what)

    def has(self, kind, name, keys, by):
        known = self.given.get((kind, name))
        self.need(known is not None, f"{by}: there is no {kind} {name}")
        self.need(known is None or known >= set(keys), f"{by}: the {kind} {name} has not all of {', '.join(keys)}")

    def selected(self, selector, by):
        """The pods' templates that a selector finds."""
        found = [one["spec"]["template"] for one in self.pods if
                 fits(selector, one["spec"]["template"]["metadata"]["labels"])]
        self.need(len(found) == 1, f"{by}: its selector finds {len(found)} kinds of pod, not one")
        return found

    def check(self):
        self.need(len({one["metadata"].get("namespace") for one in self.objects}) == 1, "there are several namespaces")
        for one in self.objects:
            name = f"{one['kind']} {one['metadata']['name']}"
            act = getattr(self, "check_" + one["kind"].lower(), None)
            self.need(act is not None, f"{name}: nobody looks at such an object")
            if act:
                act(one["spec"] if "spec" in one else one, name)
        return self.findings

    def check_configmap(self, _, name):
        mounted = {source for pod in self.pods for _, source, _ in sources(pod["spec"]["template"]["spec"])}
        self.need(name.split()[1] in mounted, f"{name}: nobody mounts it")

    def check_certificate(self, spec, name):
        self.has(spec["issuerRef"]["kind"], spec["issuerRef"]["name"], [], name)
        self.need("client auth" in spec["usages"], f"{name}: it is no client's")
        for store in spec.get("keystores", {}).values():
            self.has("Secret", store["passwordSecretRef"]["name"], [store["passwordSecretRef"]["key"]], name)

    def check_deployment(self, spec, name):
        self.need(fits(spec["selector"], spec["template"]["metadata"]["labels"]), f"{name}: does not find its own pods")
        for spread in spec["template"]["spec"].get("topologySpreadConstraints", []):
            self.selected(spread["labelSelector"], name)
        self.check_pod(spec["template"]["spec"], name)

    check_daemonset = check_deployment

    def check_pod(self, pod, name):
        volumes = {volume["name"] for volume in pod["volumes"]}
        mounts = {mount["name"] for one in containers(pod) for mount in one.get("volumeMounts", [])}
        self.need(volumes == mounts, f"{name}: the volumes {volumes} are not those that are mounted, {mounts}")
        for kind, source, item in sources(pod):
            self.has(kind, source, [item["key"]], name)
        self.need(pod["automountServiceAccountToken"] is False, f"{name}: has the right to ask the cluster")
        for one in containers(pod):
            self.check_container(pod, one, f"{name}, {one['name']}")

    def check_container(self, pod, one, name):
        self.need(IMAGES.fullmatch(one["image"]), f"{name}: the image {one['image']}")
        context = {**pod["securityContext"], **one["securityContext"]}
        self.need(context.get("runAsNonRoot") is True, f"{name}: may be root")
        self.need(context.get("seccompProfile") == {"type": "RuntimeDefault"}, f"{name}: has every system call")
        self.need(context.get("allowPrivilegeEscalation") is False, f"{name}: may gain privileges")
        self.need(context.get("capabilities") == {"drop": ["ALL"]}, f"{name}: has capabilities")
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if probe in one:
                self.need(one[probe]["httpGet"]["port"] in ports(one), f"{name}: no port for its {probe}")
        if one["name"] == "countersign":
            self.check_proxy(pod, one, context, name)

    def check_proxy(self, pod, one, context, name):
        self.need(context.get("readOnlyRootFilesystem") is True, f"{name}: may write to its root")
        volume = next(volume for volume in pod["volumes"] if volume["name"] == "countersign")["projected"]
        self.need(volume["defaultMode"] == 0o400, f"{name}: others may read the keys")
        self.need(context.get("runAsUser") == context.get("runAsGroup") == pod["securityContext"].get("fsGroup") == 65532,
                  f"{name}: the image's user is not the one to whom fsGroup gives the files")
        settings = yaml.safe_load(self.configuration())
        grace, stop = pod["terminationGracePeriodSeconds"], settings["shutdown"]
        self.need(grace >= seconds(stop["delay"]) + seconds(stop["drain"]) + 5, f"{name}: is killed before it has drained")
        reached = {settings["admin"]["address"], *(each["address"] for each in settings["listeners"])}
        wanted = {int(address.rpartition(":")[2]) for address in reached if not address.startswith("127.")}
        self.need(set(ports(one).values()) == wanted, f"{name}: the ports {ports(one)} are not the configuration's")
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            # One expired identity is no reason to take all other profiles away: not /readyz.
            self.need(probe not in one or one[probe]["httpGet"]["path"] == "/healthz", f"{name}: the path of its {probe}")
        cpu, workers = one["resources"]["requests"]["cpu"], settings.get("workers")
        scaled = bool(self.of("HorizontalPodAutoscaler"))
        self.need(not scaled or str(workers) == cpu, f"{name}: the autoscaler counts {cpu} CPUs, and there are {workers}")

    def check_service(self, spec, name):
        for pod in self.selected(spec["selector"], name):
            for port in spec["ports"]:
                known = {each for one in containers(pod["spec"]) for each in ports(one)}
                self.need(port["targetPort"] in known, f"{name}: its pods have no port {port['targetPort']}")

    def check_servicemonitor(self, spec, name):
        found = [one for one in self.of("Service") if fits(spec["selector"], one["metadata"]["labels"])]
        self.need(len(found) == 1, f"{name}: its selector finds {len(found)} services, not one")
        for endpoint in spec["endpoints"]:
            known = {port["name"] for one in found for port in one["spec"]["ports"]}
            self.need(endpoint["port"] in known, f"{name}: no port {endpoint['port']}")
            self.need(endpoint["path"] == "/metrics", f"{name}: another path")

    def check_podmonitor(self, spec, name):
        for pod in self.selected(spec["selector"], name):
            for endpoint in spec["podMetricsEndpoints"]:
                known = {each for one in containers(pod["spec"]) for each in ports(one)}
                self.need(endpoint["port"] in known, f"{name}: no port {endpoint['port']}")

    def check_networkpolicy(self, spec, name):
        for pod in self.selected(spec["podSelector"], name):
            known = {number for one in containers(pod["spec"]) for number in ports(one).values()}
            open_ports = {port["port"] for rule in spec["ingress"] for port in rule["ports"]}
            self.need(open_ports == known, f"{name}: lets {open_ports} through, and the pods have {known}")
        self.need(sorted(spec["policyTypes"]) == ["Egress", "Ingress"], f"{name}: not both directions")

    def check_horizontalpodautoscaler(self, spec, name):
        target = spec["scaleTargetRef"]
        found = [one for one in self.pods if (one["kind"], one["metadata"]["name"]) == (target["kind"], target["name"])]
        self.need(len(found) == 1, f"{name}: there is no {target['kind']} {target['name']}")
        self.need(all("replicas" not in one["spec"] for one in found), f"{name}: the replicas are fixed, too")

    def check_poddisruptionbudget(self, spec, name):
        self.selected(spec["selector"], name)

    def configuration(self):
        return next(one["data"]["countersign.yaml"] for one in self.of("ConfigMap"))

    def lay_out(self, keys, volume):
        data = volume / "..2026_01_01_00_00_00.1"
        rendered = {one["metadata"]["name"]: one["data"] for one in self.of("ConfigMap")}
        for _, source, item in sources(self.pods[0]["spec"]["template"]["spec"]):
            file = data / item["path"]
            file.parent.mkdir(parents=True, exist_ok=True)
            own = rendered.get(source, {}).get(item["key"])
            file.write_bytes(own.encode() if own else (keys / item["key"]).read_bytes())
            file.chmod(0o400)
        (volume / "..data").symlink_to(data.name)
        for name in {os.fspath(path.relative_to(data)).split("/")[0] for path in data.rglob("*")}:
            (volume / name).symlink_to(f"..data/{name}")


def containers(pod):
    return pod.get("initContainers", []) + pod["containers"]


def ports(container):
    return {port["name"]: port["containerPort"] for port in container.get("ports", [])}


def sources(pod):
    """(kind, name, item) of all that the pod's volumes are made of."""
    for volume in pod["volumes"]:
        for source in volume["projected"]["sources"]:
            for kind, key in (("ConfigMap", "configMap"), ("Secret", "secret")):
                for item in source.get(key, {}).get("items", []):
                    yield kind, source[key]["name"], item


def main():
    text = pathlib.Path(sys.argv[1]).read_text()
    overlay = Overlay([one for one in yaml.safe_load_all(text) if one])
    findings = overlay.check()
    for finding in findings:
        print(finding)
    if len(sys.argv) > 2:
        overlay.lay_out(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    sys.exit(bool(findings))


main()
