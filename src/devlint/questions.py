"""What a rule may ask of one file."""

from __future__ import annotations

import builtins
import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from devlint.analysis.absence import RAISES
from devlint.analysis.answer import (
    HARDWARE_GUARDS,
    Archive,
    BackendTest,
    Failure,
    Guard,
    Halving,
    Ignored,
    LateMove,
    Mixture,
    Placement,
    Span,
    Visit,
)
from devlint.analysis.value import Choice, Value, join
from devlint.finding import Because, Place, Related
from devlint.world import VersionRange, World

if TYPE_CHECKING:
    import libcst as cst

    from devlint.analysis import Analysis
    from devlint.source import Source


class _Hidden(enum.Enum):
    HIDDEN = enum.auto()


#: an argument that may be there, behind ``*args`` or ``**kwargs``
HIDDEN: Final = _Hidden.HIDDEN

#: characters of source that a message quotes at most
LONGEST_QUOTE: Final = 50

ALL_GUARDS: Final = frozenset(Guard)

_Found = TypeVar("_Found", Placement, Mixture, LateMove)


def escapes(
    way: Visit | Placement | Mixture | Failure, exception: str, *, silent: frozenset[Guard] = HARDWARE_GUARDS
) -> bool:
    """Whether an exception raised where this way leads gets out: past no guard in ``silent``, to no handler around.

    ``exception`` is the name of a builtin class; a handler for one of its bases catches it too.
    """
    return not way.guards & silent and not way.caught & _bases(exception)


def _bases(exception: str) -> frozenset[str]:
    return frozenset(base.__name__ for base in getattr(builtins, exception).__mro__)


@dataclass(frozen=True, slots=True)
class Slice:
    """One parsed statement: where its nodes stand in the file, and which node each hangs on."""

    spans: Mapping[int, Span]
    parents: Mapping[int, cst.CSTNode]


class Questions:
    """Questions about the nodes of the slice being walked; about a node that has no counterpart in the analysis (a
    comment, a parameter list) they answer "unknown"."""

    def __init__(self, source: Source, analysis: Analysis, slice: Slice, torch: VersionRange) -> None:
        self._source, self._analysis, self._slice = source, analysis, slice
        self._torch = torch

    @property
    def worlds(self) -> tuple[World, ...]:
        """Every declared world, in order."""
        return self._analysis.worlds

    def earliest(self, found: Iterable[_Found]) -> _Found:
        """Of several things, each found in a world, that of the world which is declared first; at least one."""
        return min(found, key=lambda one: self.worlds.index(one.world))

    def span(self, node: cst.CSTNode) -> Span:
        return self._slice.spans[id(node)]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node this one hangs on, up to the statement that is being looked at."""
        return self._slice.parents.get(id(node))

    def text(self, node: cst.CSTNode) -> str:
        """The source of a node, as it stands in the file."""
        start, end = self.span(node)
        return self._source.text[start:end]

    def quote(self, node: cst.CSTNode) -> str:
        """The source of a node for a message: in backticks, on one line, cut where it is long."""
        text = " ".join(self.text(node).split())
        return f"`{text}`" if len(text) <= LONGEST_QUOTE else f"`{text[: LONGEST_QUOTE - 3]}...`"

    def place(self, where: cst.CSTNode | Span) -> Place:
        return self._source.place(*(where if isinstance(where, Span) else self.span(where)))

    def visits(self, node: cst.CSTNode, world: World) -> tuple[Visit, ...]:
        """How control reaches an expression in one world; empty where it does not."""
        return self._analysis.visits(self.span(node), world)

    def reached(self, node: cst.CSTNode, *, silent: frozenset[Guard] = ALL_GUARDS) -> tuple[World, ...]:
        """Worlds in which control gets here for certain: past no undecided condition of the kinds in ``silent``."""
        return tuple(
            world for world in self.worlds if any(not visit.guards & silent for visit in self.visits(node, world))
        )

    def value(self, node: cst.CSTNode, world: World) -> Choice:
        """What an expression may be in one world; an empty Choice where control does not get."""
        return join(Choice(), *(visit.value for visit in self.visits(node, world)))

    def name(self, node: cst.CSTNode) -> str | None:
        """The dotted library name an expression stands for, through aliases: ``"torch.cuda.is_available"``."""
        return self._analysis.name(self.span(node))

    def truth(self, condition: cst.CSTNode) -> dict[World, bool | None]:
        """What a condition is in each world that reaches it: true, false, or undecided (None)."""
        table: dict[World, bool | None] = {}
        for world in self.worlds:
            found = {visit.truth for visit in self.visits(condition, world)}
            if found:
                table[world] = found.pop() if len(found) == 1 else None
        return table

    def argument(self, call: cst.Call, name: str, position: int | None = None) -> cst.BaseExpression | _Hidden | None:
        """The expression passed under this name or position: None when there is none, HIDDEN behind ``*`` or ``**``."""
        hidden = False
        for number, argument in enumerate(call.args):
            if argument.star:
                hidden = True
            elif argument.keyword is not None:
                if argument.keyword.value == name:
                    return argument.value
            elif number == position and not hidden:
                return argument.value
        return HIDDEN if hidden else None

    def placements(self, node: cst.CSTNode) -> tuple[Placement, ...]:
        """Everything put on a device that was written down at this node, in any world."""
        return self._analysis.placements(self.span(node))

    def halvings(self, node: cst.CSTNode) -> tuple[Halving, ...]:
        """Everything on the CPU, in any world, that is made half precision by what is written down at this node: a
        choice, or the call that does it."""
        return self._analysis.halvings(self.span(node))

    def mixtures(self, node: cst.CSTNode) -> tuple[Mixture, ...]:
        """Tensors on different devices that meet at this node, or elsewhere a tensor that was made here, in any
        world."""
        return self._analysis.mixtures(self.span(node))

    def is_left_behind(self, target: cst.CSTNode) -> bool:
        """Whether moving a module leaves the attribute where it is that is bound here: nothing registers it, the module
        moves nothing itself, and nobody else binds it."""
        return self._analysis.is_left_behind(self.span(target))

    def made_on_kept_device(self, target: cst.CSTNode) -> Mapping[World, list[Place]]:
        """Where a module makes tensors on a device that it was given when it was made and keeps in the attribute which
        is bound here, in the worlds in which it is moved to an accelerator."""
        return self._analysis.made_on_kept_device(self.span(target))

    def keeps_weights(self, target: cst.CSTNode) -> bool:
        """Whether a plain list or dictionary of modules with weights is bound here to an attribute of a module."""
        return self._analysis.keeps_weights(self.span(target))

    def makes_weights(self, call: cst.CSTNode) -> bool:
        """Whether ``forward`` of a module makes a module with weights here, and keeps it for no other call."""
        return self._analysis.makes_weights(self.span(call))

    def is_plainly_kept(self, target: cst.CSTNode) -> bool:
        """Whether an attribute is bound here only, in ``__init__`` once the module is set up: it can be registered."""
        return self._analysis.is_plainly_kept(self.span(target))

    def is_read_where_it_meets(self, target: cst.CSTNode) -> bool:
        """Whether nothing reads an attribute but the operations in which it meets tensors elsewhere."""
        return self._analysis.is_read_where_it_meets(self.span(target))

    def late_moves(self, optimizer: cst.Call) -> tuple[LateMove, ...]:
        """Moves of a module to an accelerator, in any world, after an optimizer has copied something of it here."""
        return self._analysis.late_moves(self.span(optimizer))

    def backend_tests(self, node: cst.CSTNode) -> tuple[BackendTest, ...]:
        """Where the function around an expression asks which backend was chosen, in the order of the text."""
        return self._analysis.backend_tests(self.span(node))

    def origin(self, value: Value) -> Place | None:
        """Where a value comes from: the device that was written down, the call that made a tensor."""
        return self._analysis.origin(value)

    def evidence(self, value: Value, world: World) -> tuple[Related, ...]:
        """What shows that a value is on an accelerator: where its device was chosen, or where it is copied to the host
        as it should be."""
        place = self.origin(value)
        if place is None:
            return ()
        believed = value.because is Because.BELIEF
        return (Related(place, "copied to the host here" if believed else f"chosen here in world `{world.name}`"),)

    def spelling(self, name: str) -> str | None:
        """How this file writes a library name, through its imports; None when it cannot without a new import."""
        return self._analysis.spelling(name)

    def is_imported_before(self, name: str, node: cst.CSTNode) -> bool:
        """Whether an import at the top of the file has bound this name when control gets to a node."""
        return self._analysis.is_imported_before(name, self.span(node))

    def feeds(self, node: cst.CSTNode) -> frozenset[str] | None:
        """Last names of the calls that a value goes into within its function; None when it escapes."""
        return self._analysis.feeds(self.span(node))

    def sinks(self, node: cst.CSTNode) -> frozenset[str]:
        """Last names of the calls that a value goes into, or what others make of it, wherever else it goes."""
        return self._analysis.sinks(self.span(node))

    def is_read_again(self, node: cst.CSTNode) -> bool:
        """Whether what an expression reads is read again after its statement, or may be by somebody else."""
        return self._analysis.is_read_again(self.span(node))

    def is_local(self, node: cst.CSTNode) -> bool:
        """Whether an expression is a bare name that an assignment here may bind without hiding another one."""
        return self._analysis.is_local(self.span(node))

    def early_read(self, copy: cst.CSTNode, accelerator: str) -> Place | None:
        """Where the function around a copy to the host reads what it brings, with nothing in between that waits for an
        accelerator of this type."""
        return self._analysis.early_read(self.span(copy), accelerator)

    def default_device(self, world: World) -> str | None:
        """The device type on which this file has new tensors made in a world, if it changes that for certain."""
        return self._analysis.default_device(world)

    def is_double(self, node: cst.CSTNode) -> bool:
        """Whether an expression surely gives a tensor or an array of double precision."""
        return self._analysis.is_double(self.span(node))

    def placed_by_worker(self, loader: cst.Call, world: World) -> Place | None:
        """Where a worker process of a data loader, if it is forked, puts something on the accelerator of a world that
        the process around uses already."""
        return self._analysis.placed_by_worker(self.span(loader), world)

    def is_entered(self, world: World) -> bool:
        """Whether this file, which somewhere falls back to the CPU, is imported in a world past no guard."""
        return self._analysis.is_entered(world)

    def archive(self, load: cst.Call) -> Archive:
        """What is in the file that a call loads, by what the project saves to files of that name."""
        return self._analysis.archive(self.span(load))

    def is_only_reported(self, node: cst.CSTNode, exception: str) -> bool:
        """Whether an exception that is raised at a node gets, in its function, to no handler that does more than to
        tell somebody and go on; ``exception`` is the name of a builtin class."""
        return self._analysis.is_only_reported(self.span(node), _bases(exception))

    def devices_in_scope(self, node: cst.CSTNode) -> tuple[str, ...]:
        """Expressions that name the selected device where this node stands, the nearest first: what a fix may use."""
        return self._analysis.devices_in_scope(self.span(node))

    def tested_index(self, tested: cst.CSTNode) -> tuple[bool, list[Place]] | None:
        """Where the index of a device, which a conditional tests for truth, names a device when it is true; with
        whether its declaration says that it is an index. None for anything but an index or ``None``."""
        return self._analysis.tested_index(self.span(tested))

    def ignored_parameters(self, function: cst.FunctionDef) -> tuple[Ignored, ...]:
        """The parameters of a function that hold a device, and that it takes for nobody's sake and never reads."""
        return self._analysis.ignored_parameters(self.span(function.name))

    def ignored_option(self, call: cst.Call) -> Ignored | None:
        """What ``parser.add_argument("--device")`` parses, if nothing in the program reads it."""
        return self._analysis.ignored_option(self.span(call))

    def left_to_default(self, default: cst.CSTNode, worlds: Collection[World]) -> Mapping[World, tuple[Place, ...]]:
        """The calls that leave a parameter to its default, of some worlds those that reach any; with no calls where a
        package only hands the function on. Nothing where the function does not use it, or asks for the hardware."""
        return self._analysis.left_to_default(self.span(default), worlds)

    def asks_hardware(self) -> bool:
        """Whether the file asks anywhere which hardware there is."""
        return self._analysis.asks_hardware

    def dropped_choice(self, target: cst.CSTNode) -> Place | None:
        """Where the choice of a device was taken that a name held, read by nobody, until this binds it anew."""
        return self._analysis.dropped_choice(self.span(target))

    def swallowed_by(self, call: cst.Call, keyword: str) -> Place | None:
        """The ``**kwargs`` of a method in which a keyword of a call may disappear, and which another class's method of
        that name hands on."""
        return self._analysis.swallowed_by(self.span(call), keyword)

    def devices_in(self, node: cst.CSTNode, world: World) -> Mapping[str, frozenset[str]]:
        """Expressions that name a device where this node stands, with the device types that each may hold in a world;
        none where control does not get in it."""
        return self._analysis.devices_in(self.span(node), world)

    def failures(self, call: cst.Call) -> tuple[Failure, ...]:
        """Where this file uses as a device what a call gives, and that is none: the accelerator where there is none,
        the index of a tensor's device where that is the CPU; in worlds that get to the call for certain."""
        called = self.reached(call, silent=HARDWARE_GUARDS)
        return tuple(failure for failure in self._analysis.failures(self.span(call)) if failure.world in called)

    def raised_without_cuda(self, call: cst.Call, *, silent: frozenset[Guard] = HARDWARE_GUARDS) -> Mapping[World, str]:
        """What a call of ``torch.cuda`` raises, and no guard or handler takes, in each world without CUDA."""
        absence = RAISES.get(self.name(call.func) or "")
        if absence is None or (absence.before is not None and self._torch.starts_at(*absence.before)):
            return {}
        errors = {world: absence.error(world) for world in self.worlds if not world.has("cuda")}
        return {
            world: error
            for world, error in errors.items()
            if error and any(escapes(way, error.partition(":")[0], silent=silent) for way in self.visits(call, world))
        }

    def has_method(self, name: str) -> bool:
        """Whether a class of the project has a method of this name."""
        return self._analysis.has_method(name)

    def read_before(self, node: cst.CSTNode, key: str) -> Place | None:
        """What has surely read a variable of the environment, for good, when control gets to an expression."""
        return self._analysis.read_before(self.span(node), key)

    def speaks_of(self, node: cst.CSTNode, word: str) -> bool:
        """Whether the function around an expression, or the file around one of the module level, has a word in it."""
        return self._analysis.speaks_of(self.span(node), word)

    @property
    def misnames_devices(self) -> bool:
        """Whether this file writes down text that is meant for a device, and that torch refuses."""
        return self._analysis.misnames_devices

    @property
    def measures_cuda(self) -> bool:
        """Whether this file is a benchmark for CUDA alone."""
        return self._analysis.measures_cuda

    def is_patched(self, name: str) -> bool:
        """Whether this file puts something under a dotted library name itself: ``torch.cuda.synchronize = ...``."""
        return self._analysis.is_patched(name)

    def imports(self, package: str) -> bool:
        """Whether this file imports a package."""
        return self._analysis.imports(package)

    def is_used(self, package: str) -> bool:
        """Whether this file, or another one of the project, imports a package."""
        return self._analysis.is_used(package)

    def torch(self) -> VersionRange:
        """The torch versions the project supports."""
        return self._torch
