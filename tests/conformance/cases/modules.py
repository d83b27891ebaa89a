"""Modules: where their parameters are, and what they compute there."""

import copy

import torch
import torch.nn.functional as F  # noqa: N812
from declaration import ACCELERATED, PAIR, Like, case
from outcome import agrees, devices, told
from torch import nn

MODULE = "torch/nn/modules/module.py"
KEPT = ACCELERATED.without(
    "npu", "plug-in devices are not in TensorImpl's dense backends: Module.to replaces parameters"
)
AS_ON_CPU = "values of the CPU, same torch"


def _computed(make, *shape, train=False, below=None):
    """A case for a module: result and gradient of its first parameter, against those of its copy on the CPU."""

    def run(d):
        torch.manual_seed(0)
        there = make().train(train)
        here = copy.deepcopy(there)
        there.to(d)
        x = torch.randint(0, below, shape) if below else torch.randn(*shape)
        results = [_first(there(x.to(d))), _first(here(x))]
        for result in results:
            result.pow(2).sum().backward()
        gradients = [next(p.grad for p in module.parameters() if p.grad is not None) for module in (there, here)]
        return f"{agrees(*results)}, gradient {agrees(*gradients)}"

    return run


def _first(result):
    return result[0] if isinstance(result, tuple) else result


def computes(name, make, *shape, train=False, below=None):
    run = _computed(make, *shape, train=train, below=below)
    run.__name__ = name
    case("{d}:0 as on cpu, gradient {d}:0 as on cpu", source=AS_ON_CPU)(run)


computes("linear_layer", lambda: nn.Linear(4, 3), 2, 4)
computes("bilinear_layer", lambda: nn.Sequential(nn.Linear(4, 3), Squared()), 2, 4)
computes("convolution_1d", lambda: nn.Conv1d(4, 4, 3, groups=2), 2, 4, 9)
computes("convolution_2d", lambda: nn.Conv2d(3, 4, 3, padding=1), 2, 3, 8, 8)
computes("convolution_dilated", lambda: nn.Conv2d(3, 4, 3, dilation=2, padding="same"), 2, 3, 8, 8)
computes("convolution_3d", lambda: nn.Conv3d(1, 2, 2), 1, 1, 4, 4, 4)
computes("convolution_transposed", lambda: nn.ConvTranspose2d(2, 3, 3, stride=2), 1, 2, 4, 4)
computes("batch_norm_training", lambda: nn.BatchNorm2d(3), 4, 3, 5, 5, train=True)
computes("batch_norm_evaluating", lambda: nn.BatchNorm2d(3), 4, 3, 5, 5)
computes("group_norm_layer", lambda: nn.GroupNorm(2, 4), 2, 4, 5, 5)
computes("instance_norm", lambda: nn.InstanceNorm2d(4, affine=True), 2, 4, 5, 5)
computes("layer_norm_layer", lambda: nn.LayerNorm(5), 2, 4, 5)
computes("rms_norm", lambda: nn.RMSNorm(5), 2, 4, 5)
computes("lstm", lambda: nn.LSTM(4, 5, 2, batch_first=True, bidirectional=True), 2, 7, 4)
computes("gru_training", lambda: nn.GRU(4, 5), 7, 2, 4, train=True)
computes("rnn", lambda: nn.RNN(4, 5), 7, 2, 4)
computes("lstm_cell", lambda: nn.LSTMCell(4, 5), 2, 4)
computes("embedding_layer", lambda: nn.Embedding(10, 4, padding_idx=0), 3, 5, below=10)
computes("embedding_bag", lambda: nn.EmbeddingBag(10, 4), 3, 5, below=10)
computes("attention", lambda: Attention(), 2, 5, 16)
computes("encoder_training", lambda: nn.TransformerEncoderLayer(16, 4, 32, 0.0, batch_first=True), 2, 5, 16, train=True)
computes("pooling", lambda: nn.Sequential(nn.Conv2d(1, 2, 1), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(3)), 1, 1, 8, 8)
computes(
    "upsampling", lambda: nn.Sequential(nn.Conv2d(1, 2, 1), nn.Upsample(scale_factor=2, mode="bilinear")), 1, 1, 4, 4
)
computes("activations", lambda: nn.Sequential(nn.Linear(4, 4), nn.GELU(), nn.SiLU(), nn.PReLU(), nn.Softmax(-1)), 2, 4)
computes("pixel_shuffle", lambda: nn.Sequential(nn.Conv2d(1, 4, 1), nn.PixelShuffle(2)), 1, 1, 3, 3)
computes("weight_normed", lambda: nn.utils.parametrizations.weight_norm(nn.Linear(3, 2)), 1, 3)
computes("spectral_normed", lambda: nn.utils.parametrizations.spectral_norm(nn.Linear(3, 2)).eval(), 1, 3)


class Squared(nn.Module):
    def forward(self, x):
        return F.bilinear(x, x, torch.ones(2, 3, 3, device=x.device))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attend = nn.MultiheadAttention(16, 4, batch_first=True)

    def forward(self, x):
        return self.attend(x, x, x, need_weights=True)


@case("{d}:0 as on cpu", source=AS_ON_CPU)
def encoder_fast_path(d):
    torch.manual_seed(0)
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), 2).eval()
    x = torch.randn(2, 5, 16)
    with torch.inference_mode():
        here = encoder(x)
        return agrees(encoder.to(d)(x.to(d)), here)


@case("{d}:0 as on cpu, gradient {d}:0 as on cpu", source=AS_ON_CPU)
def scaled_dot_product_attention(d):
    torch.manual_seed(0)
    here = torch.randn(2, 2, 5, 8, requires_grad=True)
    there = here.detach().to(d).requires_grad_()
    results = [F.scaled_dot_product_attention(q, q, q, is_causal=True) for q in (there, here)]
    for result in results:
        result.sum().backward()
    return f"{agrees(*results)}, gradient {agrees(there.grad, here.grad)}"


@case("{d}:0 as on cpu", source=AS_ON_CPU)
def losses(d):
    torch.manual_seed(0)
    x, target, other = torch.randn(4, 5), torch.randint(0, 5, (4,)), torch.rand(4, 5)

    def loss(x, target, other):
        return (
            F.cross_entropy(x, target, label_smoothing=0.1)
            + F.nll_loss(x.log_softmax(1), target)
            + F.smooth_l1_loss(x, other)
            + F.huber_loss(x, other)
            + F.kl_div(x.log_softmax(1), other.softmax(1), reduction="batchmean")
            + F.cosine_embedding_loss(x, other, torch.ones_like(target))
            + F.triplet_margin_loss(x, other, x + other)
        )

    return agrees(loss(x.to(d), target.to(d), other.to(d)), loss(x, target, other))


@case(
    "{d}:0 as on cpu",
    source="aten/src/ATen/native/LossCTC.cpp: lengths may be on the CPU; native_functions.yaml: no kernel for MPS",
    mps=Like("NotImplementedError: The operator 'aten::_ctc_loss' is not currently implemented for the MPS device.*"),
)
def ctc_loss(d):
    torch.manual_seed(0)
    log, target = torch.randn(10, 2, 5).log_softmax(2), torch.randint(1, 5, (2, 3))
    lengths = torch.tensor([10, 10]), torch.tensor([3, 3])
    return agrees(F.ctc_loss(log.to(d), target.to(d), *lengths), F.ctc_loss(log, target, *lengths))


@case("{d}:0 {d}:0 {d}:0 {d}:0", source=MODULE)
def to_moves_parameters_and_buffers(d):
    module = nn.BatchNorm1d(2).to(d)
    there = (module.weight, module.running_mean, module.num_batches_tracked, nn.Linear(2, 2, device=d).bias)
    return " ".join(str(one.device) for one in there)


@case("True True", source=f"{MODULE}: _apply changes data in place, unless the future flag is set", scope=KEPT)
def to_keeps_parameters(d):
    module = nn.Linear(2, 2)
    before = module.weight
    same = module.to(d)
    return f"{module.weight is before} {same is module}"


@case("{d}:0 cpu {d}:0 float16", source=MODULE)
def to_and_back(d):
    module = nn.Linear(2, 2)
    places = [module.to(place).weight.device for place in (d, "cpu", d)]
    return f"{' '.join(map(str, places))} {str(module.half().weight.dtype)[6:]}"


@case("{d}:0 True", source=f"{MODULE}: gradients move with their parameters")
def to_moves_gradients(d):
    module = nn.Linear(2, 2)
    module(torch.ones(1, 2)).sum().backward()
    module.to(d)
    return f"{module.weight.grad.device} {bool((module.weight.grad == 1).all())}"


@case("{d}:0 cpu", source=f"{MODULE}: only parameters, buffers and modules are moved")
def to_leaves_plain_tensors(d):
    module = nn.Linear(1, 1)
    module.mask = torch.ones(1)
    module.to(d)
    return f"{module.weight.device} {module.mask.device}"


@case("{d}:0 cpu", source=f"{MODULE}: modules in a plain list are not known")
def to_leaves_modules_in_a_list(d):
    class Listed(nn.Module):
        def __init__(self):
            super().__init__()
            self.known = nn.Linear(1, 1)
            self.listed = [nn.Linear(1, 1)]

    module = Listed().to(d)
    return f"{module.known.weight.device} {module.listed[0].weight.device}"


@case("{d}:0 True True", source=f"{MODULE}: data is changed in place, so that ties hold", scope=KEPT)
def tied_weights_stay_tied(d):
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    second.weight = first.weight
    both = nn.ModuleList([first, second]).to(d)
    return f"{both[0].weight.device} {both[0].weight is both[1].weight} {len(list(both.parameters())) == 3}"


@case("{d}:0 float32 [1, 1] [3.0]", source=f"{MODULE}; torch/csrc/autograd/functions/accumulate_grad.cpp", scope=KEPT)
def gradients_of_tied_weights_add_up(d):
    first, second = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    nn.init.ones_(first.weight)
    second.weight = first.weight
    nn.ModuleList([first, second]).to(d)
    (first(torch.ones(1, 1, device=d)) + second(torch.full((1, 1), 2.0, device=d))).backward()
    return told(first.weight.grad)


@case("{d}:0 True False", source="torch/nn/parameter.py: __deepcopy__")
def deep_copy_of_a_module(d):
    module = nn.Linear(2, 2).to(d)
    other = copy.deepcopy(module)
    same = torch.equal(module.weight, other.weight)
    return f"{other.weight.device} {same} {module.weight.data_ptr() == other.weight.data_ptr()}"


@case("meta {d}:0 1.0", source=f"{MODULE}: to_empty")
def from_meta_to_empty(d):
    with torch.device("meta"):
        module = nn.Linear(2, 2)
    before = module.weight.device
    module.to_empty(device=d)
    nn.init.ones_(module.weight)
    return f"{before} {module.weight.device} {module.weight.mean().item()}"


@case(
    "NotImplementedError: Cannot copy out of meta tensor; no data! Please use torch.nn.Module.to_empty() instead of "
    "torch.nn.Module.to() when moving module from meta to a different device.",
    source=f"{MODULE}; measured on the CPU build, 2.13",
)
def from_meta_by_to(d):
    with torch.device("meta"):
        module = nn.Linear(2, 2)
    return str(module.to(d).weight.device)


@case("{d}:0 | {d}:0", source="torch/nn/modules/lazy.py", scope=KEPT)
def lazy_modules(d):
    lazy = nn.LazyLinear(2).to(d)
    y = lazy(torch.ones(1, 3, device=d))
    return told(y.device, lazy.weight.device)


@case("True True {d}:0", source="aten/src/ATen/native/Dropout.cpp: what is kept is scaled")
def dropout(d):
    torch.manual_seed(0)
    y = F.dropout(torch.ones(1000, device=d), 0.5, training=True)
    return f"{set(y.tolist()) == {0.0, 2.0}} {400 < int((y == 0).sum()) < 600} {y.device}"


@case("{d}:0 | {d}:0 | 3 parameters", source="torch/nn/modules/container.py")
def parameters_in_containers(d):
    class Held(nn.Module):
        def __init__(self):
            super().__init__()
            self.several = nn.ParameterList([nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))])
            self.named = nn.ParameterDict({"one": nn.Parameter(torch.ones(1))})

    held = Held().to(d)
    return told(devices(held.several), held.named["one"].device, f"{len(list(held.parameters()))} parameters")


@case("{d}:0 {d}:0 cpu", source=f"{MODULE}: register_buffer with persistent=False is moved and not saved")
def buffers_that_are_not_saved(d):
    module = nn.Module()
    module.register_buffer("kept", torch.ones(1))
    module.register_buffer("passing", torch.ones(1), persistent=False)
    module.to(d)
    assert list(module.state_dict()) == ["kept"]
    return f"{module.kept.device} {module.passing.device} {module.cpu().kept.device}"


@case("{d}:0 float32 [1] [1.0] | False", source="torch/nn/utils/convert_parameters.py", scope=PAIR)
def model_over_two_devices(d):
    first, second = nn.Linear(1, 1).to(f"{d}:0"), nn.Linear(1, 1).to(f"{d}:1")
    y = second(first(torch.ones(1, 1, device=f"{d}:0")).to(f"{d}:1"))
    y.sum().backward()
    grad = torch.sign(first.bias.grad.abs()).to(f"{d}:0")
    return told(grad, first.weight.grad is None)


@case(
    "TypeError: Found two parameters on different devices, this is currently not supported.",
    source="torch/nn/utils/convert_parameters.py: _check_param_device looks at CUDA and plug-ins",
    mps=Like("RuntimeError: (Placeholder storage has not been allocated on MPS device!|.*same device.*)"),
    xpu=Like(
        "RuntimeError: Expected all tensors to be on the same device, but got tensors is on xpu:0, .*wrapper_XPU_cat.*"
    ),
)
def vector_of_parameters_in_two_places(d):
    both = [nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1, device=d))]
    return told(nn.utils.parameters_to_vector(both))


@case("{d}:0 float32 [] True", source="torch/nn/utils/clip_grad.py")
def clipped_gradients(d):
    layer = nn.Linear(3, 3).to(d)
    layer(torch.ones(2, 3, device=d)).sum().backward()
    total = nn.utils.clip_grad_norm_(layer.parameters(), 0.1)
    after = torch.cat([p.grad.flatten() for p in layer.parameters()]).norm().item()
    return f"{total.device} {str(total.dtype)[6:]} {list(total.shape)} {abs(after - 0.1) < 1e-3}"
