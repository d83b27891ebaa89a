"""Sparse and nested tensors."""

import torch
from declaration import ACCELERATED, CUDA, Like, case
from outcome import agrees, told
from torch import nn

COMPRESSED = ACCELERATED.without("mps", "MPS has few operators on compressed tensors")
NESTED = ACCELERATED.without("mps", "MPS has no nested tensors")
CONSTRUCTOR = "torch/csrc/utils/tensor_new.cpp; values as on the CPU, 2.13"
WITHOUT_MERGING = "ATen/native/sparse/cuda/SparseCUDATensorMath.cu: add_out_sparse_cuda, which merges nothing"
CHECKED = "torchgen/dest/register_dispatch_key.py; names in libtorch_cuda 2.15"
BY_KERNEL = "ATen/native/sparse/cuda/SparseCUDATensorMath.cu"


def some(d):
    """Three of six numbers."""
    return torch.tensor([[0.0, 2.0, 0.0], [3.0, 0.0, 4.0]], device=d)


@case("torch.sparse_coo {d}:0 True | {d}:0 float32 [3] [2.0, 3.0, 4.0]", source=CONSTRUCTOR)
def to_sparse(d):
    made = some(d).to_sparse()
    return f"{made.layout} {made.device} {made.is_coalesced()} | {told(made.values())}"


@case("{d}:0 float32 [2, 2] [3.0, 0.0, 0.0, 4.0] | {d}:0 int64 [2, 2] [0, 1, 0, 1]", source=CONSTRUCTOR)
def coalesce(d):
    where = torch.tensor([[0, 1, 0], [0, 1, 0]], device=d)
    made = torch.sparse_coo_tensor(where, torch.tensor([1.0, 4.0, 2.0], device=d), (2, 2))
    return told(made.to_dense(), made.coalesce().indices())


@case("cpu | {d}:0 float32 [2, 3] [0.0, 2.0, 0.0, 3.0, 0.0, 4.0]", source="ATen/native/TensorConversions.cpp: _to_copy")
def sparse_moves_there_and_back(d):
    there = some("cpu").to_sparse().to(d)
    return f"{there.cpu().device} | {told(there.to_dense())}"


@case("False 6 {d}:0 float32 [2, 3] [0.0, 4.0, 0.0, 6.0, 0.0, 8.0]", source=WITHOUT_MERGING, scope=CUDA)
def sum_of_sparse(d):
    made = some(d).to_sparse()
    both = made + made
    return f"{both.is_coalesced()} {both._nnz()} {told(both.to_dense())}"


@case("{d}:0 float32 [2, 3] [1.0, 3.0, 1.0, 4.0, 1.0, 5.0]", source="values as on the CPU, 2.13")
def dense_and_sparse(d):
    return told(torch.ones(2, 3, device=d) + some(d).to_sparse())


@case("{d}:0 float32 [2, 3] [0.0, 4.0, 0.0, 6.0, 0.0, 8.0]", source="values as on the CPU, 2.13")
def sparse_in_place(d):
    made = some(d).to_sparse()
    made.mul_(2)
    return told(made.to_dense())


@case(
    "{d}:0 float32 [2, 1] [2.0, 7.0] | {d}:0 as on cpu",
    source="torch/csrc/autograd/FunctionsManual.cpp: mm_sparse_backward; values as on the CPU, 2.13",
)
def gradient_through_a_sparse_product(d):
    def gradient(device):
        dense = torch.ones(3, 1, device=device, requires_grad=True)
        found = torch.sparse.mm(some(device).to_sparse(), dense)
        found.sum().backward()
        return found, dense.grad

    (found, there), (_, here) = gradient(d), gradient("cpu")
    return f"{told(found)} | {agrees(there, here)}"


@case("{d}:0 as on cpu", source="torch/optim/sparse_adam.py; values as on the CPU, 2.13")
def sparse_adam(d):
    def trained(device):
        table = nn.Embedding(4, 2, sparse=True)
        nn.init.constant_(table.weight, 1.0)
        table.to(device)
        optimizer = torch.optim.SparseAdam(table.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            (table(torch.tensor([1, 1, 3], device=device)) ** 2).sum().backward()
            optimizer.step()
        return table.weight

    return agrees(trained(d), trained("cpu"))


@case("{d}:0 as on cpu | torch.sparse_csr | torch.sparse_bsr", source="values as on the CPU, 2.13", scope=COMPRESSED)
def compressed(d):
    vector = torch.arange(3.0).reshape(3, 1)
    rows = some(d).to_sparse_csr()
    blocks = torch.ones(4, 4, device=d).to_sparse_bsr((2, 2))
    return f"{agrees(rows @ vector.to(d), some('cpu') @ vector)} | {rows.layout} | {blocks.layout}"


@case(
    "{d}:0 int64 [3] [0, 1, 3] | {d}:0 int64 [3] [1, 0, 2] | cpu float32 [3] [2.0, 3.0, 4.0]",
    source="values as on the CPU, 2.13", scope=COMPRESSED,
)  # fmt: skip
def members_of_a_compressed_tensor(d):
    made = some(d).to_sparse_csr()
    return told(made.crow_indices(), made.col_indices(), made.cpu().values())


@case(
    "RuntimeError: Expected all tensors to be on the same device, but got values is on cuda:0, different from other "
    "tensors on cpu (when checking argument in method "
    "wrapper_SparseCUDA___sparse_coo_tensor_with_dims_and_tensors)",
    source=CHECKED, scope=CUDA,
)  # fmt: skip
def indices_on_the_cpu(d):
    return str(torch.sparse_coo_tensor(torch.tensor([[0], [1]]), torch.ones(1, device=d), (2, 2)))


@case("RuntimeError: add: expected 'other' to be CUDA, but got CPU", source=BY_KERNEL, scope=CUDA)
def sparse_with_sparse_of_the_cpu(d):
    return told(some(d).to_sparse() + some("cpu").to_sparse())


@case("RuntimeError: mul: expected 'other' to be CUDA, but got CPU", source=BY_KERNEL, scope=CUDA)
def product_with_sparse_of_the_cpu(d):
    return told(some(d).to_sparse() * some("cpu").to_sparse())


@case(
    Like(r"RuntimeError: Expected all tensors to be on the same device.*wrapper_SparseCUDA__addmm\)"),
    source=CHECKED, scope=CUDA,
)  # fmt: skip
def sparse_with_dense_of_the_cpu(d):
    return told(torch.sparse.mm(some(d).to_sparse(), torch.ones(3, 1)))


@case(
    "TypeError: can't convert Sparse layout tensor to numpy. Use Tensor.to_dense() first.",
    source="torch/csrc/utils/tensor_numpy.cpp, which looks at the layout first",
)
def sparse_to_numpy(d):
    return str(some(d).to_sparse().numpy())


@case("{d}:0 as on cpu | {d}:0", source="ATen/native/nested; values as on the CPU, 2.13", scope=NESTED)
def nested_of_parts(d):
    def padded(device):
        parts = [torch.full((2, 3), 2.0, device=device), torch.ones(1, 3, device=device)]
        made = torch.nested.nested_tensor(parts)
        return torch.nested.to_padded_tensor(made * 2, 0.0), made.device

    return f"{agrees(padded(d)[0], padded('cpu')[0])} | {padded(d)[1]}"


@case("{d}:0 float32 [3, 2] [2.0, 2.0, 2.0, 2.0, 2.0, 2.0]", source="torch/nested/_internal", scope=NESTED)
def gradient_of_a_jagged_tensor(d):
    parts = [torch.ones(2, 2, device=d), torch.ones(1, 2, device=d)]
    made = torch.nested.nested_tensor(parts, layout=torch.jagged, requires_grad=True)
    (made * 2).values().sum().backward()
    return told(made.grad.values())


@case("{d}:0 as on cpu", source="torch/nn/modules/transformer.py: the fast path; values as on the CPU", scope=NESTED)
def encoder_of_padded_rows(d):
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    encoder = nn.TransformerEncoder(layer, 2).eval()
    rows, absent = torch.randn(2, 3, 8), torch.tensor([[False, False, True], [False, False, False]])
    with torch.no_grad():
        here = encoder(rows, src_key_padding_mask=absent)
        there = encoder.to(d)(rows.to(d), src_key_padding_mask=absent.to(d))
    return agrees(there, here)
