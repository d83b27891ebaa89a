"""Options of all processes: half precision is chosen before the device, which falls back to the CPU."""

import os

import torch

is_half_str = os.environ.get("is_half", "True")  # expect: DEV302 cpu
is_half = True if is_half_str.lower() == "true" else False

if torch.cuda.is_available():
    infer_device = "cuda"
else:
    infer_device = "cpu"
