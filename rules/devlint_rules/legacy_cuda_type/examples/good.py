"""Types of CUDA's that nobody needs CUDA for."""

from typing import Union

import torch

HALVES = (torch.HalfTensor, torch.cuda.HalfTensor)
FloatTensor = torch.cuda.FloatTensor if torch.cuda.is_available() else torch.FloatTensor


def is_half(x: Union[torch.Tensor, torch.cuda.FloatTensor]):
    # compared, not used
    return isinstance(x, torch.cuda.HalfTensor) or x.type() in HALVES or x.type() == "torch.cuda.HalfTensor"


def chosen(size):
    # by what there is
    return FloatTensor(size)


def guarded(size):
    if torch.cuda.is_available():
        return torch.cuda.FloatTensor(size)
    return torch.FloatTensor(size)


def beside(x):
    # where its operand is
    make = torch.FloatTensor
    if x.is_cuda:
        make = torch.cuda.FloatTensor
        return torch.cuda.LongTensor([0]), make(2)
    return torch.LongTensor([0]), make(2)


def asked(size, use_cuda):
    # an option of the user
    return torch.cuda.FloatTensor(size) if use_cuda else torch.FloatTensor(size)


def followed(x, like):
    # the type of another tensor
    return x.type(like.type())


def handled(size):
    try:
        return torch.cuda.FloatTensor(size)
    except (TypeError, RuntimeError):
        return torch.FloatTensor(size)


class Batch:
    def cuda(self):
        # whoever calls this asks for it
        return torch.cuda.LongTensor([1])
