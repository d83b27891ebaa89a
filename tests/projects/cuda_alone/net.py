import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 2)

    def forward(self, x):
        noise = torch.randn(x.shape).cuda()  # same-cause: DEV401
        return self.layer(x + noise)
