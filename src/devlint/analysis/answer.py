"""What the analysis answers with: frozen data that rules read."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from devlint.analysis.value import Choice, Value
from devlint.finding import Place
from devlint.world import World

if TYPE_CHECKING:
    import ast


class Span(NamedTuple):
    """Code-point offsets into the text of a file; ``end`` is exclusive."""

    start: int
    end: int


class Guard(str, enum.Enum):
    """What an undecided condition that dominates a place depends on, or what the code around it is for."""

    DEVICE = "device"  # a request, a device, a backend, an availability wrapper
    DTYPE = "dtype"  # a precision option
    HALF = "half"  # a precision option that is half precision by default
    DISTRIBUTED = "distributed"  # a rank, a world size, a launcher's variable
    CONTRACT = "contract"  # a name or marker that says that the code is for an accelerator
    EXPORT = "export"  # a name that says that the code writes weights for elsewhere
    DATA = "data"  # a role that works on the CPU or on its own files: data sets, tests
    VERSION = "version"  # a version of a library, or whether it has a name


#: guards that speak for the hardware: behind one of them a missing accelerator is thought of
HARDWARE_GUARDS = frozenset({Guard.DEVICE, Guard.DISTRIBUTED, Guard.CONTRACT})


@dataclass(frozen=True, slots=True)
class Visit:
    """One way in which control reaches an expression in one world.

    ``guards`` are the undecided conditions it passed; ``caught`` the exception classes handled around it;
    ``truth`` what the expression is as a condition (None: undecided, or no condition); ``halves`` where the choices of
    half precision were written down that hold on the way.
    """

    value: Choice
    guards: frozenset[Guard] = frozenset()
    caught: frozenset[str] = frozenset()
    truth: bool | None = None
    halves: frozenset[ast.expr] = frozenset()


@dataclass(frozen=True, slots=True)
class Mixture:
    """A tensor on the CPU meets one elsewhere: ``at`` is the operation, ``host`` and ``other`` what meets, ``operand``
    a parameter of the function around ``host``'s origin that is the other one, if it is one."""

    world: World
    at: Place
    host: Value
    other: Value
    operand: str | None = None
    guards: frozenset[Guard] = frozenset()
    caught: frozenset[str] = frozenset()
    inlined: bool = False
    #: whether what comes of the operation is moved right away: too late
    late: bool = False


@dataclass(frozen=True, slots=True)
class BackendTest:
    """A place where a function asks whether a backend was chosen; ``chosen`` and ``otherwise`` are the conditions that
    it was, and that it was not."""

    backend: str
    span: Span
    chosen: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Something is put on a device: ``at`` is the call, ``device`` what was asked for, ``origin`` where that device
    was written down (the call itself for ``.cuda()``)."""

    world: World
    at: Place
    device: Value
    origin: Span
    guards: frozenset[Guard] = frozenset()
    caught: frozenset[str] = frozenset()
    inlined: bool = False


@dataclass(frozen=True, slots=True)
class LateMove:
    """A module is moved to an accelerator after an optimizer has copied something of it: ``at`` is the call, ``text``
    how it is written where it is as unconditional as the optimizer."""

    world: World
    at: Place
    text: str | None
    guards: frozenset[Guard] = frozenset()


@dataclass(frozen=True, slots=True)
class Halving:
    """Something is made half precision: ``at`` is the call, ``value`` what comes of the expression around it."""

    world: World
    at: Place
    value: Value


@dataclass(frozen=True, slots=True)
class Failure:
    """A place where what a call gives cannot be used in one world, with what is raised there."""

    world: World
    at: Place
    error: str
    guards: frozenset[Guard]
    caught: frozenset[str]


class Content(str, enum.Enum):
    """What is in a file that is loaded, as far as the program says."""

    HOST = "host"  # nothing from an accelerator, or nothing that this run did not put there
    ACCELERATOR = "accelerator"  # the project saves something from an accelerator
    PUBLISHED = "published"  # it is downloaded from where everybody gets it
    FOREIGN = "foreign"  # at a path that is written down, where the project writes nothing
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Archive:
    """A file that is loaded: what is in it, and where the project saves something from an accelerator in it."""

    content: Content
    saves: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """A choice of a device that is taken and that nothing reads: its name, and the device type that is computed on
    instead, in the worlds where that is known."""

    name: str
    instead: dict[World, str]
