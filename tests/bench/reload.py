#!/usr/bin/env python3
"""What a start and a reload cost with many profiles: time and memory.

    tests/bench/reload.py [--binary build/release/proxy/countersign] [--stores 1000] [--reloads 1000]

Makes key stores, half of them PEM and half JKS, each with a profile of its own; starts the proxy, reloads it, and
prints a table. Needs openssl.
"""
import argparse
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stderr=subprocess.DEVNULL)


class Material:
    """A CA, and the client's key stores."""

    def __init__(self, folder, binary, stores):
        self.folder = folder
        self.binary = binary
        self.made = 0
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{folder}/ca.key")
        openssl("req", "-x509", "-key", f"{folder}/ca.key", "-subj", "/CN=Bench CA", "-days", "30",
                "-out", f"{folder}/ca.pem")
        (folder / "password").write_text("changeit\n")
        records = [f"  - {{ name: ca, type: trust_store_cert, file: {folder}/ca.pem }}"]
        profiles = []
        for number in range(stores):
            self.write(number)
            name = f"store-{number}"
            kind = "java_key_store" if self.is_jks(number) else "pem_key_store"
            more = f", password: {{ file: {folder}/password }}" if self.is_jks(number) else ""
            records.append(f"  - {{ name: {name}, type: {kind}, file: {self.path(number)}{more} }}")
            profiles.append(f"  - {{ name: p-{number}, hosts: [h{number}.example], key_store: {name}, trust: [ca] }}")
        self.yaml = folder / "countersign.yaml"
        self.yaml.write_text(
            "log: { access: \"off\" }\nlisteners: [{ name: apps, address: \"127.0.0.1:0\" }]\n"
            "certificates:\n" + "\n".join(records) + "\nprofiles:\n" + "\n".join(profiles) + "\n")

    @staticmethod
    def is_jks(number):
        return number % 2 == 1

    def path(self, number):
        return self.folder / f"{number}.{'jks' if self.is_jks(number) else 'pem'}"

    def issue(self, name, extension):
        f = self.folder
        self.made += 1
        (f / "extensions").write_text(extension + "\n")
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{f}/{name}.key")
        openssl("req", "-new", "-key", f"{f}/{name}.key", "-subj", f"/CN={name} {self.made}", "-out", f"{f}/{name}.csr")
        openssl("x509", "-req", "-in", f"{f}/{name}.csr", "-CA", f"{f}/ca.pem", "-CAkey", f"{f}/ca.key",
                "-set_serial", str(self.made), "-days", "30", "-extfile", f"{f}/extensions", "-out", f"{f}/{name}.crt")

    def write(self, number):
        """The store of that number, with an identity of its own."""
        f = self.folder
        self.issue("client", "extendedKeyUsage=clientAuth")
        pem = f / "new.pem"
        pem.write_bytes((f / "client.crt").read_bytes() + (f / "client.key").read_bytes())
        if self.is_jks(number):
            jks = f / "new.jks"
            jks.unlink(missing_ok=True)
            subprocess.run([self.binary, "keystore", "convert", pem, jks, "--alias", "ours", "--to-password-file",
                            f / "password"], check=True, stdout=subprocess.DEVNULL)
            os.replace(jks, self.path(number))
        else:
            os.replace(pem, self.path(number))


class Proxy:
    """One that tells a service manager, which is us, when it serves."""

    def __init__(self, binary, material):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = material.folder / "notify"
        path.unlink(missing_ok=True)
        self.notify.bind(str(path))
        self.notify.settimeout(120)
        self.log_path = material.folder / "log"
        began = time.monotonic()
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen([binary, "run", "-c", material.yaml], stderr=log,
                                            env={**os.environ, "NOTIFY_SOCKET": str(path)})
        self.wait_until_ready()
        self.start = time.monotonic() - began

    def wait_until_ready(self):
        while not self.notify.recv(4096).startswith(b"READY=1"):
            pass

    def reload(self):
        """Seconds until every worker has it."""
        self.forget_what_was_said()
        began = time.monotonic()
        self.process.send_signal(signal.SIGHUP)
        while not self.notify.recv(4096).startswith(b"RELOADING=1"):
            pass
        self.wait_until_ready()
        return time.monotonic() - began

    def forget_what_was_said(self):
        self.notify.setblocking(False)
        try:
            while True:
                self.notify.recv(4096)
        except BlockingIOError:
            self.notify.settimeout(120)

    def status(self, key):
        return int(re.search(rf"^{key}:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text(), re.M)[1])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu(self):
        """Seconds of all threads, those that have ended too: the kernel's clock of that process."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0


def main():
    os.umask(0o077)  # keys are kept so
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(TOP / "build/release/proxy/countersign"))
    parser.add_argument("--stores", type=int, default=1000)
    parser.add_argument("--reloads", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        material = Material(folder, options.binary, options.stores)
        starts = []
        for _ in range(5):
            proxy = Proxy(options.binary, material)
            starts.append(proxy.start)
            rss = proxy.status("VmRSS")
            proxy.stop()
        print(f"start to ready, {options.stores} profiles and key stores: {statistics.median(starts) * 1000:.0f} ms, "
              f"{rss / 1024:.1f} MB")

        proxy = Proxy(options.binary, material)
        for what, change in [("nothing changed", lambda: None), ("one PEM changed", lambda: material.write(2)),
                             ("one JKS changed", lambda: material.write(1))]:
            times, work = [], []
            for _ in range(5):
                change()
                time.sleep(1.5)  # what the watch finds by itself is not counted
                before = proxy.cpu()
                times.append(proxy.reload())
                work.append(proxy.cpu() - before)
            print(f"SIGHUP, {what}: {statistics.median(times) * 1000:.0f} ms, "
                  f"{statistics.median(work) * 1000:.0f} ms of work")
        found = []
        for number in [2, 1, 4, 3, 6]:
            log_size = proxy.log_path.stat().st_size
            before = proxy.cpu()
            material.write(number)
            began = time.monotonic()
            while "reloaded the key material" not in proxy.log_path.read_text()[log_size:]:
                time.sleep(0.005)
            time.sleep(0.2)
            found.append((time.monotonic() - began - 0.2, proxy.cpu() - before))
        print(f"one changed, no signal: {statistics.median(t for t, _ in found) * 1000:.0f} ms until it is used, "
              f"{statistics.median(w for _, w in found) * 1000:.0f} ms of work")

        rows = []
        for done in range(options.reloads + 1):
            if done % (options.reloads // 5 or 1) == 0:
                rows.append(f"{done}: {proxy.status('VmRSS') / 1024:.1f} MB, {proxy.descriptors()} descriptors, "
                            f"{proxy.status('Threads')} threads")
            if done % 10 == 0:
                material.write(2)
            proxy.reload()
        print("reloads, a new identity with each tenth: " + "; ".join(rows))
        proxy.stop()


if __name__ == "__main__":
    main()
