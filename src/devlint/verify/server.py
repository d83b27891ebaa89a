"""The process that tries code in a world: ``python -m devlint.verify.server``, with the world in its environment.

It imports torch once and forks for every request, so that each starts from a torch that nobody has used and pays for no
import. A request is a line of JSON on standard input, ``{"call": "module:function", "arguments": {...}}``; the answer
is one on standard output. Nothing of a request outlives it but that the files that it imported are compiled.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterable
from importlib import import_module
from typing import Any, TextIO

from devlint.verify import codes
from devlint.verify.isolation import Limits, isolate

_CHILD_SUBREAPER = 36
#: characters of a program's output, and bytes of an answer, that are of interest
_OUTPUT, _ANSWER = 2000, 1 << 20


def serve(requests: Iterable[str], answers: TextIO, limits: Limits) -> None:
    """Answer requests until there are no more."""
    ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)  # what a child leaves behind becomes ours, to be ended
    for line in requests:
        answer = _answer(json.loads(line), limits)
        compiled = (answer["value"] or {}).pop("compiled", [])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        codes.learn(compiled)


def _answer(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    folder = tempfile.mkdtemp(prefix="devlint-")
    try:
        os.mkdir(os.path.join(folder, "scratch"))
        child = os.fork()
        if not child:
            _perform(request, folder, limits)
        late, status = _wait(child, limits.wall)
        _end_all()
        found = _read(os.path.join(folder, "answer"), _ANSWER + 1)
        return {
            "value": json.loads(found) if 0 < len(found) <= _ANSWER else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            "status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            "late": late,
            "output": _read(os.path.join(folder, "output"), _OUTPUT),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _perform(request: dict[str, Any], folder: str, limits: Limits) -> None:
    """Be the child: call what is asked for, leave what it returns in a file, and end."""
    status = 1
    try:
        os.setsid()
        answer = os.open(os.path.join(folder, "answer"), os.O_WRONLY | os.O_CREAT)
        output = os.open(os.path.join(folder, "output"), os.O_WRONLY | os.O_CREAT)
        for target, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, output), (2, output)):
            os.dup2(source, target)
        # new streams: what waits in the old ones is the server's
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
        module, _, name = request["call"].partition(":")
        function = getattr(import_module(module), name)
        asked = isolate(os.path.join(folder, "scratch"), limits)
        value = function(**request["arguments"])
        with os.fdopen(answer, "w", encoding="utf-8") as file:
            json.dump({"returned": value, "asked": asked, "compiled": codes.fresh()}, file)
        status = 0
    except BaseException as error:
        with contextlib.suppress(Exception):
            os.write(answer, json.dumps({"raised": type(error).__name__}).encode())
            traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(status)


def _wait(child: int, seconds: float) -> tuple[bool, int]:
    """Wait for a child and end it when its time is over: whether that was necessary, and its wait status."""
    handle = os.pidfd_open(child)
    try:
        late = not select.select([handle], [], [], seconds)[0]
    finally:
        os.close(handle)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return late, os.waitpid(child, 0)[1]


def _end_all() -> None:
    """End whatever a request has left running, wherever it hid: an orphan is a child of ours."""
    while True:
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == os.getpid():
                    found.append(int(entry))
    return found


def _read(path: str, most: int) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(most)
    except OSError:
        return ""


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what torch or a request prints is no answer
    serve(sys.stdin, own, Limits(**json.loads(sys.argv[1])))
