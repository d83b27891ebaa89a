"""What keeps code that is tried from everything that is not its own: for its process, and until it ends.

This is for code that goes wrong, not for code that wants to get out: its author is the user. What the kernel enforces
holds for native code as well; the audit hook holds for what Python does.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass

from devlint.verify import landlock

_PARENT_DEATH = 1
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000

_PROCESS = "another process"
#: where processes share memory and semaphores
_SHARED = "/dev/shm"
#: what is refused besides writing, by the beginnings of the names of audit events. Python's table of audit events
_REFUSED = {
    "socket.connect": "the network",
    "socket.bind": "the network",
    "socket.sendto": "the network",
    "socket.getaddrinfo": "the network",
    "socket.gethostby": "the network",
    "subprocess.Popen": _PROCESS,
    "os.fork": _PROCESS,
    "os.forkpty": _PROCESS,
    "os.posix_spawn": _PROCESS,
    "os.exec": _PROCESS,
    "os.system": _PROCESS,
    "os.kill": "signals",
}
#: what changes files, for kernels that do not refuse it: the audit events, and which of their arguments are paths
_CHANGING = {
    "os.chmod": 1, "os.chown": 1, "os.link": 2, "os.mkdir": 1, "os.remove": 1, "os.rename": 2, "os.rmdir": 1,
    "os.symlink": 2, "os.truncate": 1, "os.utime": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may use: ``wall`` and ``cpu`` are seconds, ``memory`` bytes above what it had at its start,
    ``file`` the bytes of any file that it writes, its output included; ``processes`` says whether it may start others,
    and share memory with them."""

    wall: float = 30.0
    cpu: int = 20
    memory: int = 4 << 30
    file: int = 64 << 20
    processes: bool = False


class Refused(PermissionError):
    """The code wants something that it is not given: the network, another process, a file elsewhere."""


def isolate(scratch: str, limits: Limits) -> list[str]:
    """Shut this process in: it may write in the folder ``scratch``, its working directory from now on, and nowhere
    else, start no process and use no network. Returns a list to which whatever it asks for in vain is appended.
    """
    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
    os.chdir(scratch)
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    _limit(limits)
    unshare = ctypes.CDLL(None).unshare
    unshare(_NEW_NETWORK) and unshare(_NEW_USER | _NEW_NETWORK)  # where the kernel lets us; the hook refuses it anyway
    kernel = True
    try:
        landlock.restrict([scratch, *([_SHARED] if limits.processes else [])])
    except OSError:
        kernel = False
    asked: list[str] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        wanted = next((what for name, what in _REFUSED.items() if event.startswith(name)), None)
        if limits.processes and (wanted == _PROCESS or _is_local(event, arguments)):
            wanted = None
        if wanted is None and not kernel:
            wanted = written(event, arguments, scratch)
        if wanted is not None:
            asked.append(wanted)
            raise Refused(f"{wanted}: not for code that is only tried ({event})")

    sys.addaudithook(hook)
    return asked


def _is_local(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether a socket is one of this machine's own, through which processes hand each other what they share."""
    return event.startswith("socket.") and getattr(arguments[0], "family", None) == socket.AF_UNIX


def _limit(limits: Limits) -> None:
    with open("/proc/self/statm", encoding="ascii") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that grows too big is an OSError
    for kind, most in (
        (resource.RLIMIT_AS, held + limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def written(event: str, arguments: tuple[object, ...], scratch: str) -> str | None:
    """What a call would change outside a folder, if anything."""
    if event == "open":
        path, _, flags = (*arguments, None, None, None)[:3]
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        paths: tuple[object, ...] = (path,) if writes else ()
    else:
        paths = arguments[: _CHANGING.get(event, 0)]
    for path in paths:
        with suppress(TypeError, ValueError):
            where = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
            if where != os.devnull and os.path.commonpath((where, scratch)) != scratch:
                return "a file elsewhere"
    return None
