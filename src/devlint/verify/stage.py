"""Stages: each a world in which calls are tried, one after the other, apart from each other and from all else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

from devlint.shim import Unsupported
from devlint.shim.environment import environment
from devlint.shim.profile import Profile
from devlint.shim.selftest import require, signal_name
from devlint.verify.isolation import Limits
from devlint.world import World

#: variables that a tried program finds of ours; all others are the user's own affair
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONPATH", "XDG_CACHE_HOME", "HOME", "TMPDIR")
#: memory that nobody has written to holds zeros (glibc)
_CLEAN = {"MALLOC_PERTURB_": "255"}
#: calls whose outcome is remembered
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a call. ``value`` is what it returned, where it did; otherwise ``failure`` says in one line what
    became of it instead. ``asked`` is what it wanted and was not given; ``output`` the beginning of what it printed."""

    value: Any
    failure: str | None
    asked: tuple[str, ...]
    output: str


class Stage:
    """A world that is played by a process of its own, which tries calls. Use it as a context.

    Raises Unsupported where the installed torch cannot play the world.
    """

    def __init__(self, world: World, profile: Profile, limits: Limits) -> None:
        self.world = world
        self._limits = limits
        self._known: dict[str, Tried] = {}
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  (closed at exit)
        kept = {name: value for name, value in os.environ.items() if name in _KEPT}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "devlint.verify.server", json.dumps(asdict(limits))],
            env=environment(world.name, require(world), kept) | profile.variables | _CLEAN,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            start_new_session=True,  # Ctrl-C is for us; the end of its input ends it
        )

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(self._limits.wall)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, self._said):
            stream.close()

    @property
    def process(self) -> int:
        """The number of its process."""
        return self._process.pid

    def call(self, function: str, arguments: Mapping[str, Any]) -> Tried:
        """Call ``module:function`` with arguments that JSON knows. The same call twice is made once, as long as it is
        among the last ones.

        Raises Unsupported where the world itself cannot be played after all.
        """
        request = json.dumps({"call": function, "arguments": arguments})
        tried = self._known.pop(request, None) or self._tried(request)
        self._known[request] = tried
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        return tried

    def _tried(self, request: str) -> Tried:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(request + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            line = ""
        else:
            line = process.stdout.readline()
        if not line:
            self._said.seek(0)
            said = self._said.read().strip().rpartition("\n")[2]
            raise Unsupported(f"world `{self.world.name}` cannot be played: {said.removeprefix('devlint: ')}")
        return self._told(json.loads(line))

    def _told(self, answer: dict[str, Any]) -> Tried:
        value = answer["value"]
        if value is not None and "returned" in value:
            return Tried(value["returned"], None, tuple(dict.fromkeys(value["asked"])), answer["output"])
        if answer["late"]:
            failure = f"it did not end within {self._limits.wall:g} s"
        elif answer["signal"]:
            failure = f"it died by {signal_name(answer['signal'])}"
        elif value is not None:
            failure = f"it raised {value['raised']}"
        else:
            failure = f"it ended by itself, with status {answer['status']}"
        return Tried(None, failure, (), answer["output"])
