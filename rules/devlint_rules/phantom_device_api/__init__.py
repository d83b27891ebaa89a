from devlint.rule import Rule

RULE = Rule(
    code="DEV110",
    since="0.1",
    severity="error",
    stability="stable",
    triggers=(
        "cuda.", "mps.", "xpu.", "mtia.", "torch.cpu.", "accelerator", "get_device_module(", "amp.",
        '"gpu', '"GPU', '"Gpu', '"CUDA', '"Cuda', '"cuda', '"CPU', '"Cpu', '"cpu', '"MPS', '"Mps', '"mps',
        '"XPU', '"xpu', '"auto', '"rocm', '"nvidia', '"metal', '"directml', '"dml', '"openvino',
    ),
)  # fmt: skip
