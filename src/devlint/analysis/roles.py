"""What code is for, where its names say so: guards that hold for a whole function."""

from __future__ import annotations

import ast

from devlint.analysis import lexicon, library_facts
from devlint.analysis.answer import Guard
from devlint.analysis.definitions import Function
from devlint.analysis.names import last_name
from devlint.analysis.program import Program
from devlint.analysis.wrappers import is_wrapper


def of_file(program: Program) -> frozenset[Guard]:
    """The guards behind which a whole file stands: it is named for a platform, or imports an engine that exists for
    CUDA alone, so that it cannot even be imported elsewhere; or it holds tests, which choose their data and read what
    they wrote themselves."""
    guards = of_path(program.from_root)
    return guards | {Guard.CONTRACT} if any(map(is_engine, program.required)) else guards


def of_path(from_root: str) -> frozenset[Guard]:
    """The guards behind which a file stands by its name, or that of its folder."""
    *folders, name = from_root.split("/")
    guards = set()
    if any(map(lexicon.names_platform, (*folders[-1:], name.rpartition(".")[0]))):
        guards.add(Guard.CONTRACT)
    if name.startswith("test_") or {"test", "tests"} & set(folders):
        guards.add(Guard.DATA)
    if lexicon.EXPORTING & set(lexicon.words(name.rpartition(".")[0])):
        guards.add(Guard.EXPORT)
    return frozenset(guards)


def measures_cuda(program: Program) -> bool:
    """Whether a file measures CUDA by intention: a benchmark, by its name or a folder's, that has no text with which
    anybody chooses another device."""
    *folders, name = program.from_root.split("/")
    if not any(lexicon.BENCHMARK & set(lexicon.words(part)) for part in (*folders, name.rpartition(".")[0])):
        return False
    texts = (node.value for node in program.parents if isinstance(node, ast.Constant))
    return not any(isinstance(text, str) and lexicon.asks_for_device(text) for text in texts)


def is_engine(module: str) -> bool:
    """Whether a module exists for CUDA alone: a package of the table, or one of the project named for CUDA."""
    package, *rest = module.lstrip(".").split(".")
    own = package != "torch" and any("cuda" in lexicon.words(part) for part in (package, *rest))
    return package in library_facts.CUDA_ENGINES or own


def of(program: Program, unit: Function) -> frozenset[Guard]:
    """The guards behind which a function stands by its role."""
    guards = set(of_file(program))
    if _is_for_accelerators(unit) or is_wrapper(program, unit):
        guards.add(Guard.CONTRACT)
    if _prepares_data(program, unit) or _is_of_test(unit):
        guards.add(Guard.DATA)
    if lexicon.exports(unit.name):
        guards.add(Guard.EXPORT)
    if lexicon.names_precision(unit.name):
        guards.add(Guard.DTYPE)
    if _is_distributed(unit):
        guards.add(Guard.DISTRIBUTED)
    return frozenset(guards)


def _is_for_accelerators(unit: Function) -> bool:
    """``def cuda(self)``, ``class CUDAPrefetcher``, ``def pin_memory(self)``: who calls it asks for an accelerator."""
    names = (unit.name,) if unit.owner is None else (unit.name, unit.owner.name)
    return any(lexicon.polarity(name) > 0 or lexicon.PINNING & set(lexicon.words(name)) for name in names)


def _prepares_data(program: Program, unit: Function) -> bool:
    """A method of a data set, a collate function, anything in a file named for it: on the CPU, before any move."""
    names = [unit.name, program.from_root.rpartition("/")[2]]
    if unit.owner is not None:
        names += [unit.owner.name, *(last_name(base) or "" for base in unit.owner.node.bases)]
    return any(map(lexicon.prepares_data, names))


def _is_of_test(unit: Function) -> bool:
    """A test, or anything else of a test case: it makes its model and its data where it is, and moves neither."""
    if unit.name.startswith("test_"):
        return True
    bases = () if unit.owner is None else unit.owner.node.bases
    return any((last_name(base) or "").endswith("TestCase") for base in bases)


def _is_distributed(unit: Function) -> bool:
    """A function, or a class built, with its rank in a distributed launch: it runs once for each device."""
    maker = unit.owner.methods.get("__init__") if unit.owner is not None else None
    names = {
        parameter.arg
        for function in filter(None, (unit, maker))
        for parameter in (*function.node.args.args, *function.node.args.kwonlyargs)
    }
    return "local_rank" in names or names >= {"rank", "world_size"}
