"""A device written down behind a guard of the only caller, and used where there is none."""

import torch


class Trainer:
    def __init__(self, device: torch.device, model: torch.nn.Module):
        self.device = device
        self.model = model

    def fit(self, world_size: int):
        if world_size > 1:
            self._join()
        self._prepare()

    def _join(self):
        self.device = torch.device("cuda")

    def _prepare(self):
        self.model = self.model.to(self.device)
