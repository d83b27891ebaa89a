"""Scenarios refute fixes that are wrong: each of these writes what somebody might have written."""

from __future__ import annotations

from pathlib import Path

import pytest

from devlint import testing
from devlint.testing import rule_folders

#: what a fix writes, and what a wrong one would
WRONG = {
    "availability_not_choice": ("tokens = tokens.to(device)", "tokens = tokens.cuda()"),
    "backend_blind_selector": (
        'if (torch.cuda.is_available() or backend == "directml") and',
        'if torch.cuda.is_available() or backend == "directml" and',
    ),
    "cuda_default_argument": (
        'torch.device("cuda:0" if torch.cuda.is_available()', 'torch.device("cuda:0" if torch.version.cuda',
    ),
    "cuda_only_kernel": ('if torch.cuda.is_available() else "sdpa")', 'if device else "sdpa")'),
    "cuda_only_selector": ('device = "cuda" if torch', 'device = "cpu" if torch'),
    "cuda_version_probe": ('float(torch.version.cuda or "0.0")', 'float(str(torch.version.cuda))'),
    "device_comparison": ('if str(device).startswith("cuda"):', 'if str(device) == "cuda":'),
    "device_index_truthiness": ("if gpu_id is not None:", "if str(gpu_id):"),
    "discarded_transfer": ("values = values.cuda()", "values = values.cpu()"),
    "float64_on_mps": (".float().to(device)", ".to(device, torch.float64)"),
    "gpu_device_ids": (
        'int(os.environ["RANK"])] if str(device).startswith("cuda") else None', 'int(os.environ["RANK"])] or None',
    ),
    "half_by_default": ("use_fp16 = torch.cuda.is_available()", "use_fp16 = False"),
    "hardcoded_autocast": ('"cuda", enabled=str(device).startswith("cuda")', '"cuda", enabled=True'),
    "hardcoded_cuda_move": ("256).to(mel.device)", '256).to("cuda" if torch.cuda.is_available() else "cpu")'),
    "hardcoded_device_index": (
        'decoder.to("cuda:1" if torch.cuda.device_count() > 1', 'decoder.to("cuda:1" if torch.cuda.is_available()',
    ),
    "ignored_device_choice": (
        'if not torch.cuda.is_available() or not options.get("use_gpu", True)',
        'if not options.get("use_gpu", True)',
    ),
    "implicit_host_copy": ("[item.detach().cpu() for item in losses]", "[item.detach() for item in losses]"),
    "index_before_move": ("data[chunk.cpu()].to(device, non_blocking=True)", "data[chunk.cpu()]"),
    "inverted_device_request": ('kwargs.get("ngpu", 1) == 0', 'kwargs.get("ngpu", 0) == 0'),
    "legacy_cuda_type": (
        "torch.FloatTensor(size, 2).to(device)",
        "(torch.cuda if torch.cuda.is_available() else torch).FloatTensor(size, 2)",
    ),
    "late_model_move": ("    model.to(device)\n    optimizer = ", "    optimizer = "),
    "load_without_map_location": (
        "weights_only=True, map_location=self.device", 'weights_only=True, map_location="cpu"',
    ),
    "narrow_cuda_except": ("except (AssertionError, RuntimeError):", "except AssertionError as error:"),
    "nccl_only": ('backend="nccl" if torch.cuda.is_available()', 'backend="nccl" if dist.is_nccl_available()'),
    "negative_device_index": ("start.to(x.device)", "start.cuda(x.device)"),
    "numpy_without_cpu": ("np.max(audio.cpu().numpy())", "np.max(audio.clone().numpy())"),
    "phantom_device_api": ('device="cuda:1"', 'device="cuda"'),
    "pin_without_accelerator": ("pin_memory=torch.cuda.is_available()", "pin_memory=False"),
    "tensor_without_device": ("size, size, device=scores.device", "size, size, device=device"),
    "uncalled_availability": ("while use_gpu() == True", "while use_gpu"),
    "unchecked_accelerator": (
        "return (torch.accelerator.current_accelerator() if",
        "return (torch.accelerator.current_accelerator() if not",
    ),
    "unconditional_half": (
        'self.model.half() if str(self.device) != "cpu" else', "self.model.half() if torch.cuda.is_available() else",
    ),
    "unregistered_module": ("nn.ModuleList(cells)", "tuple(cells)"),
    "unregistered_tensor": ("positional_encoding(512, width), persistent=False", "positional_encoding(512, width)"),
    "unguarded_cuda_call": ('if str(device).startswith("cuda"):', 'if device == "cuda":'),
    "unsynchronized_host_copy": ('.to("cpu").item()', '.to("cpu", non_blocking=True).clone().item()'),
    "wrong_device_generator": (".to(device).shape", ".to(generator.device).normal_(generator=generator).cuda().shape"),
}  # fmt: skip


def repairing() -> list[Path]:
    return [folder for folder in rule_folders("devlint_rules") if (folder / "examples" / "fixed.py").exists()]


def test_every_rule_with_a_fix_has_a_wrong_one() -> None:
    assert {folder.name for folder in repairing()} == set(WRONG)


@pytest.mark.parametrize("folder", repairing(), ids=lambda folder: folder.name)
def test_a_wrong_fix_is_refuted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = WRONG[folder.name]
    rule = testing._load(folder)
    bad, fixed = testing._example(rule, "bad"), testing._example(rule, "fixed")
    assert fixed.text.count(right) == 1
    mistaken = fixed.with_text(fixed.text.replace(right, wrong))
    monkeypatch.setattr(testing, "_example", lambda rule, name: mistaken)
    with pytest.raises(AssertionError, match=r"scenario\.py: \w+: world `[\w-]+`: fixed\.py (gives|raises) "):
        testing._check_scenario(bad, testing._findings(bad, rule), rule)


def test_every_rule_has_a_scenario() -> None:
    checked = [folder for folder in rule_folders("devlint_rules") if (folder / "rule.py").exists()]
    assert [folder.name for folder in checked if not (folder / "scenario.py").exists()] == []
