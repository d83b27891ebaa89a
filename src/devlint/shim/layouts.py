"""Sparse and nested tensors: they have no memory of their own, but members that have, and are what these are."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from devlint.shim import Unsupported
from devlint.shim.dispatch import COMPRESSED, NESTED, SPARSE

_aten = torch.ops.aten
#: compressed layouts with the names of their two members that say where the values are
_COMPRESSED = {
    torch.sparse_csr: (_aten.crow_indices.default, _aten.col_indices.default),
    torch.sparse_bsr: (_aten.crow_indices.default, _aten.col_indices.default),
    torch.sparse_csc: (_aten.ccol_indices.default, _aten.row_indices.default),
    torch.sparse_bsc: (_aten.ccol_indices.default, _aten.row_indices.default),
}


def rebuilt(tensor: Tensor, retyped: Callable[[Tensor], Tensor]) -> Tensor:
    """The sparse or nested tensor whose members are those of the given one, each retyped.

    Raises:
        Unsupported: it is another kind of tensor.
    """
    if tensor.is_nested:
        return _nested(tensor, retyped)
    if tensor.layout is torch.sparse_coo:
        indices, values = members(tensor)
        return coo(tensor, retyped(indices), retyped(values), tensor.is_coalesced())
    if tensor.layout not in _COMPRESSED:
        raise Unsupported(f"a tensor of {tensor.dtype} and layout {tensor.layout} on a played device")
    values = retyped(_aten.values.default.redispatch(COMPRESSED.host, tensor))
    where = (retyped(member.redispatch(COMPRESSED.host, tensor)) for member in _COMPRESSED[tensor.layout])
    made: Tensor = _aten._sparse_compressed_tensor_unsafe.default.redispatch(
        COMPRESSED.host, *where, values, tensor.shape, dtype=tensor.dtype, layout=tensor.layout, device=values.device
    )
    return made


def members(tensor: Tensor) -> tuple[Tensor, Tensor]:
    """The indices and the values of a tensor of layout ``sparse_coo``, as they are."""
    indices = _aten._indices.default.redispatch(SPARSE.host, tensor)
    return indices, _aten._values.default.redispatch(SPARSE.host, tensor)


def coo(like: Tensor, indices: Tensor, values: Tensor, coalesced: bool) -> Tensor:
    """A tensor of layout ``sparse_coo`` with the shape of another one, and these members."""
    made: Tensor = _aten._sparse_coo_tensor_with_dims_and_tensors.default.redispatch(
        SPARSE.host, like.sparse_dim(), like.dense_dim(), like.shape, indices, values,
        dtype=values.dtype, layout=torch.sparse_coo, device=values.device, is_coalesced=coalesced,
    )  # fmt: skip
    return made


def _nested(tensor: Tensor, retyped: Callable[[Tensor], Tensor]) -> Tensor:
    """Its shapes are tensors as well, and always of the CPU."""
    buffer = retyped(_aten.values.default.redispatch(NESTED.host, tensor))
    shapes = (_aten._nested_tensor_size, _aten._nested_tensor_strides, _aten._nested_tensor_storage_offsets)
    return torch._nested_view_from_buffer(buffer, *(op.default.redispatch(NESTED.host, tensor) for op in shapes))
