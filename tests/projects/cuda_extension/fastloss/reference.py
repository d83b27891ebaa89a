"""The loss in plain torch, for machines without the extension."""

import torch


def loss(logits, labels):
    log_probabilities = torch.log_softmax(logits, dim=-1)
    return -log_probabilities[torch.arange(len(labels)), labels.cuda()]  # expect: DEV401 cpu
