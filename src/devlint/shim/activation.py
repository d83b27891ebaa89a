"""Before torch is imported: see to it that a world is installed right after torch's own import finished.

torch is never imported from here: a program that does not use it is not slowed down, and one that does imports it when
it would have done so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from devlint.error import DevlintError
from devlint.shim import Unsupported
from devlint.shim.environment import COPY, TESTED, WORLD, environment, hidden

if TYPE_CHECKING:
    from importlib.abc import Loader


def activate(world: str) -> None:
    """Play the world of that name in this process and in its children, from torch's import on.

    Nothing happens where it is played already. Raises Unsupported where torch was imported before, or another world is
    played. Whether the installed torch can be played is found out when it is imported.
    """
    played = next((finder.world for finder in sys.meta_path if isinstance(finder, WorldFinder)), WorldFinder.installed)
    if played == world:
        return
    if played is not None:
        raise Unsupported(f"world `{world}` cannot be played in a process that plays `{played}`")
    if "torch" in sys.modules:
        raise Unsupported(f"world `{world}` cannot be played: torch was imported before the shim was in place")
    os.environ.update(environment(world, os.environ.get(TESTED, ""), os.environ))
    sys.meta_path.insert(0, WorldFinder(world))


def activate_child() -> None:
    """Play the world that the parent of this process plays, if it plays any. Ends the process if that is impossible:
    going on would play another machine than the one that was asked for."""
    if world := os.environ.get(WORLD):
        if copy := os.environ.get(COPY):
            from devlint.shim.relocation import Relocation

            Relocation.told(copy).relocate()  # first: whoever finds torch asks those that were there before
        try:
            activate(world)
        except Unsupported as error:
            _refuse(error)
            os._exit(2)  # `site` would report SystemExit as a broken interpreter


def _refuse(error: DevlintError) -> None:
    sys.stderr.write(f"devlint: {error.line}\n")
    sys.stderr.flush()


class WorldFinder:
    """Finds torch where the other finders find it, with a loader that installs the world."""

    #: the world that is installed in this process, if any
    installed: str | None = None

    def __init__(self, world: str) -> None:
        self.world = world

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of torch, as often as somebody asks; None for every other module."""
        if name != "torch":
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", _WorldLoader(spec.loader, self))  # the import system asks for no more
        return spec


class _WorldLoader:
    """The loader of torch, and for everybody who only asks for torch's spec no other than that.

    The import system holds torch's module lock until ``exec_module`` returns: no other thread sees torch without its
    world, and an import of ``torch.cuda`` imports torch first.
    """

    def __init__(self, loader: Loader, finder: WorldFinder) -> None:
        self._loader = loader
        self._finder = finder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run torch's own import, then install the world. Where it cannot be installed the process ends: a program
        that caught the exception would go on in no world at all."""
        from devlint.shim import selftest
        from devlint.world import world_named

        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        try:
            world = world_named(self._finder.world)
            os.environ[TESTED] = selftest.require(world, selftest.Build.of(module.__spec__))
            os.environ.update(hidden())
            self._loader.exec_module(module)

            from devlint.shim.installation import install
            from devlint.shim.profile import Profile

            install(world, Profile.inherited(os.environ))
        except DevlintError as error:
            _refuse(error)
            raise SystemExit(2) from None
        WorldFinder.installed = world.name
        sys.meta_path.remove(self._finder)
