"""Variables that are set in time, or are set for nobody here."""

import os

import torch

os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"


def first(gpu):
    # torch is imported, and CUDA is not initialised
    os.environ["CUDA_VISIBLE_DEVICES"] = gpu
    return torch.cuda.is_available()


def lazy(seed, gpu):
    # seeding waits until CUDA is initialised
    torch.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)
    os.environ["CUDA_VISIBLE_DEVICES"] = gpu


def maybe(gpu, verbose):
    if verbose:
        print(torch.cuda.get_device_name())
    os.environ["CUDA_VISIBLE_DEVICES"] = gpu


def handed_on(gpu):
    # a copy for somebody else
    torch.cuda.init()
    environment = dict(os.environ)
    environment["CUDA_VISIBLE_DEVICES"] = gpu
    return environment


def later(gpu):
    # nothing is called yet
    probe = torch.cuda.is_available
    os.environ["CUDA_VISIBLE_DEVICES"] = gpu
    return probe()


def others(level):
    torch.cuda.init()
    os.environ["LOG_LEVEL"] = level
