"""Facts about libraries around torch: what their functions give back, and where it lives."""

from __future__ import annotations

from typing import Final

#: packages whose functions return host arrays
ARRAY_PACKAGES: Final = ("numpy.", "librosa.", "scipy.", "cv2.")
#: packages that exist for CUDA alone: what imports one unconditionally cannot run elsewhere (their documentation)
CUDA_ENGINES: Final = frozenset(
    "triton flash_attn vllm apex pycuda cupy tensorrt tensorrt_llm torch_tensorrt transformer_engine spconv "
    "torchsparse mamba_ssm causal_conv1d diff_gaussian_rasterization nvdiffrast sageattention "
    "tinycudann cuml cudf".split()
)
#: packages with devices of their own, which are CUDA and the CPU (documentation of CTranslate2, and of what uses it)
CUDA_OR_CPU: Final = ("faster_whisper", "ctranslate2", "whisperx")
#: of these, packages that are built for CUDA and cannot be imported without it (their documentation)
CUDA_IMPORTS: Final = frozenset(
    "flash_attn flash_attn_2_cuda flash_attn_interface transformer_engine mamba_ssm causal_conv1d pycuda amp_C".split()
)
#: implementations of attention that transformers refuses to choose without CUDA. docs
CUDA_ATTENTION: Final = frozenset(("flash_attention_2", "flash_attention_3"))
#: packages that a folder of the same name in a project does not stand for
NEVER_LOCAL: Final = frozenset(
    "torch torchvision torchaudio numpy scipy pandas matplotlib cv2 PIL sklearn onnx onnxruntime tensorflow".split()
)
#: base classes by last name that make a class a module, whatever package they come from
MODULE_BASES: Final = frozenset(("Module", "LightningModule", "PreTrainedModel"))
#: base classes by last name whose instances a framework places, with what hangs on them. docs of Lightning
PLACED_FOR: Final = frozenset(("LightningModule", "LightningDataModule"))
LIGHTNING: Final = frozenset(("lightning", "pytorch_lightning", "lightning_fabric"))
#: classes of these packages, by last name, of which there is no instance where the ``accelerator`` that is asked for by
#: name is missing. docs of Lightning
ACCELERATED: Final = frozenset(("Trainer", "Fabric", "LightningLite"))
#: these names -> the types of devices of which any will do
ACCELERATORS: Final = {"gpu": ("cuda", "mps"), "cuda": ("cuda",), "mps": ("mps",)}
#: readers of audio and images: (function, its results in order). docs of torchaudio
READERS: Final = {
    "torchaudio.load": ("tensor", "number"),
    "torchvision.io.read_image": ("tensor",),
    "soundfile.read": ("ndarray", "number"),
    "librosa.load": ("ndarray", "number"),
}
#: calls that give what stands in for anything: nothing that is done with it reaches a device. docs of unittest.mock
MOCKS: Final = frozenset(
    f"{package}.{name}"
    for package in ("unittest.mock", "mock")
    for name in ("Mock", "MagicMock", "NonCallableMock", "NonCallableMagicMock", "AsyncMock", "create_autospec")
)
#: last names of transformers classes whose ``from_pretrained`` gives a module
MODEL_CLASSES: Final = tuple(
    "Model ForCausalLM ForSequenceClassification ForTokenClassification ForConditionalGeneration ForMaskedLM ForCTC "
    "LMHeadModel".split()
)
#: conveniences that hand their iterable on
ITERATION_WRAPPERS: Final = frozenset("tqdm iter trange progress_bar track auto.tqdm notebook.tqdm".split())
#: functions that write any object to a file, the first argument; none of them can map a tensor when it is read
PICKLERS: Final = frozenset(("pickle.dump", "dill.dump", "cloudpickle.dump", "joblib.dump"))
