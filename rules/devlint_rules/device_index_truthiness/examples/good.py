"""Values that are no index, or that are tested rightly."""

import torch


def compared(gpu_id=None):
    if gpu_id is not None:
        return torch.device(f"cuda:{gpu_id}")
    return torch.device("cpu")


def flag(model, gpu: bool = False):
    # a flag
    return model.cuda() if gpu else model


def flag_by_default(model, gpu=False):
    # 0 and False mean the same here
    return model.cuda(gpu) if gpu else model


def count(model, n_gpu=None):
    # a number of devices: none is none
    if n_gpu:
        model = torch.nn.DataParallel(model, device_ids=list(range(n_gpu)))
    return model


def text(gpu_id: "str | None" = None):
    # "0" is true
    if gpu_id:
        return torch.device(f"cuda:{gpu_id}")
    return torch.device("cpu")


def sentinel(model, gpu_id=-1):
    # absence is -1
    return model.cuda(gpu_id) if gpu_id >= 0 else model


def unused(model, gpu_id=None):
    # the index names nothing here
    if gpu_id:
        print("a GPU was given")
    return model


def first(device):
    # both name the first device
    return torch.device(device).index or 0


def rebound(gpu_id=None):
    # not the parameter any more
    gpu_id = str(gpu_id or "")
    if gpu_id:
        return torch.device(f"cuda:{gpu_id}")
    return torch.device("cpu")


def current(model, gpu_id=None):
    # the first device is the current one anyway
    if gpu_id:
        torch.cuda.set_device(gpu_id)
    return model.cuda()
