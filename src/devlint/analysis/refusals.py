"""What a framework refuses to make on a machine: for an accelerator that is asked for by name and is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devlint.analysis import library_facts
from devlint.analysis.value import UNKNOWN, Kind

if TYPE_CHECKING:
    from devlint.analysis.call import Call
    from devlint.analysis.evaluator import Evaluator
    from devlint.analysis.subject import Subject


def of(ev: Evaluator, name: str, call: Call) -> bool:
    """Whether a class of such a framework does not let this machine have an instance."""
    return _is_accelerated(name) and _is_refused(ev, call)


def of_class(ev: Evaluator, subject: Subject, call: Call) -> bool:
    """The same for a class of the project that leaves it to the framework to make its instances."""
    bases = [value for ancestor in subject.ancestors() for base in ancestor.bases for value in base]
    accelerated = any(value.kind is Kind.LIBRARY and _is_accelerated(value.name or "") for value in bases)
    return accelerated and subject.method("__init__") is None and _is_refused(ev, call)


def _is_accelerated(name: str) -> bool:
    return name.partition(".")[0] in library_facts.LIGHTNING and name.rpartition(".")[2] in library_facts.ACCELERATED


def _is_refused(ev: Evaluator, call: Call) -> bool:
    """Whether a call asks by name for an accelerator that this machine does not have."""
    wanted = call.keywords.get("accelerator", UNKNOWN).const
    return wanted in library_facts.ACCELERATORS and not any(map(ev.has, library_facts.ACCELERATORS[wanted]))
