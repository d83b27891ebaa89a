import torch
from net import Net

net = Net()
net.load_state_dict(torch.load("net.pth"))  # same-cause: DEV401
net.cuda()  # expect: DEV401 cpu
print(net(torch.rand(4, 8).cuda()))  # same-cause: DEV401
print(torch.cuda.current_device())  # same-cause: DEV401
