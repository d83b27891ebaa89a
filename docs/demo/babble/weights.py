"""Where networks come from."""

import torch

from babble.vocoder import Vocoder


def load_vocoder(path, device: torch.device):
    """A vocoder that is ready to speak."""
    model = Vocoder()
    model.load_state_dict(torch.load(path, weights_only=True))
    model.to(device)
    model.half()  # twice as fast
    return model.eval()
