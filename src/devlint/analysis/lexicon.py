"""The words that names are made of, and what they say about devices.

This is the only guessing in the analysis: it decides what an *unknown* value is taken for, and never overrides a known
one. Every table is plain data; a name counts by its words (``use_cuda``, ``useCuda`` and ``--use-cuda`` are the same).
"""

from __future__ import annotations

import re
from functools import lru_cache

from devlint.analysis.answer import Guard
from devlint.world import BACKENDS

#: words that ask for an accelerator
ACCELERATOR = frozenset("cuda gpu gpus ngpu ngpus usecuda usegpu gpuid gpuids iscuda cudnn nvidia".split())
#: words that turn a request round
NEGATION = frozenset("no not non disable disabled without never skip nocuda nogpu".split())
#: words beside ``cpu`` that make it a quantity or a mechanism, not a request
NOT_A_CPU_REQUEST = frozenset(
    (
        "count counts num n nr threads thread workers cores core offload offloads memory mem state ram load usage "
        "time percent info model tensor tensors data dict"
    ).split()
)
#: words that name a device
DEVICE = frozenset(("device", "dev"))
#: names of the parts that data is split into: beside one of them ``dev`` is another
PARTS = frozenset("train training test val valid validation eval".split())
#: first words that make of a device a count, a test or a function
NOT_A_DEVICE = frozenset(
    "num n nr no per has is get set select choose pick detect find resolve infer determine to move make check list "
    "print parse init with same auto require requires".split()
)
#: words that name which device of several
INDEX_WORDS = frozenset("id idx index rank no num ordinal".split())
#: words that choose a precision
PRECISION = frozenset(
    (
        "fp16 half amp bf16 float16 bfloat16 mixed precision dtype int8 8bit 4bit fp8 quant quantize quantization "
        "quantized halfprecision ishalf"
    ).split()
)
#: words that choose half precision where they are true
HALF = frozenset("fp16 half float16 f16 halfprecision ishalf".split())
#: words of distributed launches
DISTRIBUTED = frozenset(
    "dist distributed ddp rank nccl apex fsdp deepspeed slurm dp parallel nodes horovod multigpu multigpus".split()
)
#: words of technologies that exist for one accelerator
ENGINE = frozenset(
    (
    "triton flash xformers backend backends accelerator accelerate tensorrt trt cutlass cupy openvino "
    "directml rocm mps xpu npu mlu musa hpu tpu xla ipex"
).split()
)  # fmt: skip
#: words of host memory that an accelerator copies from
PINNING = frozenset(("pin", "pinned"))
#: what such a name may say that means torch itself
FRAMEWORK = frozenset(("torch", "pytorch", "pt"))
#: last words of names that hold which backend computes
BACKEND = frozenset("backend engine runtime provider".split())
#: words beside the name of a backend that make a switch of it: `use_openvino`
SWITCH = frozenset("use using enable enabled with want force".split())
#: words that ask which version of a library is there, or whether it has a name
VERSION = frozenset("version versions hasattr".split())
#: words in the names of files and folders that say: this is for one accelerator or platform
PLATFORM = frozenset("cuda gpu nvidia triton tensorrt trt rocm hip xpu ipex npu mps mac macos tpu xla hpu musa".split())
#: words in the names of files and folders that say: this measures
BENCHMARK = frozenset("benchmark benchmarks benchmarking bench profiling".split())
#: last words of names that hold a model
MODEL = frozenset(
    (
        "model net network encoder decoder generator critic module vae unet backbone head vocoder synthesizer "
        "discriminator predictor classifier netg netd"
    ).split()
)
#: last words of names that hold a data loader
LOADER = frozenset("loader dataloader trainloader testloader valloader dl".split())
#: last words of names that hold options: their ``device`` is a request, not where something lives
NAMESPACE = frozenset(
    "self cls arg args opt opts option options cfg config configs conf hp hps hparams param params kwargs settings "
    "flags shared context ctx runtime env namespace state info device devices".split()
)
#: last words of names that hold options as such: numbers and texts, and what is made of them
OPTIONS = frozenset(
    "arg args argument arguments opt opts option options cfg config configs configuration conf hp hps hparam hparams "
    "hyperparams hyperparameters setting settings flags".split()
)
#: class and function name parts that say: this prepares data, on the CPU
HOST_ROLE = frozenset(
    "dataset datasets collate collator collater collatefn datamodule sampler preprocess preprocessor".split()
)
#: function name parts that say: this writes for another runtime or machine
EXPORT_ROLE = frozenset("export exporter onnx serialize quantize".split())
#: those of them that say so of a whole file: what is named for ONNX may run it too
EXPORTING = frozenset(("export", "exporter"))
#: words that say so beside a word for weights, or where nothing says what is converted
CONVERSION = frozenset(("convert", "converter", "conversion"))
WEIGHTS = frozenset(
    (
        "checkpoint checkpoints ckpt model models weight weights state params parameters module layer torch pytorch tf "
        "tensorflow keras hf huggingface transformers diffusers fairseq flax jax coreml tflite safetensors ggml gguf "
        "original"
    ).split()
)

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]+|\d+")
_AVAILABLE = re.compile(
    r"(?:cuda|gpu|mps|xpu|npu|accelerator)s?_?(?:is_?)?(?:available|present|enabled|supported|ok)"
    r"|(?:is|has|have|check|can_use|found)_?(?:torch_?)?(?:cuda|gpu|mps|xpu|npu|accelerator)s?(?:_?available)?$"
    r"|available_?(?:gpu|device|cuda)s?",
    re.I,
)


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The lower-case words of an identifier, option or key."""
    parts: list[str] = []
    for chunk in re.split(r"[^0-9A-Za-z]+", name):
        if chunk.lower() in PRECISION | ACCELERATOR | LOADER | DISTRIBUTED:
            parts.append(chunk.lower())
        else:
            parts.extend(part.lower() for part in _PART.findall(chunk))
    return tuple(parts)


@lru_cache(maxsize=8192)
def polarity(name: str) -> int:
    """What a true value of this name asks for: +1 an accelerator, -1 the CPU, 0 neither."""
    found = set(words(name))
    if found & ACCELERATOR:
        return -1 if found & NEGATION else 1
    if "cpu" in found and not found & NOT_A_CPU_REQUEST:
        return 1 if found & NEGATION else -1
    return 0


@lru_cache(maxsize=8192)
def names_device(name: str) -> bool:
    """Whether a value of this name is a device: ``device``, ``torch_device``, ``args.device``."""
    parts = words(name)
    named_type = name[:1].isupper() and not name.isupper()
    return bool(parts) and parts[-1] in DEVICE and parts[0] not in NOT_A_DEVICE and not named_type


@lru_cache(maxsize=8192)
def names_index(name: str) -> bool:
    """Whether a value of this name is the index of a device: ``gpu_id``, ``local_rank``, ``device_idx``, ``gpu``."""
    parts = words(name)
    if parts in (("gpu",), ("rank",), ("gpuid",), ("local", "rank"), ("cuda",)):
        return True
    return len(parts) > 1 and parts[-1] in INDEX_WORDS and bool(set(parts[:-1]) & (ACCELERATOR | DEVICE | {"local"}))


@lru_cache(maxsize=8192)
def numbers_device(name: str) -> bool:
    """Whether a value of this name can only be an index: ``gpu_id``, and not ``gpu``, which may be a switch."""
    return names_index(name) and words(name)[-1] in INDEX_WORDS


_PRECISION_PART = re.compile(r"fp16|bf16|float16|f16|upcast", re.I)


@lru_cache(maxsize=8192)
def names_precision(name: str) -> bool:
    """Whether a value of this name chooses a precision: ``is_half``, ``usefp16``, ``force_upcast``."""
    return bool(set(words(name)) & PRECISION) or _PRECISION_PART.search(name) is not None


@lru_cache(maxsize=8192)
def names_half(name: str) -> bool:
    """Whether a true value of this name chooses half precision: ``is_half``, ``usefp16``; not ``no_half``."""
    found = set(words(name))
    chooses = bool(found & HALF) or re.search(r"fp16|float16", name, re.I) is not None
    return chooses and not found & (NEGATION | {"bf16", "to"})


@lru_cache(maxsize=8192)
def availability(name: str) -> str | None:
    """The device type that a call of this name asks for: ``has_gpu()``, ``is_xpu_available()``; "" for any accelerator,
    None for a name that asks for none."""
    if _AVAILABLE.search(name) is None:
        return None
    found = set(words(name))
    if "accelerator" in found:
        return ""
    return next((device for device in ("mps", "xpu", "npu") if device in found), "cuda")


@lru_cache(maxsize=8192)
def names_model(name: str) -> bool:
    parts = [part for part in words(name) if not part.isdigit()]
    return bool(parts) and (parts[-1] in MODEL or parts[-2:] == ["net", "g"])


@lru_cache(maxsize=8192)
def names_namespace(name: str) -> bool:
    """Whether an object of this name holds options."""
    parts = words(name)
    return not parts or parts[-1] in NAMESPACE


@lru_cache(maxsize=8192)
def names_options(name: str) -> bool:
    """Whether a value of this name is options and nothing else: ``args``, ``model_config``."""
    parts = words(name)
    return bool(parts) and parts[-1] in OPTIONS


@lru_cache(maxsize=8192)
def names_loader(name: str) -> bool:
    parts = words(name)
    return bool(parts) and parts[-1] in LOADER


@lru_cache(maxsize=8192)
def numbers_process(name: str) -> bool:
    """Whether a name is that of the number of a process, or of how many there are."""
    found = set(words(name))
    return "rank" in found or found >= {"world", "size"}


@lru_cache(maxsize=8192)
def flavours(name: str) -> frozenset[Guard]:
    """What an undecided condition that reads this name may depend on."""
    found = set(words(name))
    out = set()
    if names_precision(name):
        out.add(Guard.DTYPE)
    if found & DISTRIBUTED or found >= {"world", "size"} or found >= {"multi", "gpu"}:
        out.add(Guard.DISTRIBUTED)
    named = ACCELERATOR | DEVICE | {"devices"} | ENGINE | PINNING
    if found & named or polarity(name) or availability(name) is not None:
        out.add(Guard.DEVICE)
    if found & VERSION or (found & {"torch", "pytorch", "pt"} and any(part.isdigit() for part in found)):
        out.add(Guard.VERSION)  # ``is_torch_version``, ``TORCH_2_6``
    return frozenset(out)


@lru_cache(maxsize=8192)
def names_backend(name: str) -> bool:
    """Whether a value of this name says which backend computes: ``backend``, ``inference_engine``; not the backend of a
    process group."""
    parts = words(name)
    return bool(parts) and parts[-1] in BACKEND and not set(parts) & DISTRIBUTED


@lru_cache(maxsize=8192)
def switched_backend(name: str) -> str | None:
    """The backend that a true value of this name chooses: ``use_openvino``."""
    found = set(words(name))
    chosen = found & BACKENDS.keys()
    return chosen.pop() if len(chosen) == 1 and found & SWITCH and found - chosen <= SWITCH else None


@lru_cache(maxsize=8192)
def prepares_data(name: str) -> bool:
    """Whether a class, function or file of this name works on the CPU by role: data sets, collate functions."""
    return bool(set(words(name)) & HOST_ROLE)


@lru_cache(maxsize=8192)
def names_platform(name: str) -> bool:
    """Whether a file or folder of this name holds code for one accelerator: ``triton_ops.py``, ``devices_mac.py``."""
    return any(word in PLATFORM or word.startswith("cuda") for word in words(name))


@lru_cache(maxsize=8192)
def asks_for_device(text: str) -> bool:
    """Whether a text is a device that is no accelerator, or an option that chooses one: ``cpu``, ``--no-cuda``."""
    return text.partition(":")[0] == "cpu" or (text.startswith("-") and (polarity(text) != 0 or names_device(text)))


@lru_cache(maxsize=8192)
def exports(name: str) -> bool:
    """Whether a function of this name writes weights for elsewhere."""
    found = set(words(name))
    return bool(found & EXPORT_ROLE) or (
        bool(found & CONVERSION) and (found <= CONVERSION or bool(found & (WEIGHTS | PRECISION)))
    )
