# of another program, which imports nothing of the others and looks what there is
import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
weights = torch.load("other.pth")  # expect: DEV207 cpu
print({name: value.to(device) for name, value in weights.items()})
