"""A copy of a tree in place of the tree, for a process whose ``sys.path`` leads to the tree all the same.

A project that is installed in editable mode, or is named by an absolute path, would be imported from where it is. Here
what lies in the tree is imported from the copy, where it is there too.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType

from devlint.shim.environment import COPY


@dataclass(frozen=True, slots=True)
class Relocation:
    """``tree`` and ``copy`` are real paths of folders. Every process that is relocated adds an empty line to the file
    ``trace``, and one for each file of ``watched``, paths in the copy, whose code it runs."""

    tree: str
    copy: str
    watched: tuple[str, ...]
    trace: str

    @classmethod
    def told(cls, text: str) -> Relocation:
        """The one that the process around this one tells of."""
        said = json.loads(text)
        return cls(**{**said, "watched": tuple(said["watched"])})

    @property
    def variables(self) -> dict[str, str]:
        """What hands it on to a process."""
        return {COPY: json.dumps(asdict(self))}

    def place(self, path: str) -> str | None:
        """Where a path of the tree is in the copy; None where it is not."""
        real = os.path.realpath(path)
        if os.path.commonpath((real, self.tree)) != self.tree:
            return None
        copied = os.path.join(self.copy, os.path.relpath(real, self.tree))
        return copied if os.path.exists(copied) else None

    def relocate(self) -> None:
        """Let this process import from the copy, and leave traces.

        What ``sys.path`` says stays there, behind the copy: metadata of a project are seldom part of a copy.
        """
        sys.path[:] = [new for old in sys.path for new in (self.place(old), old) if new is not None]
        sys.meta_path.insert(0, _Finder(self))
        self._note("")
        left = {os.path.basename(path): set[str]() for path in self.watched}
        for path in self.watched:
            left[os.path.basename(path)].add(path)

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            if event == "exec" and isinstance(code := arguments[0], CodeType):
                waiting = left.get(os.path.basename(code.co_filename))
                if waiting and (path := os.path.realpath(code.co_filename)) in waiting:
                    waiting.remove(path)
                    self._note(path)

        sys.addaudithook(hook)

    def _note(self, line: str) -> None:
        with open(self.trace, "a", encoding="utf-8") as file:
            file.write(line + "\n")


class _Finder:
    """Finds modules outside packages where the finders behind it find them, or in the copy."""

    def __init__(self, relocation: Relocation) -> None:
        self._relocation = relocation

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is not None:  # a module of a package lies where the package does
            return None
        behind = sys.meta_path[sys.meta_path.index(self) + 1 :]
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in behind)), None)
        if spec is None or not spec.has_location or spec.origin is None:
            return spec
        place = self._relocation.place(spec.origin)
        return spec if place is None else spec_from_file_location(name, place)
