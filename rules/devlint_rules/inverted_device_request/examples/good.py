"""Requests that are the right way round, and conditions that are about something else."""

import torch


def build(**kwargs):
    device = kwargs.get("device", "cuda")
    # the repaired form: only an explicit 0 asks for the CPU
    if not torch.cuda.is_available() or kwargs.get("ngpu", 1) == 0:
        device = "cpu"
    return device


def negated(use_gpu=True):
    # asks for the CPU when the GPU is not wanted
    if not torch.cuda.is_available() or not use_gpu:
        return "cpu"
    return "cuda"


def by_device(device):
    # the request is a device, and it is the CPU that is asked for
    if not torch.cuda.is_available() or device == "cpu":
        return "cpu"
    return device


def no_cuda(args):
    # a negative word in a negative place
    return torch.device("cuda" if torch.cuda.is_available() and not args.no_cuda else "cpu")


def forced(force_cpu=False):
    # a positive word for the CPU
    if not torch.cuda.is_available() or force_cpu:
        device = "cpu"
    else:
        device = "cuda"
    return device


def parallel(model, n_gpu):
    # no device is selected here
    if torch.cuda.is_available() and n_gpu > 1:
        model = torch.nn.DataParallel(model)
    return model


def threads(**kwargs):
    # a number of threads is no request for a device
    if kwargs.get("ncpu", None):
        torch.set_num_threads(kwargs.get("ncpu"))


def quiet(device, verbose):
    # joined with something that is no request
    if not torch.cuda.is_available() or verbose:
        device = "cpu"
    return device
