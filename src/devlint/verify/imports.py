"""What a slice imports: torch, NumPy and the standard library as they are, the files of its project as far as they run,
and stand-ins for all else."""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import sys
import time
import types
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from devlint.analysis.modules import Modules
from devlint.verify import codes, instrument
from devlint.verify.standins import Host, StandIn

#: modules that are imported as they are
_REAL = frozenset(sys.stdlib_module_names) | {"torch", "numpy"}
#: libraries around torch that compute with arrays of the host
_HOST = frozenset("scipy sklearn skimage cv2 PIL matplotlib soundfile librosa pandas seaborn imageio".split())
#: seconds, and bytes of files, after which no more files of a project are run: what a slice needs comes early
_SECONDS, _BYTES = 4.0, 1_200_000


class Imports:
    """Imports for programs of a project; without a root, of none. ``texts`` are files that do not say what is stored,
    by their paths from the root, in which there may be ``beliefs``; every file finds the names that are
    ``provided``."""

    def __init__(
        self, root: str | None, path: str, texts: Mapping[str, str], beliefs: Container[str],
        provided: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self._root = Path(root or "")
        self._modules = None if root is None else Modules(self._root)
        self._texts, self._beliefs = texts, beliefs
        self._files = {"__main__": path}
        self._loaded: dict[str, types.ModuleType] = {}
        self._until, self._left = time.monotonic() + _SECONDS, _BYTES
        self._provided = {**provided, "__builtins__": {**vars(builtins), "__import__": self._import}}
        self._elsewhere = importlib.import_module
        importlib.import_module = self._import_module

    def main(self, inputs: Sequence[str]) -> types.ModuleType:
        """The module that a slice is run as; what nothing in it binds is stood in for."""
        module = types.ModuleType("__main__")  # who runs a script gets to what it does
        module.__dict__.update(self._provided, __file__="slice.py")
        module.__dict__.update({name: StandIn(name) for name in inputs})
        return module

    def _import(
        self, name: str, globals: Mapping[str, Any] | None = None, locals: object = None,
        fromlist: Sequence[str] | None = (), level: int = 0,
    ) -> Any:  # fmt: skip
        top = name.partition(".")[0]
        if level == 0 and top in _REAL:
            return importlib.__import__(name, globals, None, fromlist or (), level)
        file = self._files.get((globals or {}).get("__name__", ""), "")
        absolute = self._modules.absolute("." * level + name, file) if self._modules is not None else None
        if absolute is None or (found := self.module(absolute)) is None:
            return (Host if top in _HOST else StandIn)(name)
        if fromlist:
            return found
        return self.module(absolute[: len(absolute) - len(name) + len(top)])

    def _import_module(self, name: str, package: str | None = None) -> types.ModuleType:
        """``importlib.import_module`` for those who import by a name that they put together: a registry, say."""
        importer = self._files.get(sys._getframe(1).f_globals.get("__name__", ""))
        if importer is not None and self._modules is not None:
            absolute = self._modules.absolute(importlib.util.resolve_name(name, package), importer)
            if absolute is not None and (found := self.module(absolute)) is not None:
                return found
        return self._elsewhere(name, package)

    def module(self, absolute: str) -> types.ModuleType | None:
        """A file or folder of the project, by its dotted name from the root. What its packages do comes before."""
        if absolute not in self._loaded:
            assert self._modules is not None
            package = absolute.rpartition(".")[0]
            if package and self.module(package) is not None and absolute in self._loaded:
                return self._loaded[absolute]
            member = self._modules.member(absolute)
            file = member.file if member is not None and not member.rest else None
            if file is None and not (self._root / absolute.replace(".", "/")).is_dir():
                return None
            self._loaded[absolute] = module = _Module(absolute, self)
            sys.modules.setdefault(absolute, module)  # where a class finds the file that it is of
            if file is not None:
                self._files[absolute] = file
                self._run(module, file)
        return self._loaded[absolute]

    def _run(self, module: types.ModuleType, file: str) -> None:
        module.__dict__.update(self._provided, __file__=str(self._root / file))
        if time.monotonic() > self._until or self._left < 0:
            return
        begun = time.monotonic()
        code = self._code(file)
        self._until += time.monotonic() - begun  # which is done once for many runs
        if code is not None:
            exec(code, module.__dict__)

    def _code(self, file: str) -> types.CodeType | None:
        text = self._texts.get(file)
        if text is None:
            code, size = codes.code(self._root / file, file)
            self._left -= size
            return code
        try:
            made: types.CodeType = compile(instrument.joined(text, self._beliefs), file, "exec")
        except (SyntaxError, ValueError, RecursionError):
            return None  # the analysis could not read it either
        return made


class _Module(types.ModuleType):
    """A file of the project. What it does not define is a module in its folder, or did not work and is stood in for."""

    def __init__(self, absolute: str, imports: Imports) -> None:
        super().__init__(absolute)
        self.__dict__["_imports"] = imports

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._imports.module(f"{self.__name__}.{name}")
        return StandIn(f"{self.__name__}.{name}") if found is None else found
