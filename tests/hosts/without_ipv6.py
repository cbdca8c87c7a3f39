#!/usr/bin/env python3
"""Runs a command as on a kernel that was built, or booted, without IPv6; called by under.sh, in a new network namespace.

The loopback interface has no ::1 (what a container without IPv6 has), and the system refuses to make a socket of that
family (what ipv6.disable=1 does, and what the interface alone does not show).
"""
import contextlib
import ctypes
import errno
import fcntl
import os
import platform
import socket
import struct
import sys

NO_ADDRESSES = "/proc/sys/net/ipv6/conf/all/disable_ipv6"
SYS_SOCKET = {"x86_64": 41, "aarch64": 198}[platform.machine()]
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO = 0x7FFF0000, 0x00050000
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
CALL_NUMBER, FIRST_ARGUMENT = 0, 16  # in struct seccomp_data; the lower half of the argument, little endian


def bring_loopback_up():
    with contextlib.suppress(FileNotFoundError), open(NO_ADDRESSES, "w", encoding="ascii") as switch:
        switch.write("1")
    request = struct.pack("16sh22x", b"lo", 1)  # struct ifreq, IFF_UP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def refuse_ipv6_sockets():
    program = [
        (LOAD_WORD, 0, 0, CALL_NUMBER),
        (JUMP_IF_EQUAL, 0, 3, SYS_SOCKET),
        (LOAD_WORD, 0, 0, FIRST_ARGUMENT),
        (JUMP_IF_EQUAL, 0, 1, socket.AF_INET6),
        (RETURN, 0, 0, SECCOMP_RET_ERRNO | errno.EAFNOSUPPORT),
        (RETURN, 0, 0, SECCOMP_RET_ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(buffer))  # struct sock_fprog
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0)):
        if libc.prctl(*arguments) != 0:
            sys.exit(f"without_ipv6.py: the kernel takes no filter: {os.strerror(ctypes.get_errno())}")


bring_loopback_up()
refuse_ipv6_sockets()
try:
    socket.socket(socket.AF_INET6).close()
    sys.exit("without_ipv6.py: there is IPv6 all the same")
except OSError:
    pass
os.execvp(sys.argv[1], sys.argv[1:])
