#!/usr/bin/env python3
"""Runs a command as a container runtime would, in a root that tests/deploy/dockerfile.py has made.

    unshare --mount --propagation private --pid --fork --kill-child \\
        tests/deploy/container.py [--mount FROM:TO]... IMAGE [COMMAND...]

IMAGE is the folder of the image, beside it stands IMAGE.json. Without COMMAND it is the image's own. The root is
mounted read-only, what --mount brings too; the user is the image's, without any capability, and none can be gained.
"""
import argparse
import ctypes
import json
import os
import pathlib
import subprocess

PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP, PR_CAP_AMBIENT, CLEAR_ALL = 38, 24, 47, 4
LIBC = ctypes.CDLL(None, use_errno=True)


def mount(*argv):
    subprocess.run(["mount", *map(os.fspath, argv)], check=True)


def mounted(root, pairs):
    """What a runtime makes before the root becomes read-only: the places to mount at."""
    for origin, to in pairs:
        target = root / to.lstrip("/")
        if os.path.isdir(origin):
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
    (root / "proc").mkdir(exist_ok=True)
    mount("--rbind", root, root)
    for origin, to in pairs:
        target = root / to.lstrip("/")
        mount("--bind", origin, target)
        mount("-o", "remount,bind,ro", target)
    mount("-t", "proc", "proc", root / "proc")
    mount("-o", "remount,bind,ro", root)


def prctl(*numbers):
    if LIBC.prctl(*(list(numbers) + [0] * (5 - len(numbers)))) != 0:
        raise OSError(ctypes.get_errno(), f"prctl{numbers}")


def become(user, group):
    last = int(pathlib.Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_CAP_AMBIENT, CLEAR_ALL)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mount", action="append", default=[])
    parser.add_argument("image", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    image = json.loads((options.image.parent / f"{options.image.name}.json").read_text())
    user, group = map(int, image["User"].split(":"))
    mounted(options.image, [pair.split(":") for pair in options.mount])
    os.chroot(options.image)
    os.chdir(image["WorkingDir"])
    become(user, group)
    argv = options.command or image["Entrypoint"] + image["Cmd"]
    os.execve(argv[0], argv, image["Env"])


main()
