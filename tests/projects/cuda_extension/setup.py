from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CUDAExtension

setup(
    name="fastloss",
    packages=["fastloss"],
    ext_modules=[CUDAExtension(name="fastloss_kernel", sources=["loss.cpp", "loss_kernel.cu"])],
    cmdclass={"build_ext": BuildExtension},
)
