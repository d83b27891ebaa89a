"""Attributes of instances: what the methods of a class store on them."""

from __future__ import annotations

from devlint.analysis import lexicon
from devlint.analysis.evaluator import Evaluator
from devlint.analysis.functions import call_function, enter
from devlint.analysis.objects import instance
from devlint.analysis.subject import Subject
from devlint.analysis.value import NUMBER, UNKNOWN_VALUE, Choice, Kind, Provenance, Value, throughout
from devlint.finding import Because

#: what is never anywhere but on the CPU
_HOSTED = (Kind.NONE, Kind.NDARRAY, Kind.NUMBER, Kind.BOOL, Kind.STR)


def attribute_of_instance(ev: Evaluator, base: Value, name: str) -> Choice | None:
    """``instance.name``: what the class' methods stored, a property's value or a method; None when nothing is known."""
    subject: Subject = base.subject
    prepare(ev, subject, name)
    for ancestor in subject.ancestors():
        if name in ancestor.fields:
            ev.runs.asked(ancestor.facets)
            held = ancestor.fields[name]
            if name in ev.program.set_on_others or name in ancestor.node.program.set_on_others:
                held = held.map(lambda v: UNKNOWN_VALUE if v.kind in (Kind.NONE, Kind.BOOL) else v)
            return _seen_from(ev, held, base, name)
    found = subject.method(name)
    if found is None:
        return None
    owner, function = found
    if function.decorated("property", "cached_property"):
        return call_function(ev, function, owner.node, [], {}, base)
    return Choice(Value(Kind.FUNCTION, name=name, subject=(function, owner.node, base)))


def _seen_from(ev: Evaluator, held: Choice, base: Value, name: str) -> Choice:
    """A module's parts moved with it; numbers change too often to be kept. A device that nobody chose is that of a
    module which nobody moved, and is none of another one's."""
    if base.kind is Kind.MODULE and lexicon.names_device(name) and held.any(lambda v: v.is_device):
        if held.any(lambda v: v.kind is Kind.NONE):
            held = held.where(lambda v: v.kind is not Kind.NONE)
            held = held.map(lambda v: v.but(name="chosen") if v.kind is Kind.SELECTED else v)
    if base.kind is Kind.MODULE and base.place is not None and base.subject.module:
        held = held.map(
            lambda v: (
                v.but(place=base.place, because=Because.ROLE) if v.kind is Kind.MODULE or v.name == "parameter" else v
            )
        )
    if not held.all(_stays):  # another method moves it, or nobody knows
        held = held.map(lambda v: throughout(v, _somewhere))
    return held.map(lambda v: NUMBER.only if v.kind is Kind.NUMBER else v)


def _somewhere(value: Value) -> Value:
    return value.but(provenance=None) if value.provenance is Provenance.STORED else value


def _stays(value: Value) -> bool:
    return value.kind in _HOSTED or value.elements == () or _is_kept(value)


def _is_kept(value: Value) -> bool:
    """Whether a value, or some part of it, was made on the CPU and stays there."""
    parts = (part for _, choice in value.elements or () for part in choice)
    return value.provenance is Provenance.STORED or any(map(_is_kept, parts))


def prepare(ev: Evaluator, subject: Subject, name: str) -> None:
    """Evaluate the methods that store an attribute for what they store, once ``__init__`` was: what that stores must
    not hang on which attribute somebody asks for first."""
    for ancestor in subject.ancestors():
        writers = ancestor.node.stores.get(name, ())
        if ancestor.busy or not writers:
            continue
        maker = ancestor.node.methods.get("__init__")
        ancestor.busy = True
        try:
            for function in dict.fromkeys((maker, *writers)):
                if function is None or function in ancestor.entered:
                    continue
                ancestor.entered.add(function)
                with (
                    ev.at(ancestor.node.program) as home,
                    home.quiet(),
                    ev.runs.recorded(ancestor.facets),
                    ev.runs.afresh(ancestor.node.program.from_root),
                ):
                    this = Choice(instance(home, ancestor, inside=not function.constructs))
                    enter(home, function, ancestor.node, this=this)
        finally:
            ancestor.busy = False
