"""Code that goes wrong in every way, for the tests of isolation; called by name in a process that tries it."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time

_libc = ctypes.CDLL(None)


def fine(number: int) -> str:
    import torch

    return str(torch.ones(1, device="cuda") + number)


def loop() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(1000)


def allocate() -> int:
    return len(bytearray(100 << 30))


def allocate_tensor() -> None:
    import torch

    torch.empty(100 << 30, dtype=torch.uint8).fill_(1)


def fork() -> None:
    while True:
        os.fork()


def fork_natively() -> None:
    while True:
        _libc.fork()


def start() -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)


def leave() -> None:
    os._exit(0)


def write(path: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write("x")


def write_natively(path: str) -> None:
    import torch

    torch.save({}, path)


def remove(path: str) -> None:
    os.remove(path)


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5)


def connect_natively(port: int) -> int:
    """What a library without Python would do: 0 where it is connected."""
    opened = _libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = (ctypes.c_ubyte * 16)(2, 0, port >> 8, port & 255, 127, 0, 0, 1)
    return int(_libc.connect(opened, ctypes.byref(address), 16))


def talk() -> None:
    for _ in range(1 << 20):
        print("x" * 1023)


def crash() -> None:
    ctypes.string_at(0)


def hide() -> str:
    """Leave a process behind that has a session of its own."""
    if not _libc.fork():
        _libc.setsid()
        if not _libc.fork():
            time.sleep(1000)
        os._exit(0)
    return "hidden"


def answer_much() -> str:
    return "x" * (2 << 20)


def stay() -> list[str]:
    write("here")
    return sorted(os.listdir("."))
