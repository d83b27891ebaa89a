"""What is searched for in the text of files without parsing them: each kind of search gives the offsets where a text
has what it is about. No match reaches over the end of a line, so that files may be searched one by one or joined.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from devlint.analysis import lexicon, roles

_IMPORT = re.compile(rb"(?m)^[ \t]*(?:from|import)\b.*")
_TOP_IMPORT = re.compile(rb"(?m)^(?:from|import)[ \t]+([\w.]+)")
_BY_NAME = re.compile(
    rb"(?:import_module|__import__|spec_from_file_location)\((?!\s*[\"'])|\b(?:find|load)_module\(|runpy|hydra|\bexec\("
)
_REFLECTION = re.compile(rb"\b(?:getattr|globals|locals|vars|eval|getmembers|Fire)\(|\b__dict__\b|\bmodules\[")
_SAVE = re.compile(rb"\b(?:torch|th)\.(?:serialization\.|jit\.)?save\(")


def words(about: str, text: bytes) -> Iterator[int]:
    """Where a word stands."""
    word = about.encode()
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (_is_word(text[start - 1 : start]) or _is_word(text[end : end + 1])):
            yield start
        start = text.find(word, end)


def anywhere(about: str, text: bytes) -> Iterator[int]:
    """The same, in tests too."""
    return words(about, text)


def is_said(word: str, text: bytes) -> bool:
    """Whether a word stands anywhere."""
    return next(words(word, text), None) is not None


def definitions(about: str, text: bytes) -> Iterator[int]:
    """Where the module level defines a function or class of this name."""
    return _starts(rb"(?m)^(?:class|def|async def)[ \t]+%s\b" % re.escape(about.encode()), text)


def functions(about: str, text: bytes) -> Iterator[int]:
    """Where a function or method of this name is defined."""
    return _starts(rb"\bdef[ \t]+%s\b" % re.escape(about.encode()), text) if about.encode() in text else iter(())


def import_lines(text: bytes) -> dict[str, list[int]]:
    """The import statements that have a word in their first line, by word."""
    found: dict[str, list[int]] = defaultdict(list)
    for line in _IMPORT.finditer(text):
        for word in set(re.findall(rb"\w+", line[0])):
            found[word.decode()].append(line.start())
    return found


def imports(about: str, text: bytes) -> Iterable[int]:
    """Where import statements have a word in their first line."""
    return import_lines(text).get(about, ()) if about.encode() in text else ()


def stores(about: str, text: bytes) -> Iterator[int]:
    """Where an attribute of this name is bound on something that is neither called ``self`` nor named like a namespace
    of options."""
    for match in re.finditer(rb"(\w*)\.%s[ \t]*=(?!=)" % re.escape(about.encode()), text):
        receiver = match[1].decode()
        if not receiver or not (receiver == "self" or lexicon.names_namespace(receiver)):
            yield match.start()


def attributes(about: str, text: bytes) -> Iterator[int]:
    """Where something has an attribute of this name."""
    return _starts(rb"\.%s\b" % re.escape(about.encode()), text)


def environment(about: str, text: bytes) -> Iterator[int]:
    """Where an environment variable is read."""
    return _starts(rb"(?:getenv|environ\.get)\([ \t]*[\"']%s[\"']" % re.escape(about.encode()), text)


def saves(about: str, text: bytes) -> Iterator[int]:
    """Where something is saved with torch."""
    return (match.start() for match in _SAVE.finditer(text))


def engines(about: str, text: bytes) -> Iterator[int]:
    """Where an engine of CUDA is imported at the beginning of a line."""
    return (match.start() for match in _TOP_IMPORT.finditer(text) if roles.is_engine(match[1].decode()))


def imports_by_name(about: str, text: bytes) -> Iterator[int]:
    """Where modules are imported by names that no import statement says."""
    return (match.start() for match in _BY_NAME.finditer(text))


def reflections(about: str, text: bytes) -> Iterator[int]:
    """Where something may be looked up by a name that stands nowhere."""
    return (match.start() for match in _REFLECTION.finditer(text))


#: the searches by their names
SEARCHES: dict[str, Callable[[str, bytes], Iterable[int]]] = {
    search.__name__: search
    for search in (
        words, anywhere, definitions, functions, imports, stores, attributes, environment, saves, engines,
        imports_by_name, reflections,
    )
}  # fmt: skip
#: those that search tests too
EVERYWHERE = frozenset((anywhere.__name__, imports_by_name.__name__, reflections.__name__))


def _starts(pattern: bytes, text: bytes) -> Iterator[int]:
    return (match.start() for match in re.finditer(pattern, text))


def _is_word(character: bytes) -> bool:
    """Whether a character, or nothing, goes on with a name."""
    return character.isalnum() or character == b"_"
