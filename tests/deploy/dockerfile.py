#!/usr/bin/env python3
"""Does what a Dockerfile says, where there is no Docker: a root folder for each stage, made by mmdebstrap or empty.

    tests/deploy/dockerfile.py DOCKERFILE CONTEXT WORK [--instead COMMAND FILE TO]

WORK/NAME is the root of the stage NAME, WORK/image that of the last one, WORK/image.json what is set there (User, Env,
Entrypoint, Cmd, Healthcheck, Labels, StopSignal, WorkingDir) as `docker inspect` calls it. --instead is for what
takes long: where a RUN calls exactly COMMAND, FILE is copied to TO instead, a path in that stage.

It knows the instructions that are there, and ends at others. Needs root; RUN has a mount and a process namespace.
"""
import argparse
import fnmatch
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SUITES = {"debian:12": "bookworm", "debian:12-slim": "bookworm"}
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def instructions(text):
    """(number of the line, word, rest), continued lines joined."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or (not line.strip() and not joined):
            continue
        start = start or number
        if line.endswith("\\"):
            joined += line[:-1]
            continue
        word, _, rest = (joined + line).strip().partition(" ")
        yield start, word.upper(), rest.strip()
        joined, start = "", 0


def ignored(path, patterns):
    """As .dockerignore: the last pattern that fits the path, or a folder above it, decides."""
    names = [os.fspath(path), *(os.fspath(above) for above in path.parents if above.name)]
    verdict = False
    for pattern in patterns:
        plain = pattern.removeprefix("!").strip("/")
        if any(name.count("/") == plain.count("/") and fnmatch.fnmatchcase(name, plain) for name in names):
            verdict = not pattern.startswith("!")
    return verdict


def context_of(folder, into):
    """Copies what Docker would be sent."""
    lines = (folder / ".dockerignore").read_text().splitlines()
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    for top in sorted(folder.iterdir()):
        if ignored(pathlib.Path(top.name), patterns):
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            name = path.relative_to(folder)
            if path.is_dir() or ignored(name, patterns):
                continue
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, into / name, follow_symlinks=False)


def run(argv, **options):
    print("+", shlex.join(map(os.fspath, argv)), flush=True)
    done = subprocess.run(argv, check=False, stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        sys.exit(f"'{shlex.join(map(os.fspath, argv))}' ended with {done.returncode}")


class Stage:
    def __init__(self, root):
        self.root = root
        self.shell = ["/bin/sh", "-c"]
        self.variables = {}
        self.set = {"Env": {}, "Labels": {}, "User": "", "WorkingDir": "/", "StopSignal": "SIGTERM",
                    "Entrypoint": [], "Cmd": [], "Healthcheck": []}

    def value(self, text):
        known = {**self.variables, **self.set["Env"]}
        return re.sub(r"\$\{?(\w+)\}?", lambda name: known.get(name.group(1), ""), text)


class Builder:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.context = options.work / "context"
        self.stages = {}

    def build(self):
        self.context.mkdir(parents=True)
        context_of(self.options.context, self.context)
        stage = None
        for number, word, rest in instructions(self.options.dockerfile.read_text()):
            print(f"== {number}: {word} {rest}", flush=True)
            if word == "FROM":
                stage = self.begin(rest)
            elif (act := getattr(self, "do_" + word.lower(), None)) is not None:
                act(stage, rest)
            else:
                sys.exit(f"{self.options.dockerfile}:{number}: {word} is not known here")
        stage.root.rename(self.work / "image")
        (self.work / "image.json").write_text(json.dumps(stage.set, indent=1))

    def begin(self, rest):
        image, *name = re.split(r" (?i:as) ", rest)
        stage = Stage(self.work / (name[0] if name else "last"))
        self.stages[stage.root.name] = stage
        if image == "scratch":
            stage.root.mkdir()
        elif image in SUITES:
            run([HERE / "debian_root.sh", SUITES[image], stage.root])
        else:
            sys.exit(f"the image {image} is not known here")
        return stage

    def do_shell(self, stage, rest):
        stage.shell = json.loads(rest)

    def do_workdir(self, stage, rest):
        stage.set["WorkingDir"] = rest
        (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def do_arg(self, stage, rest):
        name, _, value = rest.partition("=")
        stage.variables[name] = value

    def do_env(self, stage, rest):
        for part in shlex.split(rest):
            name, _, value = part.partition("=")
            stage.set["Env"][name] = stage.value(value)

    def do_label(self, stage, rest):
        for part in shlex.split(rest):
            name, _, value = part.partition("=")
            stage.set["Labels"][name] = stage.value(value)

    def do_user(self, stage, rest):
        stage.set["User"] = rest

    def do_expose(self, stage, rest):
        stage.set["ExposedPorts"] = rest.split()

    def do_stopsignal(self, stage, rest):
        stage.set["StopSignal"] = rest

    def do_entrypoint(self, stage, rest):
        stage.set["Entrypoint"] = json.loads(rest)

    def do_cmd(self, stage, rest):
        stage.set["Cmd"] = json.loads(rest)

    def do_healthcheck(self, stage, rest):
        options, _, command = rest.partition("CMD ")
        if not all(part.startswith("--") for part in options.split()):
            sys.exit(f"a HEALTHCHECK with '{options}' is not known here")
        stage.set["Healthcheck"] = json.loads(command)

    def do_copy(self, stage, rest):
        words = rest.split()
        options = [word for word in words if word.startswith("--")]
        *sources, to = [word for word in words if not word.startswith("--")]
        origin = self.context
        for option in options:
            if not option.startswith("--from="):
                sys.exit(f"COPY {option} is not known here")
            origin = self.stages[option.removeprefix("--from=")].root
        target = stage.root / os.path.join(stage.set["WorkingDir"], to).lstrip("/")
        for source in sources:
            path = origin / source.lstrip("/")
            if not path.exists():
                sys.exit(f"COPY: there is no {source}, or .dockerignore leaves it out")
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                run(["cp", "-a", "--no-preserve=ownership", f"{path}/.", target])
            else:
                into = target / path.name if to.endswith("/") or len(sources) > 1 else target
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, into)

    def do_run(self, stage, rest):
        environment = {"PATH": DEFAULT_PATH, "HOME": "/root", **stage.set["Env"]}
        # Docker, too, gives these to a build.
        for name in ("http_proxy", "https_proxy", "no_proxy"):
            if name in os.environ:
                environment[name] = os.environ[name]
        command = self.shortened(stage, rest)
        inside = 'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; exec chroot "$0" env -i -C "$@"'
        run(["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "bash", "-euc",
             inside, stage.root, stage.set["WorkingDir"], *(f"{name}={value}" for name, value in environment.items()),
             *stage.shell, command])

    def shortened(self, stage, command):
        for replaced, file, to in self.options.instead:
            if replaced not in command:
                continue
            print(f"   instead of '{replaced}': {file} is copied to {to}", flush=True)
            shutil.copy2(file, stage.root / "instead")
            command = command.replace(replaced, f"install -D /instead {shlex.quote(to)}")
            self.options.used.add(replaced)
        return command


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dockerfile", type=pathlib.Path)
    parser.add_argument("context", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("work", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--instead", nargs=3, action="append", default=[], metavar=("COMMAND", "FILE", "TO"))
    options = parser.parse_args()
    options.used = set()
    Builder(options).build()
    for command, *_ in options.instead:
        if command not in options.used:
            sys.exit(f"no RUN calls '{command}'")


main()
