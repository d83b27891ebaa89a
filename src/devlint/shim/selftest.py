"""Whether the installed torch can be played: found out once for each build, in a process of its own."""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import re
import signal
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import astuple, dataclass
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from devlint.shim import Unsupported
from devlint.shim.environment import TESTED, environment
from devlint.shim.machine import DISPATCH_KEY
from devlint.world import World

#: the first release with ``torch._C._acc``
OLDEST = (2, 10)
#: seconds; importing a cold torch of several GB takes most of it
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Build:
    """An installed torch, known from its files alone: importing it here would be too early.

    ``modified`` are the times of the two files that a new installation replaces, in ns.
    """

    folder: Path
    version: str
    git_version: str = ""
    hip: str = ""
    xpu: str = ""
    modified: tuple[int, ...] = ()

    @classmethod
    def find(cls) -> Build:
        """The torch that ``import torch`` would give. Raises Unsupported where there is none."""
        return cls.of(find_spec("torch"))

    @classmethod
    def of(cls, spec: ModuleSpec | None) -> Build:
        """The torch of this spec. Raises Unsupported where it is no installed torch."""
        if spec is None or spec.origin is None:
            raise Unsupported("torch is not installed here", f"pip install 'devlint[verify]' for {sys.executable}")
        folder = Path(spec.origin).parent
        try:
            tree = ast.parse((folder / "version.py").read_bytes())
            times = tuple((folder / name).stat().st_mtime_ns for name in ("version.py", "lib/libtorch_cpu.so"))
        except (OSError, SyntaxError):
            raise Unsupported(f"{folder} is not an installed torch") from None
        said = {
            ast.unparse(target): str(node.value.value or "")
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        }
        version, git_version, hip, xpu = (said.get(name, "") for name in ("__version__", "git_version", "hip", "xpu"))
        return cls(folder, version, git_version, hip, xpu, times)


@dataclass(frozen=True, slots=True)
class Platform:
    """What runs torch."""

    system: str
    machine: str
    python: str
    implementation: str
    free_threaded: bool
    abi: str

    @classmethod
    def here(cls) -> Platform:
        """That of this process."""
        return cls(
            platform.system(),
            platform.machine(),
            sys.version,
            platform.python_implementation(),
            bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
            f"{sysconfig.get_config_var('SOABI')} {' '.join(platform.libc_ver())}",
        )


def objection(world: World, build: Build, host: Platform) -> str | None:
    """Why this build cannot play the world on this platform, in one line; None where nothing is known against it."""
    if host.system != "Linux" or host.machine not in ("x86_64", "aarch64"):
        return f"worlds are played on Linux x86-64 and aarch64 only, and this is {host.system} {host.machine}"
    if host.implementation != "CPython":
        return f"worlds are played by CPython only, and this is {host.implementation}"
    if host.free_threaded:
        return "worlds are not played by free-threaded CPython"
    release = re.match(r"(\d+)\.(\d+)", build.version)
    if release is None or (int(release[1]), int(release[2])) < OLDEST:
        return f"worlds are played with torch {OLDEST[0]}.{OLDEST[1]} or newer, and this is {build.version}"
    if world.build == "rocm" or world.accelerator not in (None, *DISPATCH_KEY):
        return f"world `{world.name}` can be declared as a target, and not be played"
    if build.hip or build.xpu:
        kind = "ROCm" if build.hip else "XPU"
        return f"worlds are played with CPU and CUDA builds of torch, and {build.version} is a {kind} build"
    return None


def require(world: World, build: Build | None = None) -> str:
    """See to it that the build can play the world. Returns the key under which that is known.

    It is known from the parent process, or from the cache, or found out by a self-test now. Raises Unsupported, with
    one line, where it cannot.
    """
    build = build or Build.find()
    host = Platform.here()
    if (reason := objection(world, build, host)) is not None:
        raise Unsupported(reason)
    key = key_of(world, build, host)
    if os.environ.get(TESTED) == key:
        return key
    passed = cache() / key
    if not passed.exists():
        _try(world, build, key)
        _remember(passed, f"torch {build.version} passed the self-test of world {world.name}\n")
    return key


def cache() -> Path:
    """The folder with a file for each self-test that was passed."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(home, "devlint", "shim")


def key_of(world: World, build: Build, host: Platform) -> str:
    """A name for all that the outcome depends on: world, build, platform, and the shim's own source."""
    digest = hashlib.sha256(repr((astuple(world), astuple(build), astuple(host))).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _remember(path: Path, text: str) -> None:
    """Write the file, whole or not at all. Without a cache the next run tests again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            file.write(text)
        os.replace(file.name, path)
    except OSError:
        return


def _try(world: World, build: Build, key: str) -> None:
    """Play the trial, as a program would be played. Raises Unsupported where it does not end well."""
    argv = [sys.executable, "-m", "devlint.shim.trial", world.accelerator or "cpu", str(world.count)]
    played = environment(world.name, key, os.environ) | {"PYTHONSAFEPATH": "1"}
    try:
        done = subprocess.run(argv, env=played, capture_output=True, text=True, errors="replace", timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Unsupported(_failed(world, build, f"it took more than {PATIENCE:.0f} s")) from None
    if done.returncode < 0:
        raise Unsupported(_failed(world, build, f"it died by {signal_name(-done.returncode)}"))
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["it said nothing"]
        raise Unsupported(_failed(world, build, said[-1].strip().removeprefix("devlint: ")))


def _failed(world: World, build: Build, reason: str) -> str:
    return f"torch {build.version} cannot play world `{world.name}`: {reason}"


def signal_name(number: int) -> str:
    """The name of a signal, or its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
