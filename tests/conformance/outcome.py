"""Outcomes of cases as text that does not vary from run to run, and the values in them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable

import torch

_VARYING = (
    (re.compile(r"0x[0-9a-fA-F]+"), "0xN"),
    (re.compile(r"(?:/[\w.+-]+)+\.(?:py|cpp|cu|h|mm)(?::\d+)?"), "FILE"),
    (re.compile(r"\b\d+(?:\.\d+)? (?:bytes|[KMGT]iB)"), "N bytes"),
)


def of(run: Callable[[str], str], device: str) -> str:
    """What a case comes to: the text it returns, or the class and first line of what it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return normal(run(device))
        except Exception as error:
            return f"{type(error).__name__}: {normal(str(error))}"


def normal(text: str) -> str:
    """The first line, without addresses, paths of source files and sizes."""
    line = text.strip().partition("\n")[0].rstrip()
    for pattern, name in _VARYING:
        line = pattern.sub(name, line)
    return line


def told(*values: object) -> str:
    """Values side by side: tensors by device, type and contents, others as they print."""
    return " | ".join(_tensor(value) if isinstance(value, torch.Tensor) else str(value) for value in values)


def kind(*tensors: torch.Tensor) -> str:
    """Tensors without their contents: device, type and shape."""
    return " | ".join(_kind(tensor) for tensor in tensors)


def devices(tensors: Iterable[object]) -> str:
    """The devices of those values that have one, each once, in alphabetical order."""
    return " ".join(sorted({str(tensor.device) for tensor in tensors if isinstance(tensor, torch.Tensor)}))


def agrees(found: torch.Tensor, reference: torch.Tensor, tolerance: float = 1e-3) -> str:
    """The device of what was computed, with "as on cpu" or how it differs from what the CPU computed."""
    there, here = found.detach().cpu(), reference.detach()
    if there.shape != here.shape or there.dtype != here.dtype:
        return f"{_kind(found)} instead of {_kind(reference)}"
    if not torch.allclose(there, here, rtol=tolerance, atol=tolerance, equal_nan=True):
        return f"{found.device} {there.flatten()[:4].tolist()} instead of {here.flatten()[:4].tolist()}"
    return f"{found.device} as on cpu"


def _kind(tensor: torch.Tensor) -> str:
    return f"{tensor.device} {str(tensor.dtype).removeprefix('torch.')} {list(tensor.shape)}"


def _tensor(tensor: torch.Tensor) -> str:
    values = tensor.detach().cpu().flatten()[:8].tolist()
    shown = [round(value, 3) if isinstance(value, float) else value for value in values]
    return f"{_kind(tensor)} {shown}"
