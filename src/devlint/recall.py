"""What earlier runs found out about files, as far as it still holds.

A result holds while everything that it was made of is as it was: devlint and its packs, Python and libcst, the terms
on which the file was looked at, its text and, unless that decided alone, what was asked of its project. If no Python
file of the project is another one, and none of the folders that lead there holds anything else, that needs no question;
else every file that was made use of must be as it was, and what was looked for must be found where it was.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from devlint import __version__
from devlint.cache.digests import Digests, joined, listing
from devlint.cache.entries import plain, restored
from devlint.cache.replay import Asked, Told, keep
from devlint.cache.store import KEPT, Store
from devlint.error import DevlintError
from devlint.files import Walked, display
from devlint.folders import MARKS, distributions, documents, importable
from devlint.inspection import Inspection
from devlint.lazy import LazyRules
from devlint.report import Checked
from devlint.settings.project import root_of
from devlint.stamps import Stamp, believed

if TYPE_CHECKING:
    from devlint.analysis.holding import Holding
    from devlint.loaded import LoadedRule

_FILES, _RESULTS = "files", "results"
#: what the names of the tables begin with that say what a project was, and how many are kept
_PROJECT, _MOST = "project-", 16
#: files that may be others than before; after more, nobody asks what still holds
_MOST_CHANGED = 50
#: what tells in a folder whether it is installed
_PACKAGING = ("pyproject.toml", "setup.cfg", "setup.py")
_DAY = 24 * 60 * 60


class Recall:
    """The results of earlier runs in a store, for one run that looks and repairs nothing."""

    def __init__(self, inspection: Inspection, store: Store) -> None:
        self._inspection, self._store = inspection, store
        self._digests = Digests(store.table(_FILES))
        self._results: dict[bytes, tuple[Any, ...]] = store.table(_RESULTS)
        self._fresh: dict[bytes, tuple[Any, ...]] = {}
        self._projects: dict[Path, _Listed] = {}
        #: the texts beside the code of the projects of which somebody asked for them
        self._documents: dict[Path, bytes] = {}
        self._holding: dict[tuple[Path, bytes], Holding | None] = {}
        #: each text and tuple that results rest on, once: what is the same is written down once
        self._interned: dict[Any, Any] = {}
        #: files and folders that were asked about without being listed, and whether all that was found is known
        self._outside: set[str] = set()
        self._complete = True
        self._began = time.time_ns()

    @cached_property
    def _packages(self) -> list[str]:
        return sorted(_packages(self._inspection.rules))

    @cached_property
    def _identity(self) -> bytes:
        return joined((*_identity(self._digests, self._packages), os.getcwd()))

    def glance(self, path: Path) -> Checked | None:
        """As ``Inspection.glance``, without reading what is known."""
        known = self._digests.of(str(path))
        if known is None:
            self._complete = False
            return self._inspection.glance(path)
        return None if known.matters else Checked(display(path))

    def survey(self, files: Iterable[Path]) -> None:
        """Take note of the projects of files before any is looked at, and of the backends that they choose between."""
        for root in {root_of(path.parent) for path in files}:
            found = self._recalled(self._slot(root), b"", root)
            if found is not None:
                self._inspection.discovered[root] = found

    def known(self, path: Path) -> Checked | None:
        """What came of a file, if that still holds."""
        try:
            slot, own = self._key(path)
        except DevlintError:  # whoever looks at the file is told
            return None
        found = self._recalled(slot, own, root_of(path.parent))
        return None if found is None else restored(found)

    def keep(self, path: Path, checked: Checked | None) -> None:
        """Take down what came of a file, if it is for other runs as well."""
        basis = None if checked is None else checked.basis
        if checked is None or basis is None or checked.failures or not all(map(self._digests.is_older, basis.outside)):
            self._complete = False
            return
        self._outside.update(basis.outside)
        slot, own = self._key(path)
        outside = tuple((name, self._digests.anything(name)) for name in basis.outside)
        root = root_of(path.parent)
        project = b"" if basis.alone else self._project(root).digest
        files, grounds = (tuple(map(self._once, some)) for some in (basis.files, basis.grounds))
        kept = files, grounds, self._document(root) if basis.documents else b""
        self._fresh[slot] = int(time.time()), own, project, kept, outside, plain(checked)

    def save(self) -> None:
        """Write down what is new, unless the files changed while they were looked at."""
        for root, project in self._projects.items():
            if root in self._inspection.discovered and self._recalled(self._slot(root), b"", root) is None:
                backends = tuple(map(str, self._inspection.discovered[root]))
                self._fresh[self._slot(root)] = int(time.time()), b"", project.digest, None, (), backends
        held = self._digests.hold(self._digests.seen)
        self._complete &= held
        if self._fresh and held:
            now = time.time()
            others = self._store.table(_RESULTS)  # another run may have written them meanwhile
            kept = {slot: found for slot, found in others.items() if found[0] > now - KEPT}
            self._store.write(_RESULTS, kept | self._fresh)
            for listed in self._projects.values():
                self._store.write(_PROJECT + listed.digest.hex(), listed.files)
            self._store.prune(_PROJECT, _MOST)
        if self._digests.changed:
            seen = {path: tuple(known) for path, known in self._digests.seen.items() if known is not None}
            others = self._store.table(_FILES)
            self._store.write(_FILES, {path: known for path, known in others.items() if os.path.exists(path)} | seen)
            self._store.prune()

    def remember(self, argv: Sequence[str], paths: Sequence[str], told: Told) -> None:
        """Keep what was said of the files that ``paths`` name, so that it can be said again while all is as it was."""
        walked = self._inspection.walked
        folders: dict[tuple[str, str], tuple[Stamp, bytes]] = {
            (folder, "listed"): (believed(stamp, self._began), joined(held)) for folder, (stamp, held) in walked.items()
        }
        rules = self._inspection.rules
        code = list(_packages(())) if isinstance(rules, LazyRules) and not rules.wanted else self._packages
        beside = [(folder, "importable") for folder in (*code, *self._outside)]
        beside += [(folder, "documented") for root in self._documents for folder, _ in documents(str(root))]
        for path, question in (*beside, *((folder, "distributions") for folder in sys.path)):
            if os.path.isdir(path or "."):
                folders[path, question] = listing(path, question)
            else:
                self._digests.of(path)
        above = self._above(paths)
        settings = (*_marks(walked, above), *map(str, self._inspection.configuration.named))
        for path in (*settings, *_modules(code), *_entry_points()):
            self._digests.of(path)
        if self._complete:
            files = {path: known and (known.stamp, known.digest) for path, known in self._digests.seen.items()}
            repositories = {path: os.path.lexists(path) for path in (os.path.join(folder, ".git") for folder in above)}
            keep(self._store, argv, Asked(files, folders, repositories), told)

    def _above(self, paths: Sequence[str]) -> set[str]:
        """The folders that were not searched and are above something that was looked at: they may hold settings."""
        below = [Path(os.path.abspath(path)) for path in paths]
        below += [folder / "any" for folder in (Path.cwd(), *self._projects)]
        return {str(folder) for path in below for folder in path.parents} - set(self._inspection.walked)

    def _recalled(self, slot: bytes, own: bytes, root: Path) -> Any:
        """What is kept in a slot for a file of a project with this digest, or for none; None if it does not hold."""
        day, known, project, basis, outside, found = self._results.get(slot, (0, None, b"", None, (), None))
        if known != own or any(self._digests.anything(name) != digest for name, digest in outside):
            return None
        now = self._project(root).digest if project else b""
        if basis is not None and basis[2] and basis[2] != self._document(root):
            return None
        if project != now and not self._holds(root, project, basis):
            return None
        self._outside.update(name for name, _ in outside)
        if project != now or day < time.time() - _DAY:  # it is used, and not to be thrown away
            self._fresh[slot] = int(time.time()), known, now, basis, outside, found
        return found

    def _holds(self, root: Path, project: bytes, basis: tuple[Any, ...] | None) -> bool:
        """Whether what a result rests on is in a project as it was when the project had this digest."""
        if basis is None:
            return False
        if (root, project) not in self._holding:
            self._holding[root, project] = self._since(root, project)
        holding = self._holding[root, project]
        return holding is not None and holding.holds(*basis[:2])

    def _since(self, root: Path, project: bytes) -> Holding | None:
        """What may have ceased to hold since a project had this digest; None where that is too much, or not known."""
        then, now = self._store.table(_PROJECT + project.hex()), self._project(root).files
        changed = [path for path in {**then, **now} if then.get(path) != now.get(path)]
        if not then or len(changed) > _MOST_CHANGED:
            return None
        from devlint.analysis.holding import Holding  # most runs ask about a project as it was

        texts = {path: _text(root / path) if now.get(path) else None for path in changed}
        return Holding(self._inspection.project(root), texts)

    def _document(self, root: Path) -> bytes:
        """The digest of which texts there are beside the code of a project."""
        if root not in self._documents:
            paths = (os.path.join(folder, name) for folder, names in documents(str(root)) for name in names)
            self._documents[root] = joined(paths)
        return self._documents[root]

    def _once(self, one: Any) -> Any:
        return self._interned.setdefault(one, one)

    def _key(self, path: Path) -> tuple[bytes, bytes]:
        """Where the result for a file is kept, and the digest of its text."""
        known = self._digests.of(str(path))
        own = b"" if known is None else known.digest
        return joined((self._identity, self._inspection.described(path))), own

    def _slot(self, root: Path) -> bytes:
        return joined((self._identity, b"backends", str(root)))

    def _project(self, root: Path) -> _Listed:
        """All that is listed of a project."""
        if root not in self._projects:
            files = self._inspection.listing(root)
            digest = joined(_project(self._digests, root, files))
            digests = ((path, self._digests.of(str(path))) for path in files)
            known = {path.relative_to(root).as_posix(): b"" if one is None else one.digest for path, one in digests}
            self._projects[root] = _Listed(digest, known)
        return self._projects[root]


def _text(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


class _Listed(NamedTuple):
    """All that is listed of a project, as one digest, and the digests of its files by their paths from the root."""

    digest: bytes
    files: dict[str, bytes]


def _project(digests: Digests, root: Path, listing: Iterable[Path]) -> Iterator[bytes | str]:
    """Every file of a project with its digest, and what the folders that lead to them hold."""
    folders = {str(root)}
    for path in map(str, listing):
        known = digests.of(path)
        yield path
        yield b"" if known is None else known.digest
        folder = os.path.dirname(path)
        while folder not in folders:
            folders.add(folder)
            folder = os.path.dirname(folder)
    for folder in sorted(folders):
        yield folder
        yield from importable(folder)
        for name in _PACKAGING:
            yield digests.anything(os.path.join(folder, name))


def _identity(digests: Digests, packages: Iterable[str]) -> Iterator[bytes | str]:
    """What looks at the files: devlint and its packs, Python, and libcst."""
    yield f"{__version__} {sys.implementation.cache_tag} {sys.version}"
    spec = find_spec("libcst")
    if spec is not None and spec.origin is not None:
        yield spec.origin
        yield from distributions(os.path.dirname(os.path.dirname(spec.origin)))
    for path in _modules(packages):
        yield path
        yield digests.anything(path)


def _modules(packages: Iterable[str]) -> Iterator[str]:
    """The Python files of some folders."""
    return (os.path.join(folder, name) for folder in packages for name in importable(folder) if name.endswith(".py"))


def _entry_points() -> Iterator[str]:
    """The files that say which packs there are."""
    return (os.path.join(folder, name, "entry_points.txt") for folder in sys.path for name in distributions(folder))


def _packages(rules: Iterable[LoadedRule]) -> Iterator[str]:
    """The folders of devlint and of its packs that hold code; what is in ``examples`` is data."""
    folders = {os.path.dirname(os.path.abspath(__file__)), *(str(rule.folder.parent) for rule in rules)}
    while folders:
        folder = folders.pop()
        yield folder
        inner = (name for name in importable(folder) if name.endswith("/") and name != "examples/")
        folders.update(os.path.join(folder, name[:-1]) for name in inner)


def _marks(walked: Walked, above: Iterable[str]) -> Iterator[str]:
    """The files that may say something about a folder: those that are in one that was searched, and all that could be
    above it."""
    for folder, (_, held) in walked.items():
        yield from (os.path.join(folder, name) for name in MARKS if name in held or f"{name}@" in held)
    for folder in above:
        yield from (os.path.join(folder, name) for name in MARKS)
