"""Wrappers that name GPUs for modules that are on one."""

import torch
from torch import nn
from torch.nn import DataParallel
from torch.nn.parallel import DistributedDataParallel as DDP


def chosen(rank, device):
    model = nn.Linear(2, 2).to(device)
    # nothing is named on the CPU
    return DDP(model, device_ids=[rank] if device.type == "cuda" else None)


def guarded(rank, device):
    model = nn.Linear(2, 2).to(device)
    if torch.cuda.is_available() and device.type == "cuda":
        return DDP(model, device_ids=[rank])
    return DDP(model)


def on_gpu(rank):
    # the module is put there first: that is what fails without one
    model = nn.Linear(2, 2).cuda(rank)
    return DDP(model, device_ids=[rank])


def copied(device):
    model = nn.Linear(2, 2).to(device)
    # of the other kind, which leaves a module on the CPU alone
    return DataParallel(model, device_ids=[0])


def given(model, ids):
    # it is not known what these are
    return DDP(model, device_ids=ids)


def unknown(model, rank):
    # it is not known where the module is
    return DDP(model, device_ids=[rank])


def asked(options):
    model = nn.Linear(2, 2).to(options.device)
    # who names a GPU has one
    return DDP(model, device_ids=[options.gpu])


def handled(rank, device):
    model = nn.Linear(2, 2).to(device)
    try:
        return DDP(model, device_ids=[rank])
    except ValueError:
        return DDP(model)
