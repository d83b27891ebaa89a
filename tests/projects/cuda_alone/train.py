import argparse

import torch
from net import Net

parser = argparse.ArgumentParser()
parser.add_argument("--gpu", type=int, default=0)
parser.add_argument("--gpu-ids", default="0")
# nothing reads it
parser.add_argument("--cpu", action="store_true")


def main():
    args = parser.parse_args()
    assert torch.cuda.is_available(), "training needs a GPU"
    torch.cuda.set_device(args.gpu)
    net = Net().cuda()
    if torch.cuda.device_count() > 1:
        net = torch.nn.DataParallel(net, [int(gpu) for gpu in args.gpu_ids.split(",")])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        net(torch.rand(4, 8).cuda()).sum().backward()
        optimizer.step()
    torch.save(net.state_dict(), "net.pth")


if __name__ == "__main__":
    main()
