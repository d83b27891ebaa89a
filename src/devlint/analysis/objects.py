"""Classes: what a class is, what constructing one gives, what its methods store."""

from __future__ import annotations

import ast
import sys
from functools import partial

from devlint.analysis import library_facts
from devlint.analysis.definitions import ClassNode
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.names import last_name
from devlint.analysis.state import State
from devlint.analysis.subject import Subject
from devlint.analysis.subsystem import importers
from devlint.analysis.unmade import is_unmade
from devlint.analysis.value import MISSING, Choice, Kind, Provenance, Value, join, throughout
from devlint.finding import Because

#: how the place of a new module is known
_MADE = (None, Provenance.BUILT)


def define_class(ev: Evaluator, node: ClassNode, bases: list[Choice]) -> Value:
    """The class that a ``class`` statement binds."""
    subject = ev.subjects.get(node)
    if subject is None:
        module = _is_module(node, bases)
        subject = Subject(node, tuple(bases), module, unmade=module and is_unmade(node))
        ev.subjects[node] = subject
    return Value(Kind.CLASS, name=node.name, subject=subject)


def _is_module(node: ClassNode, bases: list[Choice]) -> bool:
    """Whether a class is an ``nn.Module``: by its bases, or by a ``forward`` where some base of it is out of sight."""
    for base, expression in zip(bases, node.node.bases, strict=True):
        value = base.only
        if value.kind is Kind.CLASS and value.subject is not None and value.subject.module:
            return True
        last = last_name(expression) or ""
        if last in library_facts.MODULE_BASES:
            return True
        if value.kind is Kind.LIBRARY and value.name and value.name.startswith("torch.nn.") and last[:1].isupper():
            return True
    autograd = any((last_name(expression) or "").endswith("Function") for expression in node.node.bases)
    return "forward" in node.methods and not autograd and any(map(_is_outside, bases))


def _is_outside(base: Choice) -> bool:
    """Whether a base, or a base of that, is out of sight: nothing of the project, nor of Python itself."""
    value = base.only
    if value.kind is Kind.CLASS and value.subject is not None:
        return any(map(_is_outside, value.subject.bases))
    package = (value.name or "").partition(".")[0]
    return value.kind in (Kind.LIBRARY, Kind.UNKNOWN) and package not in sys.stdlib_module_names


def instance(ev: Evaluator, subject: Subject, *, inside: bool = False) -> Value:
    """An instance; ``inside`` its own methods, those that make it aside, a module has long been moved to the run's
    device, unless it is of a script that moves nothing."""
    if not subject.module:
        return Value(Kind.INSTANCE, subject=subject)
    stays = not inside or _is_never_moved(ev, subject.node)
    return Value(Kind.MODULE, "cpu" if stays else ev.run, subject=subject, because=Because.ROLE)


def _is_never_moved(ev: Evaluator, node: ClassNode) -> bool:
    """Whether a script makes modules of a class, and neither it nor who imports it moves any."""
    program = node.program
    if not (program.is_script and program.moves_nothing and node.name in program.references):
        return False
    return all(importer.moves_nothing for importer, _ in importers(ev.runs.project, program))


def store_field(ev: Evaluator, attribute: str, value: Choice, target: ast.Attribute) -> None:
    """``self.attribute = value`` inside a method: join it to what the class holds."""
    frame = ev.frame
    subject = ev.subjects.get(frame.owner) if frame.owner is not None else None
    if subject is None or not subject.busy:
        return
    value = value.map(lambda v: throughout(v, partial(_kept, target, v.kind is not Kind.MODULE)))
    known = subject.fields.get(attribute)
    first = frame.function is not None and frame.function.name == "__init__"
    grown = known is not None and known.all(lambda v: v.kind is Kind.LIST and v.origin is target)
    if known is None or grown or (first and known.all(lambda v: v.kind is Kind.NONE)):
        subject.fields[attribute] = value
    else:
        subject.fields[attribute] = join(known, value)


def _kept(target: ast.Attribute, contained: bool, value: Value) -> Value:
    """What an attribute says of a value that is bound to it: what was made on the CPU stays there, a module only in a
    container."""
    module = contained and value.kind is Kind.MODULE and value.place == "cpu" and value.provenance in _MADE
    made = module or value.provenance is Provenance.FACTORY
    return value.but(provenance=Provenance.STORED, origin=target) if made else value


def class_fields(subject: Subject, state: State, annotated: set[str]) -> None:
    """Take over the names that a class body bound; an annotated default is only a default."""
    for name, value in state.values.items():
        if name in annotated:
            value = join(
                value.map(lambda v: v.but(const=MISSING, half=None) if v.kind in (Kind.BOOL, Kind.NUMBER) else v),
                value.where(lambda v: v.half is not None),
            )
        if not value.all(lambda v: v.kind in (Kind.FUNCTION, Kind.CLASS)):
            subject.fields.setdefault(name, value)
