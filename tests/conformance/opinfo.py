"""Torch's own samples for all its operators, on a device against the CPU: results, and gradients.

The samples are those of ``torch.testing._internal.common_methods_invocations.op_db`` with float32, the first three of
each operator and of each sparse layout that it takes, from a fixed seed. In full:
``python tests/conformance/opinfo.py --world cuda --via run``;
``--every 20`` takes every 20th operator, ``--shard 1/4`` the second quarter of them.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import sys
import unittest
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import children

children.install()

import torch  # noqa: E402
from declaration import WORLDS  # noqa: E402
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402
from torch.utils._pytree import tree_leaves, tree_map  # noqa: E402

SAMPLES = 3
LAYOUTS = (torch.sparse_coo, torch.sparse_csr, torch.sparse_csc, torch.sparse_bsr, torch.sparse_bsc)
LIMIT = 180
#: operators whose results are random, or memory as it is found: only their shapes, types and devices are compared
UNDEFINED = ("rand", "empty", "dropout", "bernoulli", "multinomial", "normal", "uniform", "exponential", "cauchy",
             "geometric", "alpha_dropout", "rrelu", "svd_lowrank", "pca_lowrank")  # fmt: skip
#: what an operator comes to, from best to worst
STATES = ("ok", "unsupported", "error", "wrong value")


def named() -> dict[str, Any]:
    """The operators that take float32, by their names."""
    known = {f"{op.name}.{op.variant_test_name}".rstrip("."): op for op in op_db if torch.float32 in op.dtypes}
    return dict(sorted(known.items()))


def check(name: str, device: str) -> dict[str, str]:
    """What an operator comes to on a device: ``forward`` and ``backward``, each a state and, if not ok, why."""
    op = named()[name]
    found = {"forward": "ok", "backward": "ok" if op.supports_autograd else "none"}
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for sample in _samples(op, requires_grad=False):
            found["forward"] = _worse(found["forward"], _forward(op, sample, name, device))
        if op.supports_autograd:
            for sample in _samples(op, requires_grad=True):
                found["backward"] = _worse(found["backward"], _backward(op, sample, name, device))
    return found


def _samples(op: Any, requires_grad: bool) -> Iterator[Any]:
    """The first samples of an operator, and the first of each sparse layout that it takes."""
    yield from itertools.islice(op.sample_inputs("cpu", torch.float32, requires_grad=requires_grad), SAMPLES)
    for layout in LAYOUTS:
        try:
            samples = op.sample_inputs_sparse(layout, "cpu", torch.float32, requires_grad=requires_grad)
            yield from itertools.islice(samples, SAMPLES)
        except (NotImplementedError, unittest.SkipTest):
            continue


def _worse(one: str, other: str) -> str:
    return max(one, other, key=lambda state: STATES.index(state.partition(":")[0]))


def _forward(op: Any, sample: Any, name: str, device: str) -> str:
    return _compare(lambda given: _call(op, given), sample, name, device)


def _backward(op: Any, sample: Any, name: str, device: str) -> str:
    def gradients(given: Any) -> Any:
        result = _call(op, given)
        if sample.output_process_fn_grad is not None:
            result = sample.output_process_fn_grad(result)
        outputs = [one for one in _tensors(result) if one.requires_grad]
        inputs = [one for one in _tensors(given) if one.requires_grad]
        if not outputs:
            return ()
        return torch.autograd.grad(outputs, inputs, [torch.ones_like(one) for one in outputs], allow_unused=True)

    return _compare(gradients, sample, name, device)


def _call(op: Any, given: Any) -> Any:
    value, args, kwargs = given
    return op(value, *args, **kwargs)


def _compare(run: Callable[[Any], Any], sample: Any, name: str, device: str) -> str:
    given = (sample.input, sample.args, sample.kwargs)
    torch.manual_seed(1)
    try:
        expected = _tensors(run(tree_map(_copied, given)))
    except Exception:
        return "ok"  # torch does not compute this sample on the CPU either
    placed = any(isinstance(value, torch.Tensor) or _is_place(value) for value in tree_leaves(given))
    torch.manual_seed(1)
    try:
        results = _tensors(run(tree_map(lambda value: _moved(value, device), given)))
        return _difference(results, expected, name, device if placed else "cpu")
    except Exception as error:
        state = "unsupported" if type(error).__name__ in ("Unsupported", "NotImplementedError") else "error"
        return f"{state}: {type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error) else ''}"


def _difference(results: list[torch.Tensor], expected: list[torch.Tensor], name: str, device: str) -> str:
    if len(results) != len(expected):
        return f"wrong value: {len(results)} tensors instead of {len(expected)}"
    for found, wanted in zip(results, expected, strict=True):
        if found.device.type != device and wanted.device.type == "cpu":
            return f"wrong value: on {found.device}"
        if (found.shape, found.dtype, found.layout) != (wanted.shape, wanted.dtype, wanted.layout):
            return f"wrong value: {found.shape} {found.dtype} instead of {wanted.shape} {wanted.dtype}"
        if not any(word in name for word in UNDEFINED) and not torch.allclose(
            _dense(found.detach().cpu()), _dense(wanted.detach().cpu()), rtol=1e-3, atol=1e-4, equal_nan=True
        ):
            return "wrong value: other numbers"
    return "ok"


def _dense(tensor: torch.Tensor) -> torch.Tensor:
    return tensor if tensor.layout is torch.strided else tensor.to_dense()


def _tensors(value: Any) -> list[torch.Tensor]:
    return [one for one in tree_leaves(value) if isinstance(one, torch.Tensor)]


def _copied(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    return value


def _is_place(value: Any) -> bool:
    """Whether a sample names the CPU here."""
    return isinstance(value, (str, torch.device)) and str(value) == "cpu"


def _moved(value: Any, device: str) -> Any:
    """A value for the device: tensors of the CPU moved there, and devices named."""
    if isinstance(value, torch.Tensor):
        return value.detach().to(device).requires_grad_(value.requires_grad)
    return torch.device(device) if _is_place(value) else value


def run(world: str, via: str, every: int = 1, shard: tuple[int, int] = (0, 1)) -> dict[str, Any]:
    """The states of the operators chosen, in a world; one that crashes its process is an error."""
    names = list(named())[::every][shard[0] :: shard[1]]
    report = children.play("opinfo.py", ["--child"], names, world, via)
    lost = {name: {"forward": "error: process ended", "backward": "error: process ended"} for name in report.lost}
    return {"world": world, "torch": torch.__version__, "statuses": report.statuses, "errors": report.errors,
            "operators": {**report.results, **lost}}  # fmt: skip


def counts(operators: dict[str, dict[str, str]]) -> dict[str, collections.Counter[str]]:
    """How many operators are in which state, forward and backward; those without gradients are not counted."""
    return {
        way: collections.Counter(one[way].partition(":")[0] for one in operators.values() if one[way] != "none")
        for way in ("forward", "backward")
    }


def misses(operators: dict[str, dict[str, str]]) -> Iterator[str]:
    for name, states in sorted(operators.items()):
        for way, state in states.items():
            if state not in ("ok", "none"):
                yield f"{name} {way}: {state}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", choices=WORLDS, default="cuda")
    parser.add_argument("--via", default="hardware", help="hardware, run, or module:function to call with the world")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth operator")
    parser.add_argument("--shard", default="0/1", metavar="I/N", help="part I of N, from 0")
    parser.add_argument("--out", type=Path, help="write the states here")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--names", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--lines", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        device = WORLDS[options.world]
        names = json.loads(options.names.read_text())
        children.work(names, options.lines, lambda name: check(name, device), LIMIT)
        return 0
    part, _, parts = options.shard.partition("/")
    found = run(options.world, options.via, options.every, (int(part), int(parts)))
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n")
    missed = list(misses(found["operators"]))
    print(*missed, sep="\n")
    for way, states in counts(found["operators"]).items():
        print(way, *(f"{state} {states[state]}" for state in STATES), f"of {states.total()}", sep=", ")
    print(f"exit statuses {found['statuses']}")
    return 1 if missed or any(found["statuses"]) else 0


if __name__ == "__main__":
    sys.exit(main())
