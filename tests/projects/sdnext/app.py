"""The application: a model on the device of its choice."""

import torch

from modules import devices


def main():
    devices.start()
    model = torch.nn.Linear(4, 4).to(devices.device)
    print(model(torch.ones(1, 4, device=devices.device)).tolist())


if __name__ == "__main__":
    main()
