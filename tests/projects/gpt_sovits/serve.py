"""A server that takes both options from one place."""

from config_fixed import infer_device, is_half
from model import Encoder

encoder = Encoder()
if is_half:
    encoder = encoder.half()
encoder = encoder.to(infer_device)
