"""Results that any machine can read."""

import pickle

import numpy as np
import torch
from torch import nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def keep(scores, file):
    # copied to the host
    pickle.dump({"scores": scores.to(device).cpu()}, file)


def keep_array(scores, file):
    # an array is on the host
    pickle.dump(scores.to(device).cpu().numpy(), file)


def keep_numbers(scores, file):
    # numbers and names
    pickle.dump([scores.to(device).mean().item(), np.float32(1), "mean"], file)


def keep_model(path):
    # who loads it says where: map_location
    torch.save(nn.Linear(1, 1).to(device).state_dict(), path)


def keep_any(result, file):
    # nobody says what it is
    pickle.dump(result, file)


def send(scores):
    # for a process of the same machine
    return pickle.dumps(scores.to(device))
