"""Results that are kept for another machine."""

import pickle

import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def keep(scores, path, device):
    scores = scores.to(device)
    with open(path, "wb") as file:
        pickle.dump({"scores": scores, "count": len(scores)}, file)  # expect: cuda, cuda-requested, cuda-x2


def keep_model(path):
    model = nn.Linear(1, 1).to(device)
    with open(path, "wb") as file:
        pickle.dump(model, file)  # expect: cuda, cuda-requested, cuda-cpu-requested, cuda-x2
