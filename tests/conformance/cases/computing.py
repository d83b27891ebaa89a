"""Operators of every kind compute there what the CPU computes."""

import warnings

import torch
import torch.nn.functional as F  # noqa: N812
from declaration import ACCELERATED, FLOAT64, MPS, Like, case
from outcome import agrees, told

AS_ON_CPU = "values of the CPU, same torch"


def computes(name, run, *shapes, scope=ACCELERATED):
    """A case: a function of some random tensors gives there what it gives on the CPU."""

    def compare(d):
        torch.manual_seed(0)
        here = [torch.randn(*shape) for shape in shapes]
        return agrees(run(*(one.to(d) for one in here)), run(*here))

    compare.__name__ = name
    case("{d}:0 as on cpu", source=AS_ON_CPU, scope=scope)(compare)


LINALG = ACCELERATED.without("mps", "MPS lacks some of the decompositions")
computes("einsum_of_batches", lambda a, b: torch.einsum("bij,bjk->bik", a, b), (2, 3, 4), (2, 4, 5))
computes("inverse_and_solve", lambda a: torch.linalg.inv(a) + torch.linalg.solve(a, a), (3, 3), scope=LINALG)
computes("cholesky", lambda a: torch.linalg.cholesky(a @ a.T + torch.eye(3, device=a.device)), (3, 3), scope=LINALG)
computes("singular_values", lambda a: torch.linalg.svdvals(a), (3, 4), scope=LINALG)
computes("eigenvalues", lambda a: torch.linalg.eigvalsh(a + a.T), (3, 3), scope=LINALG)
computes("least_squares", lambda a, b: torch.linalg.lstsq(a, b).solution, (5, 3), (5, 2), scope=LINALG)
computes("orthogonal_factor", lambda a: torch.linalg.qr(a).R.abs(), (4, 3), scope=LINALG)
computes("determinant", lambda a: torch.linalg.slogdet(a).logabsdet, (3, 3), scope=LINALG)
computes("fourier", lambda x: torch.view_as_real(torch.fft.rfft(x)), (16,))
computes("fourier_and_back", lambda x: torch.fft.irfft2(torch.fft.rfft2(x)), (4, 6))
computes("sorted_values", lambda x: x.sort(descending=True).values, (7,))
computes("cumulative", lambda x: x.cumsum(0) + x.exp().cumprod(0) + x.logcumsumexp(0), (5,))
computes("statistics", lambda x: torch.stack([x.mean(), x.std(), x.var(), x.median(), x.norm()]), (9,))
computes("reductions", lambda x: x.amax(0) + x.amin(0) + x.prod(0) + x.logsumexp(0), (3, 4))
computes("quantiles", lambda x: torch.quantile(x, torch.tensor([0.1, 0.5], device=x.device)), (9,))
computes("interpolated", lambda x: F.interpolate(x, scale_factor=2, mode="bicubic"), (1, 1, 4, 4))
computes("padded", lambda x: F.pad(x, (1, 2), mode="reflect"), (1, 2, 5))
computes("unfolded", lambda x: F.fold(F.unfold(x, 2), (4, 4), 2), (1, 2, 4, 4))
computes("rolled_and_flipped", lambda x: x.roll(1, 0).flip(1).rot90(), (3, 3))
computes("repeated", lambda x: torch.cat([x.repeat(2, 1), x.repeat_interleave(2, 0), x.tile(2, 1)]), (2, 3))
computes("clamped", lambda x: x.clamp(-0.5, 0.5).nan_to_num() + x.round() + x.sign() + x.frac(), (6,))
computes("special_functions", lambda x: torch.special.erf(x) + torch.special.expit(x) + torch.sinc(x), (6,))
computes("scattered_mean", lambda x: torch.zeros(2, device=x.device).scatter_reduce(
    0, torch.tensor([0, 1, 0, 1], device=x.device), x, "mean"), (4,))  # fmt: skip
computes("searched", lambda x: torch.searchsorted(x.sort().values, x).float(), (6,))
computes("one_hot", lambda x: F.one_hot((x > 0).long(), 2).float(), (5,))
computes("cosine_similarity", lambda a, b: F.cosine_similarity(a, b), (3, 4), (3, 4))
computes("distances", lambda a, b: torch.cdist(a, b), (3, 4), (5, 4))
computes("normalised", lambda x: F.normalize(F.layer_norm(x, (4,))), (3, 4))
computes("gated", lambda x: F.glu(x) + F.hardswish(x)[..., :2] + F.mish(x)[..., 2:], (3, 4))
computes("sampled_by_a_grid", lambda x, g: F.grid_sample(x, g.tanh(), align_corners=False), (1, 1, 4, 4), (1, 2, 2, 2))
computes("short_time_fourier", lambda x: torch.view_as_real(
    torch.stft(x, 16, window=torch.hann_window(16, device=x.device), return_complex=True)), (64,))  # fmt: skip
computes("double_sums", lambda x: x.double().sum(), (50,), scope=FLOAT64)


@case(
    "{d}:0 float32 [2, 2] [0.0, 1.0, 2.0, 0.0]",
    source=AS_ON_CPU,
    scope=ACCELERATED.without("mps", "sparse tensors came late"),
)
def sparse(d):
    where = torch.tensor([[0, 1], [1, 0]], device=d)
    made = torch.sparse_coo_tensor(where, torch.tensor([1.0, 2.0], device=d), (2, 2))
    return told(torch.sparse.mm(made, torch.eye(2, device=d)))


@case("{d}:0 [2, 3] {d}:0 float32 [5] [2.0, 2.0, 2.0, 2.0, 2.0]", source="docs: nested tensors, jagged layout",
      scope=ACCELERATED.without("mps npu", "no nested tensors there"))  # fmt: skip
def nested(d):
    made = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged, device=d) * 2
    return f"{made.device} {[len(one) for one in made.unbind()]} {told(made.values())}"


@case("{d}:0 int64 [3] [0, 2, 1] | {d}:0 float32 [2] [1.0, 1.0]", source=AS_ON_CPU)
def counts(d):
    return told(torch.bincount(torch.tensor([1, 1, 2], device=d)), torch.histc(torch.tensor([0.0, 1.0], device=d), 2))


@case("{d}:0 bool [2] [True, False] | True", source=AS_ON_CPU)
def comparisons(d):
    there = torch.tensor([1.0, 2.0], device=d)
    return told(torch.isclose(there, torch.ones(2, device=d)), torch.equal(there, there.clone()))


@case(
    Like("NotImplementedError: The operator 'aten::_linalg_eigvals' is not currently implemented for the MPS device.*"),
    source="aten/src/ATen/mps/MPSFallback.mm",
    scope=MPS,
)
def mps_lacks_an_operator(d):
    return told(torch.linalg.eigvals(torch.eye(2, device=d)))


@case(
    Like(
        "NotImplementedError: The operator 'aten::_linalg_eigh.eigenvalues' is not currently implemented for the MPS "
        "device.*"
    ),
    source="pytorch/pytorch issue 151874: the variant with `out` is named, which torch's own kernel calls",
    scope=MPS,
)
def mps_lacks_what_an_operator_is_computed_by(d):
    return told(torch.linalg.eigh(torch.eye(2, device=d)))


@case(
    "{d}:0 float32 [2] [1.0, 1.0] | [\"The operator 'aten::linalg_svd' is not currently supported on the MPS backend "
    'and will fall back to run on the CPU. This may have performance implications."]',
    source="aten/src/ATen/mps/MPSFallback.mm",
    scope=MPS,
)
def mps_leaves_singular_values_to_the_cpu(d):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.set_warn_always(True)
        found = torch.linalg.svd(torch.eye(2, device=d)).S
        torch.set_warn_always(False)
    return told(found, [str(one.message).partition(" (Triggered")[0] for one in caught])
