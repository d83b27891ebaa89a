"""Paints with the backend of the user's choice; OpenVINO takes tensors of the CPU."""

import argparse

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--use-openvino", action="store_true")
options = parser.parse_args()

if options.use_openvino:
    backend = "openvino"
elif torch.cuda.is_available():
    backend = "cuda"
else:
    backend = "cpu"


def optimal_device():
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available() and backend != "openvino":
        return torch.device("mps")
    return torch.device("cpu")


device = optimal_device()
model = torch.nn.Linear(4, 4).to(device)
print(model(torch.ones(1, 4, device=device)).device)
