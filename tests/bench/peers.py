"""The programs under comparison, each configured for one job: plain HTTP in, pooled and verified mutual TLS out."""

import os
import signal
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A process of ours, and the CPU time of it and its descendants."""

    def __init__(self, argv, port, log, ready=None, pause=0.02):
        """Returns when the port is open, or when `ready`, asked every `pause` seconds, says yes."""
        ready = ready or (lambda: accepts(port))
        with open(log, "wb") as out:
            self.child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        deadline = time.monotonic() + 60  # callgrind on a busy machine takes more than ten
        while not ready():
            if self.child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                with open(log, encoding="utf-8", errors="replace") as text:
                    raise SystemExit(f"{argv[0]} does not start:\n{text.read()}")
            time.sleep(pause)

    def cpu_seconds(self):
        """User and system time so far, that of ended children included."""
        ticks = 0
        for pid in descendants(self.child.pid):
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                    fields = stat.read().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += sum(int(value) for value in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def accepts(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def descendants(root):
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as stat:
                parent = int(stat.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(name))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    return path


def make_keys(folder):
    """root.crt; server.crt and .key for localhost; client.crt, .key and client.both.pem."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    openssl(*new, "-x509", "-days", "2", "-subj", "/CN=Bench Root", "-keyout", "root.key", "-out", "root.crt")
    for name, extension in (("server", "subjectAltName=DNS:localhost"), ("client", "extendedKeyUsage=clientAuth")):
        write(f"{folder}/{name}.ext", extension)
        openssl(*new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "root.crt", "-CAkey", "root.key", "-days", "2",
                "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.crt")
    with open(f"{folder}/client.crt", encoding="ascii") as crt, open(f"{folder}/client.key", encoding="ascii") as key:
        write(f"{folder}/client.both.pem", crt.read() + key.read())


def nginx_configuration(folder, name, http):
    temporary = "".join(f"{kind}_temp_path {folder}/{name}-{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "scgi", "uwsgi"))
    user = "user root;\n" if os.getuid() == 0 else ""
    return write(f"{folder}/{name}.conf", f"""
{user}daemon off; worker_processes 1; pid {folder}/{name}.pid; error_log stderr error;
events {{ worker_connections 24000; }}
http {{
{temporary}access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 600s;
{http}
}}
""")


#: What the upstream's ports do: keep connections; close each after its answer, without and with resumption.
UPSTREAMS = {
    "keep": "ssl_protocols TLSv1.3;",
    "full": "ssl_protocols TLSv1.3; keepalive_timeout 0; ssl_session_cache off; ssl_session_tickets off;",
    "resumed": "ssl_protocols TLSv1.3; keepalive_timeout 0; ssl_session_cache shared:r:8m;",
    "resumed12": "ssl_protocols TLSv1.2; keepalive_timeout 0; ssl_session_cache shared:r12:8m;",
}


def start_upstreams(folder):
    """The server that everybody talks to, nginx that demands client certificates: its ports by name, its process."""
    ports = {name: free_port() for name in UPSTREAMS}
    sink = free_port()
    with open(f"{folder}/1m", "wb") as out:
        out.write(os.urandom(1 << 20))
    servers = "".join(f"""
server {{
    listen 127.0.0.1:{port} ssl backlog=4096;
    ssl_certificate {folder}/server.crt; ssl_certificate_key {folder}/server.key;
    ssl_client_certificate {folder}/root.crt; ssl_verify_client on; {UPSTREAMS[name]}
    root {folder}; client_max_body_size 0; client_body_buffer_size 4m;
    location = /small {{ default_type text/plain; return 200 "{'x' * 200}"; }}
    location = /upload {{
        proxy_pass http://127.0.0.1:{sink}/; proxy_method GET;
        proxy_pass_request_body off; proxy_set_header Content-Length "";
    }}
}}""" for name, port in ports.items())
    configuration = nginx_configuration(folder, "upstream", f"""{servers}
server {{ listen 127.0.0.1:{sink}; location = / {{ return 200 "taken"; }} }}""")
    process = Process(["nginx", "-e", "stderr", "-c", configuration], ports["keep"], f"{folder}/upstream.log")
    return ports, process


def nginx(folder, upstream, _binary):
    """Writes the configuration, as all of PEERS do: the port, and the command that starts the program."""
    port = free_port()
    configuration = nginx_configuration(folder, f"nginx-{port}", f"""
upstream partner {{ server 127.0.0.1:{upstream}; keepalive 1024; keepalive_requests 100000000; keepalive_timeout 600s; }}
server {{
    listen 127.0.0.1:{port} backlog=4096; client_max_body_size 0;
    location / {{
        proxy_request_buffering off;
        proxy_pass https://partner; proxy_http_version 1.1; proxy_set_header Connection "";
        proxy_set_header Host localhost:{upstream};
        proxy_ssl_certificate {folder}/client.crt; proxy_ssl_certificate_key {folder}/client.key;
        proxy_ssl_trusted_certificate {folder}/root.crt; proxy_ssl_verify on;
        proxy_ssl_server_name on; proxy_ssl_name localhost; proxy_ssl_protocols TLSv1.2 TLSv1.3;
    }}
}}""")
    return port, ["nginx", "-e", "stderr", "-c", configuration]


def haproxy(folder, upstream, _binary):
    port = free_port()
    configuration = write(f"{folder}/haproxy-{port}.conf", f"""
global
    nbthread 1
    maxconn 4096
    tune.pool-low-fd-ratio 100
    tune.pool-high-fd-ratio 100
defaults
    mode http
    timeout connect 5s
    timeout client 600s
    timeout server 600s
frontend apps
    bind 127.0.0.1:{port} backlog 4096
    default_backend partner
backend partner
    http-reuse always
    server partner 127.0.0.1:{upstream} ssl crt {folder}/client.both.pem ca-file {folder}/root.crt verify required verifyhost localhost sni str(localhost) pool-purge-delay 600s pool-low-conn 4096 ssl-min-ver TLSv1.2
""")
    return port, ["haproxy", "-f", configuration]


def countersign_configuration(folder, port, upstream, access="off", pool="", top=""):
    """With a hundred profiles, of which the last is meant, and its pool by default. The path of the file."""
    others = "".join(f"  - {{ name: other-{n}, hosts: [api-{n}.partner.example, \"*.zone-{n}.example\"], "
                     "key_store: client, trust: [root] }\n" for n in range(99))
    return write(f"{folder}/countersign-{port}.yaml", f"""
listeners: [{{ name: apps, address: 127.0.0.1:{port} }}]
certificates:
  - {{ name: client, type: pem_key_store, file: client.crt, key: client.key }}
  - {{ name: root, type: trust_store_cert, file: root.crt }}
profiles:
{others}  - {{ name: partner, hosts: [localhost], key_store: client, trust: [root], pool: {{ {pool} }} }}
  - name: many
    hosts: ["*.many.example"]
    key_store: client
    trust: [root]
    tls: {{ server_name: localhost }}
    connect_to: 127.0.0.1:{upstream}
workers: 1
log: {{ level: warning, access: "{access}" }}
{top}
""")


def countersign(folder, upstream, binary, access="off"):
    port = free_port()
    return port, [binary, "run", "-c", countersign_configuration(folder, port, upstream, access)]


def countersign_with_log(folder, upstream, binary):
    return countersign(folder, upstream, binary, f"{folder}/access.log")


PEERS = {"countersign": countersign, "nginx": nginx, "haproxy": haproxy}
