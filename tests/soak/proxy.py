"""The program of a soak: its configuration, how it is told to load that again, and what can be seen of it from outside."""

import asyncio
import os
import re
import signal
import subprocess
import time

#: The words by which a sanitizer, or a check of the C++ library, says that something is wrong.
REPORTS = re.compile(r"Sanitizer|runtime error:|Assertion .* failed|terminate called|which is a bug")


def sanitizer(binary):
    """What it was built with: address, thread or nothing."""
    with open(binary, "rb") as program:
        text = program.read()
    return "thread" if b"__tsan_init" in text else "address" if b"__asan_init" in text else ""


def environment():
    """A quarantine grows until it is full, which would look like what a soak looks for."""
    asan = "quarantine_size_mb=8:malloc_context_size=10:allocator_release_to_os_interval_ms=1000"
    return {**os.environ, "ASAN_OPTIONS": f"{asan}:{os.environ.get('ASAN_OPTIONS', '')}",
            "TSAN_OPTIONS": f"history_size=3:{os.environ.get('TSAN_OPTIONS', '')}"}


def certificates(folder):
    """root; server for 127.0.0.1; two clients between which reloads change. Each NAME.crt and NAME.key."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    openssl(*new, "-x509", "-days", "30", "-subj", "/CN=Soak Root", "-keyout", "root.key", "-out", "root.crt")
    for name, extension in (("server", "subjectAltName=IP:127.0.0.1"), ("first", "extendedKeyUsage=clientAuth"),
                            ("second", "extendedKeyUsage=clientAuth")):
        with open(f"{folder}/{name}.ext", "w", encoding="ascii") as out:
            out.write(extension)
        openssl(*new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "root.crt", "-CAkey", "root.key", "-days", "30",
                "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.crt")


class Proxy:
    def __init__(self, binary, folder, ports, patience):
        self._binary, self._folder, self._ports, self._patience = binary, folder, ports, patience
        self.socket = f"{folder}/apps.sock"
        self._log = f"{folder}/countersign.log"
        self._process = None
        self.port = self._admin = None
        self.reloads = 0

    def start(self):
        self._write_configuration("first")
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen([self._binary, "run", "-c", f"{self._folder}/countersign.yaml"],
                                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
                                             env=environment())
        deadline = time.monotonic() + 60
        while not all(text in self.log() for text in (self.socket, " admin at ", "name=apps")):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.end()
                raise SystemExit(f"{self._binary} does not start:\n{self.log()}")
            time.sleep(0.05)
        self.port = self._told(r"listening on 127\.0\.0\.1:(\d+) name=apps")
        self._admin = self._told(r" admin at [^\n]*:(\d+)")

    def _told(self, pattern):
        return int(re.findall(pattern, self.log())[-1])

    def _write_configuration(self, identity):
        seconds = 3 * self._patience
        profiles = ""
        for name in ("steady", "steady12", "restless", "unshaken", "flaky", "flaky12"):
            # Where nobody stalls on purpose, a machine with other work must not look like it.
            limit = f"{seconds}s" if name.startswith(("flaky", "unshaken")) else "60s"
            profiles += (
                f"  - {{ name: {name}, hosts: [127.0.0.1], ports: [{self._ports[name]}], key_store: client, trust: [root], "
                f"timeouts: {{ handshake: {limit}, request_idle: {limit}, response_header: {limit}, "
                f"response_idle: {limit} }}, pool: {{ idle_timeout: 2s, max_age: 20s, wait_timeout: 60s }} }}\n")
        text = f"""
listeners:
  - {{ name: apps, address: 127.0.0.1:0 }}
  - {{ name: local, address: "unix:{self.socket}" }}
certificates:
  - {{ name: client, type: pem_key_store, file: {identity}.crt, key: {identity}.key }}
  - {{ name: root, type: trust_store_cert, file: root.crt }}
profiles:
{profiles}unmatched: tunnel_connect
addresses: {{ tunnel_private: true }}
limits: {{ client_idle: 60s, client_head: {3 * seconds}s }}
workers: 2
admin: {{ address: 127.0.0.1:0 }}
"""
        with open(f"{self._folder}/countersign.yaml", "w", encoding="utf-8") as out:
            out.write(text)

    def reload(self):
        """By SIGHUP, as the other identity."""
        self.reloads += 1
        self._write_configuration("second" if self.reloads % 2 else "first")
        self._process.send_signal(signal.SIGHUP)

    def running(self):
        return self._process.poll() is None

    def log(self):
        with open(self._log, encoding="utf-8", errors="replace") as text:
            return text.read()

    def reports(self):
        """The lines of its log that no run may have, and what stands behind the first of them."""
        text = self.log()
        found = REPORTS.search(text)
        return text[max(0, found.start() - 200):found.start() + 6000] if found else ""

    def resident(self):
        """Bytes."""
        with open(f"/proc/{self._process.pid}/statm", encoding="ascii") as text:
            return int(text.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    async def metrics(self):
        """Name with labels to number."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._admin)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        page = (await asyncio.wait_for(reader.read(), 60)).decode("utf-8", "replace")
        writer.close()
        rows = (line.rpartition(" ") for line in page.splitlines() if line.startswith("countersign_"))
        return {name: float(value) for name, _, value in rows}

    def end(self):
        """Asks it to; its exit status, which is negative where it had to be killed."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
        return self._process.wait()
