"""Facts about torch, as tables: one entry a line or a word, the source beside each table.

Sources: "measured" means run on torch 2.0 to 2.13 builds without an accelerator; "docs" the torch documentation.
"""

from __future__ import annotations

from typing import Final

#: gives a number that is 0 where there is no GPU
COUNT: Final = "torch.cuda.device_count"
#: availability functions -> the device type they ask for ("" for any; None: says nothing about devices). docs
AVAILABILITY: Final[dict[str, str | None]] = {
    "torch.cuda.is_available": "cuda",
    "torch.cuda.is_bf16_supported": "cuda",
    "torch.backends.cudnn.is_available": "cuda",
    "torch.backends.mps.is_available": "mps",
    "torch.backends.mps.is_built": "mps",
    "torch.mps.is_available": "mps",
    "torch.xpu.is_available": "xpu",
    "torch.npu.is_available": "npu",
    "torch_npu.npu.is_available": "npu",
    "torch.musa.is_available": "musa",
    "torch.mlu.is_available": "mlu",
    "torch.hpu.is_available": "hpu",
    "torch.accelerator.is_available": "",
    "torch.distributed.is_nccl_available": "cuda",
    "torch.cuda.is_initialized": None,
    "torch.distributed.is_available": None,
    "torch.distributed.is_initialized": None,
}

#: loaders of saved tensors -> position of map_location. docs
LOADERS: Final = {
    "torch.load": 1,
    "torch.jit.load": 1,
    "torch.hub.load_state_dict_from_url": 2,
}

#: device types that text may name. docs of torch.device
DEVICE_TYPES: Final = frozenset("cpu cuda mps xpu npu hpu xla meta musa mlu mtia ipu privateuseone".split())

#: backends whose tensors are on torch's own accelerator: with another backend chosen, none of these is
BACKENDS: Final = frozenset("cuda rocm zluda ipex xpu mps".split())

#: functions that make a tensor on the default device, which is the CPU unless ``device=`` says otherwise. docs
FACTORIES: Final = frozenset(
    f"torch.{name}"
    for name in (
        "zeros ones full rand randn randint arange linspace logspace eye empty tensor as_tensor from_numpy Tensor "
        "FloatTensor LongTensor IntTensor ByteTensor BoolTensor DoubleTensor HalfTensor triu_indices tril_indices "
        "hann_window hamming_window blackman_window kaiser_window bartlett_window randperm range normal empty_strided "
        "scalar_tensor frombuffer asarray"
    ).split()
)
#: keywords of other factories, with which ``torch.Tensor`` and its kin are a ``TypeError``. Tried with torch 2.13
UNTAKEN: Final = frozenset(("dtype", "requires_grad", "pin_memory"))
#: factories that take numbers and give what they are given: a Python number makes a 0-dim tensor
FROM_DATA: Final = frozenset(["torch.tensor", "torch.as_tensor", "torch.scalar_tensor", "torch.asarray"])

#: factories whose positional arguments are sizes -> how many others come first
SIZED: Final = {"zeros": 0, "ones": 0, "rand": 0, "randn": 0, "empty": 0, "full": 0}
#: methods and functions that take dimensions away
REDUCTIONS: Final = frozenset(
    (
        "sum mean max min norm prod std var argmax argmin median mode all any logsumexp squeeze select amax amin "
        "count_nonzero trace dot mse_loss l1_loss cross_entropy nll_loss kl_div smooth_l1_loss "
        "binary_cross_entropy binary_cross_entropy_with_logits quantile nanmean nansum dist index take"
    ).split()
)
#: methods whose arguments are the dimensions of what they give back
SHAPING: Final = frozenset("view reshape expand repeat tile".split())
#: methods that take nothing of another tensor but its shape
SHAPED_LIKE: Final = frozenset(("expand_as", "view_as", "reshape_as"))
#: functions and methods whose tensor operands may be on different devices, or whose second one must be on the CPU. docs
APART: Final = frozenset(
    (
        "to type_as copy_ new_tensor new_zeros new_ones new_full new_empty expand_as view_as reshape_as is_same_size "
        "set_ tensor_split index_put index_put_ ctc_loss resize_as_ register_hook is_tensor save set_rng_state compile "
        "device result_type can_cast broadcast_shapes broadcast_tensors numel zeros_like ones_like empty_like "
        "rand_like randn_like full_like multi_head_attention_forward"
    ).split()
)
#: functions that give several tensors. docs
SEVERAL: Final = frozenset("meshgrid split chunk tensor_split broadcast_tensors".split())
#: contexts in which factories follow another default device. docs of torch, accelerate, transformers
DEFAULT_DEVICE_CONTEXTS: Final = frozenset(
    "device init_empty_weights init_on_device FakeTensorMode DeviceMode OnDevice skip_init device_context".split()
)
#: what the names of torch's modules that hold weights begin with
WEIGHTED: Final = tuple(
    "Linear Bilinear Conv Embedding LSTM GRU RNN LayerNorm BatchNorm GroupNorm Multihead Transformer".split()
)

#: modules that hold neither parameters nor buffers, so that moving one does nothing, with CUDA or without. Tried with
#: torch 2.13
EMPTY: Final = frozenset(
    (
        "ReLU ReLU6 LeakyReLU ELU SELU CELU GELU SiLU Mish Sigmoid Tanh Softmax LogSoftmax Softmax2d Softplus Softsign "
        "Hardtanh Hardswish Hardsigmoid LogSigmoid Threshold GLU Dropout Dropout1d Dropout2d Dropout3d AlphaDropout "
        "Flatten Unflatten Identity Upsample UpsamplingNearest2d UpsamplingBilinear2d PixelShuffle PixelUnshuffle Fold "
        "Unfold MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d AdaptiveAvgPool1d AdaptiveAvgPool2d "
        "AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d ZeroPad2d ReflectionPad1d "
        "ReflectionPad2d ReplicationPad1d ReplicationPad2d ConstantPad1d ConstantPad2d CosineSimilarity "
        "PairwiseDistance L1Loss MSELoss SmoothL1Loss HuberLoss KLDivLoss PoissonNLLLoss GaussianNLLLoss CTCLoss "
        "MarginRankingLoss CosineEmbeddingLoss TripletMarginLoss HingeEmbeddingLoss SoftMarginLoss "
        "MultiLabelMarginLoss"
    ).split()
)
#: modules of which the same holds unless they are given weights, which they keep as a buffer
EMPTY_UNLESS_WEIGHTED: Final = frozenset(
    "NLLLoss CrossEntropyLoss BCELoss BCEWithLogitsLoss MultiMarginLoss MultiLabelSoftMarginLoss".split()
)
#: methods of a module that run before anybody moves it. torch.nn, by convention
CONSTRUCTORS: Final = frozenset(("__init__", "reset_parameters", "_reset_parameters", "_init_weights", "init_weights"))

#: methods of a module that put what is given under a name among its parameters, buffers or modules. docs of Module
REGISTERING: Final = frozenset(("register_buffer", "register_parameter", "register_module", "add_module"))
#: modules that register the modules they are given. docs
CONTAINERS: Final = frozenset(("ModuleList", "ModuleDict", "Sequential", "Parallel"))
#: methods that put a tensor or a module on a device. docs of Tensor and Module
PLACING: Final = frozenset(("to", "cuda", "cpu"))
#: methods with which a module moves itself: a class that overrides one has its own idea of what moves. docs of Module
MOVES: Final = frozenset(("_apply", "to", "cuda", "cpu", "__setattr__"))

#: optimizers that copy the shape of the weights when they are made, onto their device. torch.optim
EAGER_OPTIMIZERS: Final = frozenset(("torch.optim.Adagrad", "torch.optim.adagrad.Adagrad"))

DTYPES: Final = frozenset(
    (
        "float16 half bfloat16 float32 float float64 double int8 int16 short int32 int int64 long uint8 bool "
        "complex64 complex128"
    ).split()
)
#: types that a module cannot be converted to. docs of Module.to
INTEGERS: Final = frozenset("int8 int16 short int32 int int64 long uint8 bool".split())
DOUBLE: Final = frozenset(("float64", "double"))
#: accelerators that have no double precision. docs of torch.mps
NO_DOUBLE: Final = frozenset(("mps",))
HALF: Final = frozenset(("float16", "half"))

#: torch functions whose result is no tensor -> its kind. docs
NOT_A_TENSOR: Final = {
    "torch.is_tensor": "bool",
    "torch.numel": "number",
    "torch.save": "none",
    "torch.manual_seed": "unknown",
    "torch.seed": "number",
    "torch.set_grad_enabled": "unknown",
    "torch.no_grad": "unknown",
    "torch.inference_mode": "unknown",
    "torch.enable_grad": "unknown",
    "torch.Size": "tuple",
    "torch.finfo": "unknown",
    "torch.iinfo": "unknown",
    "torch.get_default_dtype": "dtype",
    "torch.autocast": "unknown",
    "torch.set_num_threads": "none",
    "torch.is_floating_point": "bool",
    "torch.allclose": "bool",
    "torch.equal": "bool",
    "torch.get_num_threads": "number",
    "torch.initial_seed": "number",
    "torch.typename": "str",
    "torch.is_complex": "bool",
    "torch.is_grad_enabled": "bool",
    "torch.is_autocast_enabled": "bool",
}

#: methods that only tensors have among the things that device code handles: calling one is a belief
TENSOR_METHODS: Final = frozenset(
    (
        "dim unsqueeze detach index_select scatter_ scatter scatter_add_ scatter_add masked_fill masked_fill_ permute "
        "new_zeros new_ones new_full new_tensor new_empty type_as expand expand_as contiguous numel cpu gather matmul "
        "bmm mm addmm backward index_add_ index_add repeat_interleave unfold log_softmax sigmoid_ softmax size "
        "nelement element_size index_fill_ masked_select argmax sigmoid topk"
    ).split()
)
#: methods and attributes that say an object is a module, a container or a library object, not a tensor
NOT_TENSOR_METHODS: Final = frozenset(
    (
        "eval train parameters state_dict load_state_dict named_parameters modules generate forward keys items append "
        "decode load_checkpoint save pixel_values input_ids zero_grad step"
    ).split()
)
#: attributes and methods that say the same of a tensor wherever it lives
TOLD_ANYWHERE: Final = frozenset("shape ndim dtype size dim numel to type_as".split())
#: torch functions whose first argument is no tensor operand
NOT_OPERANDS: Final = frozenset(
    (
        "tensor as_tensor from_numpy is_tensor save load zeros ones full rand randn arange empty device manual_seed "
        "Tensor FloatTensor LongTensor randint eye linspace numel no_grad compile split chunk jit onnx stack cat Size "
        "IntTensor ByteTensor BoolTensor DoubleTensor HalfTensor Generator normal randperm set_num_threads autocast "
        "typename set_grad_enabled finfo iinfo scalar_tensor is_floating_point pow sqrt "
        "hann_window hamming_window blackman_window kaiser_window bartlett_window triu_indices tril_indices logspace "
        "range empty_strided frombuffer asarray"
    ).split()
)
#: tensor methods that give something on the host -> its kind
HOST_METHODS: Final = {
    "item": "number",
    "tolist": "list",
    "size": "tuple",
    "dim": "number",
    "numel": "number",
    "nelement": "number",
    "stride": "tuple",
    "get_device": "number",
    "is_floating_point": "bool",
    "is_contiguous": "bool",
    "is_complex": "bool",
    "is_pinned": "bool",
    "element_size": "number",
    "ndimension": "number",
    "data_ptr": "number",
    "equal": "bool",
    "allclose": "bool",
    "backward": "none",
    "__len__": "number",
}
#: tensor attributes that are data on the same device
DATA_ATTRIBUTES: Final = frozenset("data grad T mT H mH real imag".split())
#: tensor attributes that describe it -> kind
HOST_ATTRIBUTES: Final = {
    "shape": "tuple",
    "ndim": "number",
    "dtype": "dtype",
    "requires_grad": "bool",
    "is_leaf": "bool",
    "itemsize": "number",
    "nbytes": "number",
    "names": "tuple",
    "layout": "unknown",
}
#: attributes of model outputs that hold tensors (transformers, diffusers documentation)
OUTPUT_ATTRIBUTES: Final = frozenset(
    (
        "logits loss last_hidden_state hidden_states pooler_output sample sequences scores prediction_logits values "
        "indices audio waveform"
    ).split()
)
#: methods of a module that return the module itself. docs of torch.nn.Module
MODULE_CHAIN: Final = frozenset(
    "eval train requires_grad_ float double half bfloat16 type apply share_memory compile".split()
)
#: names of methods that run a model on what they are given
MODEL_METHODS: Final = frozenset("generate encode decode predict inference __call__ infer sample".split())

#: wrappers that return or stand for the module they are given. docs
MODULE_WRAPPERS: Final = frozenset(
    "torch.nn.DataParallel torch.nn.parallel.DataParallel torch.nn.parallel.DistributedDataParallel torch.compile "
    "torch.jit.script".split()
)
#: those that may bring their inputs to the devices of the module. docs
PARALLEL: Final = frozenset(name for name in MODULE_WRAPPERS if name.endswith("DataParallel"))

#: contexts of automatic precision -> position of the device type; None where it is CUDA by name. docs
AUTOCAST: Final[dict[str, int | None]] = {
    "torch.autocast": 0,
    "torch.amp.autocast": 0,
    "torch.amp.autocast_mode.autocast": 0,
    "torch.cuda.amp.autocast": None,
    "torch.cuda.amp.autocast_mode.autocast": None,
}
#: the same for what scales gradients, which is for CUDA when nothing is said
GRAD_SCALERS: Final[dict[str, int | None]] = {
    "torch.amp.GradScaler": 0,
    "torch.amp.grad_scaler.GradScaler": 0,
    "torch.cuda.amp.GradScaler": None,
    "torch.cuda.amp.grad_scaler.GradScaler": None,
}

#: functions that draw random numbers from a generator, on the device of their first argument
DRAWING: Final = frozenset(
    f"torch.{name}" for name in "multinomial bernoulli poisson normal nn.init.normal_ nn.init.uniform_".split()
)
#: methods that do so for their tensor
DRAWING_METHODS: Final = frozenset(
    "normal_ uniform_ random_ bernoulli_ exponential_ cauchy_ geometric_ log_normal_ multinomial bernoulli".split()
)
#: factories that do so
DRAWING_FACTORIES: Final = frozenset(f"torch.{name}" for name in "rand randn randint randperm".split())
#: functions that change the device of new tensors, or their type
DEFAULTS: Final = frozenset(("torch.set_default_device", "torch.set_default_tensor_type"))

#: calls that do not return
EXITS: Final = frozenset("sys.exit exit quit os._exit os.abort pytest.skip pytest.fail pytest.exit".split())


_KNOWN: Final = frozenset(
    {
        "torch.device",
        "torch.Generator",
        "torch.save",
        "torch.nn.Module",
        *AVAILABILITY,
        *LOADERS,
        *FACTORIES,
        *NOT_A_TENSOR,
    }
)


def is_known(name: str) -> bool:
    """Whether a dotted name stands in these tables, or is a package of one that does."""
    return name in _KNOWN or any(known.startswith(name + ".") for known in _KNOWN)
