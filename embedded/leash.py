"""Runs a command so that it ends with the process that started it, and optionally without being root.

Run as a script by path, with `python -I -S`: it needs nothing but the standard library, so it costs
20 ms and works for a child that may not read the project's files. It sets what has to be set in the
child itself between fork and exec, where a threaded parent may not run Python code (preexec_fn).

Why root is given up: PostgreSQL refuses to run as root. Why `nobody` and not a new account, as the
wheel's own starter makes one: `make demo` should leave no trace in the machine's accounts. Why the
file capabilities are kept: root's checkout usually lies under /root, which `nobody` may not enter; the
alternative is to open /root to everybody on the machine, for good. The server so has the file rights
of the one who started it, no other, which is what it would have for an ordinary user too.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import pwd
import sys

# linux/prctl.h and linux/capability.h
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
FILE_CAPABILITIES = 1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH


class CapabilityHeader(ctypes.Structure):
    """struct __user_cap_header_struct"""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class CapabilityData(ctypes.Structure):
    """struct __user_cap_data_struct; the kernel takes two, for 64 bits."""

    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def die_with_parent(libc: ctypes.CDLL, parent: int, stop_signal: int) -> None:
    """Ask the kernel for `stop_signal` when the starting thread ends; leave if it has ended already."""
    libc.prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the process that started this one has ended")


def become(libc: ctypes.CDLL | None, user: str) -> None:
    """Give up root for `user`, keeping only the right to read and write files (Linux)."""
    account = pwd.getpwnam(user)
    if libc is not None:
        # The change of user then takes no capability away (the next step does), and access(2), which PostgreSQL asks
        # about its own programs, goes by them too. Where this is forbidden, the modes of files decide.
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    if libc is not None:
        keep_file_capabilities(libc)


def keep_file_capabilities(libc: ctypes.CDLL) -> None:
    """Drop every capability but those on files, and hand these on through exec."""
    header = CapabilityHeader(CAPABILITY_VERSION_3, 0)
    data = (CapabilityData * 2)()
    libc.capget(ctypes.byref(header), data)
    kept = data[0].permitted & FILE_CAPABILITIES
    data[0] = CapabilityData(kept, kept, kept)
    data[1] = CapabilityData(0, 0, 0)
    if libc.capset(ctypes.byref(header), data) != 0:
        sys.exit("root's capabilities could not be dropped")
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if kept & 1 << capability:
            libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def main() -> None:
    """Prepare this process and become the command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--signal", type=int, required=True)
    parser.add_argument("--user", default="")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if given.user:
        become(libc, given.user)
    # After the change of user, which clears it.
    if libc is not None:
        die_with_parent(libc, given.parent, given.signal)
    # What it writes are people's data: for its owner only.
    os.umask(0o077)
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    try:
        os.execv(command[0], command)  # noqa: S606 - no shell is meant
    except PermissionError:
        who = f"the account {given.user}" if given.user else "this account"
        sys.exit(f"{who} may not run {command[0]}; put the checkout into a directory that every account may enter")


if __name__ == "__main__":
    main()
