"""Pinned releases from PyPI, of which the Python files are kept and nothing is run."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INDEX = "https://pypi.org/simple/{}/"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Release:
    """One file of a project on PyPI; of a wheel that is ``large``, only what is wanted is fetched."""

    project: str
    filename: str
    sha256: str
    large: bool = False


@dataclass(frozen=True)
class Corpus:
    """The Python files of some releases, or every so manieth of them in the order of their paths."""

    name: str
    releases: tuple[Release, ...]
    every: int = 1


WHISPER = Release(
    "openai-whisper",
    "openai-whisper-20240930.tar.gz",
    "b7178e9c1615576807a300024f4daa6353f7e1a815dac5e38c33f1ef055dd2d2",
)
FUNASR = Release(
    "funasr", "funasr-1.0.2-py3-none-any.whl", "0fb481f46d52af28babe71d5f7e13b5a76994b7373c6eee1bf3ca3347be81a4e"
)
TRANSFORMERS = Release(
    "transformers",
    "transformers-5.23.0-py3-none-any.whl",
    "018e82fd07490ad5bb58414f65e31576033dc7f36bed10c574843f69b90991bf",
)
DIFFUSERS = Release(
    "diffusers",
    "diffusers-0.42.1-py3-none-any.whl",
    "9154faa704ce00e0b77f568e0d64786064368528aab5fc14eeea92f87d788014",
)
TORCH = Release(
    "torch",
    "torch-2.13.0-cp311-cp311-macosx_14_0_arm64.whl",  # the smallest; its Python files are those of the others
    "e76f9bcecc52b8ff711239a2f7547d5353df95878ab232f0773c1d95928b92f8",
    large=True,
)

CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus("whisper", (WHISPER,)),
        Corpus("funasr", (FUNASR,)),
        Corpus("transformers, every 8th file", (TRANSFORMERS,), every=8),
        Corpus("transformers", (TRANSFORMERS,)),
        Corpus("torch", (TORCH,)),
        Corpus("transformers, diffusers and torch", (TRANSFORMERS, DIFFUSERS, TORCH)),
    )
}

#: every so manieth file of the largest corpus: from 1 MB to all of it
GROWING = [
    Corpus(f"every {every}th file of the largest corpus", (TRANSFORMERS, DIFFUSERS, TORCH), every)
    for every in (128, 64, 32, 16, 8, 4, 2, 1)
]


def fetched(corpus: Corpus, folder: Path) -> Path:
    """The folder of a corpus, which is fetched if it is not there."""
    target = folder / corpus.name.replace(", ", "_").replace(" ", "_")
    if not target.exists():
        unfinished = target.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for release in corpus.releases:
            for number, (name, data) in enumerate(sorted(_python_files(release, folder))):
                if number % corpus.every == 0:
                    path = unfinished / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
        unfinished.rename(target)
    return target


def size(folder: Path) -> tuple[int, int]:
    """How many files a corpus has, and how many bytes."""
    files = [path for path in folder.rglob("*.py") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)


def _python_files(release: Release, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each Python file. What is fetched whole is checked against its digest."""
    if release.large:
        archive: io.IOBase = _Remote(_address(release))
    else:
        data = _downloaded(release, folder / "releases" / release.filename)
        if hashlib.sha256(data).hexdigest() != release.sha256:
            raise SystemExit(f"{release.filename}: not what was pinned")
        archive = io.BytesIO(data)
    if release.filename.endswith(".whl"):
        with zipfile.ZipFile(archive) as wheel:  # type: ignore[arg-type]
            for name in wheel.namelist():
                if name.endswith(".py"):
                    yield name, wheel.read(name)
    else:
        with tarfile.open(fileobj=archive) as sdist:  # type: ignore[call-overload]
            for member in sdist:
                if member.isfile() and member.name.endswith(".py") and ".." not in Path(member.name).parts:
                    yield member.name.lstrip("/"), sdist.extractfile(member).read()


def _downloaded(release: Release, path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(_address(release), timeout=300) as answer:
            path.write_bytes(answer.read())
    return path.read_bytes()


def _address(release: Release) -> str:
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    request = urllib.request.Request(INDEX.format(release.project), headers=accept)
    with urllib.request.urlopen(request, timeout=60) as answer:
        files = json.load(answer)["files"]
    return next(file["url"] for file in files if file["filename"] == release.filename)


class _Remote(io.RawIOBase):
    """A file on a server, read in blocks as they are wanted: of a wheel of libraries the Python files are a tenth."""

    def __init__(self, address: str) -> None:
        self._address, self._at = address, 0
        self._blocks: dict[int, bytes] = {}
        request = urllib.request.Request(address, method="HEAD")
        with urllib.request.urlopen(request, timeout=60) as answer:
            self._length = int(answer.headers["Content-Length"])

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence] + offset
        return self._at

    def read(self, count: int = -1) -> bytes:
        end = self._length if count < 0 else min(self._length, self._at + count)
        first, last = self._at // _BLOCK, (max(end, self._at + 1) - 1) // _BLOCK
        data = b"".join(map(self._block, range(first, last + 1))) if end > self._at else b""
        found = data[self._at - first * _BLOCK : end - first * _BLOCK]
        self._at += len(found)
        return found

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            span = f"bytes={number * _BLOCK}-{min(self._length, (number + 1) * _BLOCK) - 1}"
            request = urllib.request.Request(self._address, headers={"Range": span})
            with urllib.request.urlopen(request, timeout=120) as answer:
                self._blocks[number] = answer.read()
        return self._blocks[number]
