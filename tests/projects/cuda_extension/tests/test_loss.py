import unittest

import torch

SKIPPED = None
try:
    from fastloss.loss import loss
except ImportError as error:
    SKIPPED = error

try:
    import apex_fused_cuda

    FUSED = True
except ImportError:
    FUSED = False


@unittest.skipIf(SKIPPED, f"{SKIPPED}")
class LossTest(unittest.TestCase):
    def compare(self, size, device="cuda"):
        labels = torch.zeros(size, dtype=torch.long, device="cuda")
        return loss(torch.rand(size, 4, device=device), labels)

    def test_small(self):
        self.compare(2)

    def test_large(self):
        self.compare(size=2048)


@unittest.skipIf(not FUSED, "needs the fused kernels")
class FusedTest(unittest.TestCase):
    def test_norm(self):
        apex_fused_cuda.norm(torch.rand(4, device="cuda"))


class ReferenceTest(unittest.TestCase):
    def test_small(self):
        from fastloss.reference import loss

        loss(torch.rand(2, 4), torch.zeros(2, dtype=torch.long).cuda())  # expect: DEV401 cpu
