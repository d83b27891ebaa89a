"""Abstract values: what the analysis knows about an expression in one world.

A ``Value`` is one possibility; a ``Choice`` is a small set of them (at most ``LIMIT``), each with the conditions under
which it was made. Rules ask whether *some* alternative is a bug; nothing known is ``UNKNOWN``, and unknown is silent.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from devlint.analysis import library_facts
from devlint.finding import Because

if TYPE_CHECKING:
    import ast

LIMIT = 4


class Kind(str, enum.Enum):
    """What a value is."""

    TENSOR = "tensor"
    MODULE = "module"
    MOVABLE = "movable"  # a tensor or a module: the result of unknown.to(device)
    BATCH = "batch"  # what a data loader yields: tensors on the CPU, in some container
    NDARRAY = "ndarray"
    DEVICE = "device"  # a torch.device
    SELECTED = "selected"  # a device, as torch.device or as text
    STR = "str"
    DTYPE = "dtype"
    BOOL = "bool"
    NUMBER = "number"
    NONE = "none"
    LIST = "list"
    TUPLE = "tuple"
    DICT = "dict"
    SLICE = "slice"
    LOADER = "loader"
    GENERATOR = "generator"  # of random numbers, which are made where it is
    FUNCTION = "function"
    CLASS = "class"
    INSTANCE = "instance"
    LIBRARY = "library"  # a dotted name outside the file
    NEVER = "never"  # of a call that does not return
    UNKNOWN = "unknown"


class Provenance(str, enum.Enum):
    """How it is known where a tensor or module lives: without one, its place is an assumption."""

    FACTORY = "factory"  # made on the CPU because no device was given, at ``origin``
    BUILT = "built"  # a module that was made on the CPU, at ``origin``
    READ = "read"  # a file reader or a data loader gave it, on the CPU
    HOST = "host"  # it was copied to the CPU
    STORED = "stored"  # made on the CPU, and kept in the attribute that is bound at ``origin``
    INPUT = "input"  # an argument of ``forward``
    MODULE = "module"  # a parameter, a buffer or the output of a module
    MOVED = "moved"  # it was put there


class _Missing(enum.Enum):
    MISSING = enum.auto()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing.MISSING

#: place of a value that may live on any device: a public parameter, say
ANYWHERE: Final = "anywhere"

Condition = tuple[str, bool]  # identity of an undecided condition, and the side that was taken
Elements = tuple[tuple[object, "Choice"], ...]


@dataclass(slots=True, unsafe_hash=True)
class Value:
    """One thing an expression may be. Nobody changes one once it is made; a frozen dataclass, which would see to that,
    takes five times as long to make, and the analysis makes millions.

    ``place`` is the device type a tensor, module, device or its index stands for (``"cpu"``, ``"cuda"``, ...,
    ``ANYWHERE``; None: unknown); ``index`` the index a device names (None: it names none or it is unknown; see
    ``indexed``).
    ``attached`` says that it hangs on an autograd graph, ``literal`` that a device is written in the source, at
    ``origin``; ``because`` is the evidence for kind and place.
    ``provenance`` is how the place is known, ``scalar`` whether a tensor is 0-dim (None: unknown): a CPU scalar mixes
    with tensors of any device.
    ``elements`` are the parts of a container: (index or key, Choice), with key None for "any element".
    ``name`` is a dotted library name, a dtype, or a request variable (of a tensor: ``"parameter"``, or ``"tested"``
    where the program has made sure that it is one; of a device: ``"annotated"``, ``"chosen"`` where it is not None, or
    ``"named"`` where the name of what it is the device of is all that says so;
    ``"exception"`` of one that was caught; ``"scattering"`` of a module that brings its inputs to its device);
    ``subject`` is what a class, function or instance is made from; ``half`` is where a choice of half precision, which
    this value carries on, was written down.
    """

    kind: Kind
    place: str | None = None
    const: Any = MISSING
    name: str | None = None
    index: int | None = None
    indexed: bool | None = None
    attached: bool = False
    literal: bool = False
    because: Because = Because.DERIVED
    provenance: Provenance | None = None
    scalar: bool | None = None
    elements: Elements | None = None
    origin: ast.AST | None = None
    subject: Any = None
    half: ast.expr | None = None
    when: frozenset[Condition] = frozenset()
    _identity: tuple[object, ...] | None = field(default=None, init=False, repr=False, compare=False)

    def but(self, **changes: Any) -> Value:
        """The same with some fields changed."""
        made = Value(*_fields(self))
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes two alternatives the same; how they came about does not count."""
        if self._identity is None:
            self._identity = self._found_identity()
        return self._identity

    def _found_identity(self) -> tuple[object, ...]:
        const = self.const if self.const is MISSING else (type(self.const), repr(self.const))
        return (
            self.kind, self.place, const, self.name, self.index, self.indexed, self.attached, self.literal,
            self.because, self.provenance, self.scalar, self._made_at, id(self.subject), id(self.half),
            self.elements and tuple((k, c.identity) for k, c in self.elements),
        )  # fmt: skip

    @property
    def _made_at(self) -> int | None:
        """Two tensors made, or kept, in two places may need two repairs."""
        return id(self.origin) if self.provenance in (Provenance.FACTORY, Provenance.STORED) else None

    @property
    def is_data(self) -> bool:
        """Whether this can be on a device: a tensor, a module or either."""
        return self.kind in (Kind.TENSOR, Kind.MODULE, Kind.MOVABLE)

    @property
    def is_device(self) -> bool:
        return self.kind in (Kind.DEVICE, Kind.SELECTED) or (self.kind is Kind.STR and self.place is not None)

    @property
    def is_mock(self) -> bool:
        """Whether this stands in for anything, and is on no device."""
        return self.name in library_facts.MOCKS

    def element(self, key: object) -> Choice | None:
        """The part under this key, or None when it is not known."""
        for found, part in self.elements or ():
            if found == key and type(found) is type(key):
                return part
        return None


_fields = attrgetter(*(field.name for field in fields(Value) if field.init))


class Choice:
    """At most ``LIMIT`` alternatives; empty only where control does not get.

    ``binding`` numbers the assignment that bound it to a name: what a condition said of one binding holds until the
    next.
    """

    __slots__ = ("alternatives", "binding")

    def __init__(self, *alternatives: Value, binding: int = 0) -> None:
        self.alternatives = alternatives
        self.binding = binding

    def __iter__(self) -> Iterator[Value]:
        return iter(self.alternatives)

    def __len__(self) -> int:
        return len(self.alternatives)

    def __repr__(self) -> str:
        return " | ".join(f"<{v.kind.value} {v.place or ''} {v.name or ''} {v.const!r}>" for v in self.alternatives)

    @property
    def identity(self) -> tuple[object, ...]:
        return tuple(value.identity for value in self.alternatives)

    @property
    def only(self) -> Value:
        """The single alternative, or an unknown value when there are several."""
        return self.alternatives[0] if len(self.alternatives) == 1 else UNKNOWN_VALUE

    @property
    def const(self) -> Any:
        """The constant that every alternative agrees on, else MISSING."""
        found = [value.const for value in self.alternatives]
        if not found or found[0] is MISSING:
            return MISSING
        same = all(type(c) is type(found[0]) and c == found[0] for c in found[1:])
        return found[0] if same else MISSING

    @property
    def never(self) -> bool:
        return bool(self.alternatives) and all(value.kind is Kind.NEVER for value in self.alternatives)

    def all(self, test: Callable[[Value], bool]) -> bool:
        return bool(self.alternatives) and all(map(test, self.alternatives))

    def any(self, test: Callable[[Value], bool]) -> bool:
        return any(map(test, self.alternatives))

    def map(self, change: Callable[[Value], Value]) -> Choice:
        return join(*(Choice(change(value)) for value in self.alternatives))

    def flat_map(self, change: Callable[[Value], Choice]) -> Choice:
        if len(self.alternatives) == 1:
            value = self.alternatives[0]
            return _under(change(value), value.when)
        return join(*(_under(change(value), value.when) for value in self.alternatives))

    def where(self, test: Callable[[Value], bool]) -> Choice:
        return Choice(*filter(test, self.alternatives))


def _under(choice: Choice, when: frozenset[Condition]) -> Choice:
    """Carry the conditions of an input over to what was made from it."""
    if not when:
        return choice
    return Choice(*(value if when <= value.when else value.but(when=value.when | when) for value in choice))


def join(*choices: Choice) -> Choice:
    """Everything that may come out of several paths; more than ``LIMIT`` alternatives are unknown."""
    if len(choices) == 1:
        return choices[0]
    if len(choices) == 2 and len(choices[0]) == 1 == len(choices[1]) and choices[0].only is choices[1].only:
        return choices[0]
    found: dict[object, Value] = {}
    for value in (value for choice in choices for value in choice):
        if value.kind is Kind.NEVER:
            continue
        known = found.get(value.identity)
        if known is None:
            found[value.identity] = value
        elif known.when != value.when:
            found[value.identity] = known.but(when=known.when & value.when)
    if not found:
        return NEVER if any(choice.never for choice in choices) else Choice()
    if len(found) > LIMIT:
        return _widened(found.values())
    return Choice(*found.values())


def _widened(values: Iterable[Value]) -> Choice:
    """One value for many: their kind and place where they agree."""
    values = list(values)
    kinds = {value.kind for value in values}
    places = {value.place for value in values}
    if len(kinds) > 1 or kinds == {Kind.UNKNOWN}:
        return UNKNOWN
    return Choice(Value(kinds.pop(), places.pop() if len(places) == 1 else None))


def throughout(value: Value, change: Callable[[Value], Value]) -> Value:
    """Change a value, or the parts of a container."""
    if value.elements and value.kind in (Kind.LIST, Kind.TUPLE, Kind.DICT):
        parts = ((key, part.map(lambda v: throughout(v, change))) for key, part in value.elements)
        return value.but(elements=tuple(parts))
    return change(value)


def constant(value: object) -> Choice:
    """The value of a literal."""
    if value is None:
        return NONE
    kind = Kind.UNKNOWN
    if isinstance(value, bool):
        kind = Kind.BOOL
    elif isinstance(value, (int, float, complex)):
        kind = Kind.NUMBER
    elif isinstance(value, str):
        kind = Kind.STR
    return Choice(Value(kind, const=value))


UNKNOWN_VALUE: Final = Value(Kind.UNKNOWN)
UNKNOWN: Final = Choice(UNKNOWN_VALUE)
NEVER: Final = Choice(Value(Kind.NEVER))
NONE: Final = Choice(Value(Kind.NONE, const=None))
BOOL: Final = Choice(Value(Kind.BOOL))
NUMBER: Final = Choice(Value(Kind.NUMBER))
STR: Final = Choice(Value(Kind.STR))
NDARRAY: Final = Choice(Value(Kind.NDARRAY))
EXCEPTION: Final = Choice(Value(Kind.UNKNOWN, name="exception"))
