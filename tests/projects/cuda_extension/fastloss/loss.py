"""The loss, computed by the extension: cannot be imported where that was not compiled."""

import torch

import fastloss_kernel


def margin(size):
    return torch.cuda.FloatTensor(size).fill_(0.1)


def loss(logits, labels):
    return fastloss_kernel.forward(logits.cuda(), labels, margin(len(labels)))
