"""The operators of the installed torch: for which devices each has a kernel, and how that checks devices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch._ops import OpOverload

_FUNCTION = re.compile(r"- func: ([\w.]+)\(")
_FIELD = re.compile(r"  (structured|structured_delegate|device_check|ufunc_inner_loop): *([^#\n]*)")
_KERNELS = re.compile(r"    ([\w, ]+): *([\w:]+)")


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator as torch's own table has it. ``kernels`` are the names of its kernels by dispatch key; ``checked``
    says whether torch generates a check that all operands are on one device, ``structured`` whether shapes and devices
    are looked at apart from the kernel."""

    name: str
    kernels: Mapping[str, str]
    checked: bool
    structured: bool

    @property
    def base(self) -> str:
        return self.name.partition(".")[0]

    @property
    def overload(self) -> str:
        return self.name.partition(".")[2] or "default"

    @property
    def composite(self) -> bool:
        """Whether one kernel serves every device, through other operators."""
        return any(key.startswith("Composite") for key in self.kernels)


@cache
def operators() -> dict[str, Operator]:
    """All operators by name (``add.Tensor``). Source: native_functions.yaml, which torchgen ships with torch; read
    line by line, since a parser of YAML takes a hundred times as long."""
    fields = {name: dict(found) for name, found in _entries()}
    return {
        name: Operator(
            name,
            _kernels(fields, found),
            "NoCheck" not in found.get("device_check", ""),
            bool(found.get("structured") or found.get("structured_delegate")),
        )
        for name, found in fields.items()
    }


def resolve(name: str) -> OpOverload[Any, Any] | None:
    """The operator of a name of the table; None where this build has none."""
    base, _, overload = name.partition(".")
    packet = getattr(torch.ops.aten, base, None)
    return getattr(packet, overload or "default", None)


def known(name: str) -> OpOverload[Any, Any]:
    """The operator of a name that every torch has."""
    op = resolve(name)
    assert op is not None, f"torch has no operator {name}"
    return op


def _kernels(fields: dict[str, dict[str, str]], found: dict[str, str]) -> dict[str, str]:
    """The kernels of an operator; one that delegates to another has its kernels besides its own."""
    delegate = fields.get(found.get("structured_delegate", ""), {})
    kernels = {}
    if "ufunc_inner_loop" in found or "ufunc_inner_loop" in delegate:  # written once for both, without naming them
        kernels = {"CPU": "", "CUDA": ""}
    for text in (delegate, found):
        for line in text.get("dispatch", "").splitlines():
            keys, _, kernel = line.partition(":")
            kernels |= dict.fromkeys(keys.replace(" ", "").split(","), kernel)
    return kernels


def _entries() -> Iterator[tuple[str, dict[str, str]]]:
    import torchgen  # type: ignore[import-untyped]

    path = Path(torchgen.__file__).parent / "packaged" / "ATen" / "native" / "native_functions.yaml"
    name, found, dispatching = "", dict[str, str](), False
    for line in path.read_text(encoding="utf-8").splitlines():
        if function := _FUNCTION.match(line):
            if name:
                yield name, found
            name, found, dispatching = function[1], {}, False
        elif field := _FIELD.match(line):
            found[field[1]] = field[2].strip()
            dispatching = False
        elif line.startswith("  dispatch:"):
            dispatching = True
        elif dispatching and (kernels := _KERNELS.match(line)):
            found["dispatch"] = f"{found.get('dispatch', '')}{kernels[1]}:{kernels[2]}\n"
        elif line.strip() and not line.startswith("    "):
            dispatching = False
    yield name, found
