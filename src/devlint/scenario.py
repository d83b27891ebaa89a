"""What the examples of a rule do when they run: ``scenario.py`` in its folder.

``examples/bad.py`` and what the fixes make of it are run in every world, each call in a process of its own::

    import torch

    from devlint.scenario import Load, World, case

    @case(
        at="audio.numpy()",                                # on a line of bad.py that is marked with `# expect:`
        bad="TypeError: can't convert {device} device",    # in the worlds of the mark; in all others as repaired
        fixed="[0.5, 0.5]",                                # in every world
    )
    def peaks(load: Load, world: World) -> object:
        example = load()                                   # the module: bad.py or fixed.py
        return example.peaks(torch.ones(2, device=example.device) / 2)

An outcome is what the function returns, as ``told`` says it, or the class and the text of what it raises, of which the
beginning has to be stated. Where it differs from world to world it is a mapping by the names of worlds, several in one
key, with ``*`` for the rest. ``{device}`` stands for the accelerator's device, ``cuda:0``.
"""

from __future__ import annotations

import functools
import linecache
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

from devlint.shim.environment import WORLD
from devlint.shim.profile import Profile
from devlint.world import World, world_named

__all__ = ["Load", "World", "case", "device_of", "stub"]

#: where an object is, as its text says: another place in every run
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
#: makes a module of the example
Load = Callable[[], Any]
Drive = Callable[[Load, World], object]
Stated = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A way to run an example: ``at`` is text of the marked line that it is about, ``bad`` the outcome in the worlds of
    the mark, ``fixed`` that of the repaired example in every world. Where the finding has no fix, ``fixed`` states what
    ought to happen, and only the worlds that are not marked show it. ``missed`` names worlds that are not marked and in
    which ``bad`` happens all the same: a limit of the rule; ``processes`` says whether the example starts some."""

    at: str
    bad: Stated
    fixed: Stated
    missed: Sequence[str]
    profile: Profile
    processes: bool = False

    def stated(self, world: World, *, fixed: bool) -> str:
        """The outcome in a world. Raises KeyError where none is stated for it."""
        given = self.fixed if fixed else self.bad
        if not isinstance(given, str):
            found = [text for names, text in given.items() if world.name in names.split()]
            given = found[0] if found else given["*"]
        return given.replace("{device}", f"{world.accelerator}:{world.ordinal or 0}")


class _Cased:
    """A function of a scenario, with its case."""

    def __init__(self, drive: Drive, case: Case) -> None:
        self.drive, self.case = drive, case


def case(
    *, at: str, bad: Stated, fixed: Stated, missed: str = "", processes: bool = False, legacy_half: bool = False,
    async_copies: bool = False,
) -> Callable[[Drive], _Cased]:  # fmt: skip
    """Make a function of a scenario one of its cases, with the names of worlds that the rule misses, if any, and
    whether the example starts processes of its own; the other options are those of ``devlint run``."""
    made = Case(at, bad, fixed, missed.split(), Profile(legacy_half, async_copies), processes)
    return lambda drive: _Cased(drive, made)


def device_of(world: World) -> str:
    """The device that a program is to use in a world, as torch spells it."""
    return world.device if world.ordinal is None else f"{world.device}:{world.ordinal}"


def stub(name: str, **attributes: object) -> None:
    """Let an example import a module that is not installed."""
    module = ModuleType(name)
    module.__dict__.update(attributes)
    sys.modules[name] = module


# -- in the process that tries it


def declared(scenario: str) -> list[dict[str, Any]]:
    """The cases of the file of this path, with their names, for JSON."""
    return [{"name": name, **asdict(cased.case)} for name, cased in _cases(scenario)]


def perform(scenario: str, name: str, text: str, path: str) -> dict[str, Any]:
    """Run a case with an example of this text. Returns its outcome, whether that is an exception, and the lines of the
    example that it came through."""
    drive = dict(_cases(scenario))[name].drive
    lines: list[int] = []
    try:
        outcome = told(drive(functools.partial(_module, text, path), world_named(os.environ[WORLD])))
    except Exception as error:
        at = error.__traceback__
        while at is not None:
            if at.tb_frame.f_code.co_filename == path:
                lines.append(at.tb_lineno)
            at = at.tb_next
        return {"outcome": f"{type(error).__name__}: {error}", "raised": True, "lines": lines}
    return {"outcome": outcome, "raised": False, "lines": lines}


def _cases(scenario: str) -> Iterator[tuple[str, _Cased]]:
    with open(scenario, encoding="utf-8") as file:
        module = _module(file.read(), scenario)
    for name, value in vars(module).items():
        if isinstance(value, _Cased):
            yield name, value


def _module(text: str, path: str) -> ModuleType:
    name = os.path.splitext(os.path.basename(path))[0]
    module = ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    exec(compile(text, path, "exec"), module.__dict__)
    return module


def told(value: object) -> str:
    """A value as text that does not vary: a tensor with device, type and contents, a module with where its weights
    are."""
    import numpy as np
    import torch

    if isinstance(value, torch.nn.Module):
        return " ".join(dict.fromkeys(f"{part.device} {_dtype(part)}" for part in value.parameters()))
    if isinstance(value, torch.Tensor):
        return f"{value.device} {_dtype(value)} {told(value.detach().cpu().tolist())}"
    if isinstance(value, np.ndarray | np.generic):
        return told(value.tolist())
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        opened, closed = "[]" if isinstance(value, list) else "()"
        return f"{opened}{', '.join(map(told, value))}{closed}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{told(key)}: {told(held)}" for key, held in value.items()) + "}"
    if type(value).__str__ is object.__str__ and type(value).__repr__ is object.__repr__ and hasattr(value, "__dict__"):
        held = ", ".join(f"{name}={_told_within(part)}" for name, part in vars(value).items())
        return f"{type(value).__name__}({held})"
    return _ADDRESS.sub("", str(value))


def _told_within(value: object) -> str:
    """The same of a part, without its own parts: objects may hold each other."""
    is_plain = type(value).__repr__ is object.__repr__ or isinstance(value, list | tuple | dict)
    return type(value).__name__ if is_plain else told(value)


def _dtype(tensor: Any) -> str:
    return str(tensor.dtype).removeprefix("torch.")
