"""Random chains of views, in-place operators, copies and ``out=`` on a device, against the same on the CPU.

    devlint run --world cuda tests/shim/chains.py [EXAMPLES]

After every step the tensors have the same values, types, shapes, strides and offsets, and share memory with the same
others; what one side refuses, the other refuses.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

DEVICE = str(torch.accelerator.current_accelerator())
DTYPES = (torch.float32, torch.float16, torch.int32, torch.uint8, torch.bool, torch.complex64) + (
    (torch.float64,) if DEVICE != "mps" else ()
)
NUMBERS = (0, 1, 2, 2.5, -3, True)

#: what is done to a tensor, with another tensor, two small numbers, and one to compute with
Step = Callable[[Tensor, Tensor, int, int, object], Tensor]

VIEWS: dict[str, Step] = {
    "view": lambda x, y, i, j, v: x.view(-1, *x.shape[-(i % 2) :][: i % 2]),
    "reshape": lambda x, y, i, j, v: x.reshape(*reversed(x.shape)),
    "transpose": lambda x, y, i, j, v: x.transpose(i % max(x.ndim, 1), j % max(x.ndim, 1)),
    "slice": lambda x, y, i, j, v: x[i::j],
    "last slice": lambda x, y, i, j, v: x[..., :j],
    "select": lambda x, y, i, j, v: x.select(-1, i),
    "unsqueeze": lambda x, y, i, j, v: x.unsqueeze(i % (x.ndim + 1)),
    "squeeze": lambda x, y, i, j, v: x.squeeze(),
    "expand": lambda x, y, i, j, v: x.expand(j, *x.shape),
    "diagonal": lambda x, y, i, j, v: x.diagonal(i - 1),
    "unfold": lambda x, y, i, j, v: x.unfold(-1, j, i + 1),
    "as_strided": lambda x, y, i, j, v: x.as_strided((j,), (i,)),
    "chunk": lambda x, y, i, j, v: x.chunk(j)[-1],
    "conj": lambda x, y, i, j, v: x.conj(),
    "real": lambda x, y, i, j, v: torch.view_as_real(x.resolve_conj()) if x.is_complex() else x,
    "imag": lambda x, y, i, j, v: x.imag,
    "detach": lambda x, y, i, j, v: x.detach(),
    "bits": lambda x, y, i, j, v: x.view(torch.uint8),
}
WRITES: dict[str, Step] = {
    "add_": lambda x, y, i, j, v: x.add_(y),
    "mul_": lambda x, y, i, j, v: x.mul_(v),
    "fill_": lambda x, y, i, j, v: x.fill_(v),
    "copy_": lambda x, y, i, j, v: x.copy_(y),
    "t_": lambda x, y, i, j, v: x.t_(),
    "assign": lambda x, y, i, j, v: _assigned(x, slice(i, None, j), v),
    "assign by mask": lambda x, y, i, j, v: _assigned(x, x == v, i),
    "add by index": lambda x, y, i, j, v: x.index_add_(0, torch.full((x.shape[0],), i, device=x.device), x.clone()),
    "foreach": lambda x, y, i, j, v: _foreach(x, y),
    "resize_": lambda x, y, i, j, v: x.resize_(i, j).zero_(),
    "set_": lambda x, y, i, j, v: x.set_(y),
    "data": lambda x, y, i, j, v: _with_data(x, y),
}
RESULTS: dict[str, Step] = {
    "add": lambda x, y, i, j, v: x + y,
    "less": lambda x, y, i, j, v: x < v,
    "mod": lambda x, y, i, j, v: x % v,
    "and": lambda x, y, i, j, v: x & v,
    "power": lambda x, y, i, j, v: x**2,
    "where": lambda x, y, i, j, v: torch.where(x > 0, y, v),
    "cat": lambda x, y, i, j, v: torch.cat([x, y]),
    "stack": lambda x, y, i, j, v: torch.stack([x, x], i % (x.ndim + 1)),
    "sum": lambda x, y, i, j, v: x.sum(i % max(x.ndim, 1)),
    "sort": lambda x, y, i, j, v: x.sort(-1, stable=True).values,
    "clone": lambda x, y, i, j, v: x.clone(),
    "contiguous": lambda x, y, i, j, v: x.contiguous(),
    "convert": lambda x, y, i, j, v: x.to(y.dtype),
    "there and back": lambda x, y, i, j, v: x.clone().cpu().to(x.device),
    "matmul": lambda x, y, i, j, v: x @ x.mT,
    "out": lambda x, y, i, j, v: torch.add(x.clone(), 1, out=y),
    "out of a product": lambda x, y, i, j, v: torch.mul(x.clone(), v, out=y),
}
STEPS = VIEWS | WRITES | RESULTS

Pool = list[Tensor]
Chain = list[tuple[str, int, int, int, int, object]]


def _assigned(x: Tensor, where: object, value: object) -> Tensor:
    x[where] = value
    return x


def _foreach(x: Tensor, y: Tensor) -> Tensor:
    torch._foreach_add_([x, y], 1)
    return x


def _with_data(x: Tensor, y: Tensor) -> Tensor:
    x.data = y
    return x


def tensors(dtype: torch.dtype) -> tuple[Pool, Pool]:
    """Two tensors and a part of one, on the CPU and the device."""
    made = [torch.arange(6).reshape(2, 3).to(dtype), torch.ones(3, dtype=dtype)]
    pools = made, [tensor.to(DEVICE) for tensor in made]
    for pool in pools:
        pool.append(pool[0][:, 1:])
    return pools


def attempt(step: Step, pool: Pool, which: int, other: int, *rest: object) -> str:
    """Do a step in a pool, which gets the result; what was raised, if anything."""
    try:
        pool.append(step(pool[which % len(pool)], pool[other % len(pool)], *rest))  # type: ignore[arg-type]
    except (RuntimeError, IndexError, TypeError, ValueError) as error:
        return type(error).__name__
    return ""


def same(here: Pool, there: Pool) -> None:
    for one, other in zip(here, there, strict=True):
        assert other.device.type == DEVICE
        for fact in ("shape", "dtype", "is_conj", "is_neg", "stride", "storage_offset", "is_contiguous"):
            found, wanted = getattr(other, fact), getattr(one, fact)
            assert (found() if callable(found) else found) == (wanted() if callable(wanted) else wanted), fact
        assert one.untyped_storage().nbytes() == other.untyped_storage().nbytes()
        assert torch.equal(torch.nan_to_num(one), torch.nan_to_num(other.cpu())), (one, other)
    assert shared(here) == shared(there)


def shared(pool: Pool) -> list[int]:
    """For each tensor, the first that has the same storage."""
    storages = [tensor.untyped_storage()._cdata for tensor in pool]
    return [storages.index(storage) for storage in storages]


EXAMPLES = int(sys.argv[1]) if len(sys.argv) > 1 else 150
small, number = st.integers(0, 3), st.sampled_from(NUMBERS)


@settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES == 150,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    st.sampled_from(DTYPES),
    st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 9), st.integers(0, 9), small, small, number),
             max_size=12),
)  # fmt: skip
def test(dtype: torch.dtype, chain: Chain) -> None:
    here, there = tensors(dtype)
    for name, *rest in chain:
        refused = [attempt(STEPS[name], pool, *rest) for pool in (here, there)]
        assert refused[0] == refused[1], (name, refused)
        same(here, there)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    test()
