"""Options of all processes: half precision is taken back where the device falls back to the CPU."""

import os

import torch

wants_half = os.environ.get("is_half", "True")
is_half = True if wants_half.lower() == "true" else False

if torch.cuda.is_available():
    infer_device = "cuda"
else:
    infer_device = "cpu"

if infer_device == "cpu":
    is_half = False
