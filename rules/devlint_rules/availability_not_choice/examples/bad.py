"""A search that computes where it likes."""

import torch
from torch import nn


def encode(model, tokens, device):
    model = model.to(device)
    if torch.cuda.is_available():
        tokens = tokens.cuda()  # expect: cuda-cpu-requested
    return model(tokens)


class Search:
    def __init__(self, device):
        self.device = device
        self.model = nn.Linear(8, 8).to(device)

    def __call__(self, query):
        query = torch.as_tensor(query)
        if torch.cuda.is_available():
            query = query.to("cuda")  # expect: cuda-cpu-requested
        return self.model(query)


def scores(found, device):
    chosen = "cuda" if torch.cuda.is_available() else "cpu"  # expect: cuda-cpu-requested
    return torch.zeros(len(found), device=device), torch.tensor(found).to(chosen)
