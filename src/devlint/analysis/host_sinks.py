"""Functions of host libraries that turn what they are given into an array: where a tensor of an accelerator fails.

Measured with numpy 2.4, scipy 1.16, pandas 2.3 and matplotlib 3.10 on tensors of the `meta` device, whose conversion
fails with the same error: functions that fail there and work on a tensor of the CPU. What is left out fails on every
device (`PIL.Image.fromarray`, `cv2`, `np.sum` of one tensor), or takes tensors as they are (`save_image`, tensorboard).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sink:
    """``positions`` of the arguments that are converted (None: all); ``tensors`` says whether a single tensor is, or
    only one in a list; ``lists`` whether one in a list is."""

    positions: frozenset[int] | None = frozenset({0})
    tensors: bool = True
    lists: bool = True
    error: str = "TypeError"

    def takes(self, position: int) -> bool:
        return self.positions is None or position in self.positions


_FIRST = Sink()
_ALL = Sink(None)
#: numpy hands a single tensor to the tensor's own method, which either works everywhere or nowhere
_LISTS = Sink(tensors=False)


def _of(package: str, names: str, sink: Sink) -> dict[str, Sink]:
    return {f"{package}.{name}": sink for name in names.split()}


_SINKS: Final = {
    **_of(
        "numpy",
        "abs absolute angle argmax argmin argpartition argsort array around asanyarray asarray ascontiguousarray "
        "asfortranarray atleast_1d atleast_2d atleast_3d average bincount cbrt ceil clip column_stack conj copy cos "
        "cosh count_nonzero cumprod cumsum deg2rad degrees diag diagonal diff digitize dstack ediff1d empty_like exp "
        "exp2 expand_dims expm1 fabs fix flatnonzero flip fliplr flipud float16 float32 float64 floor frexp gradient "
        "histogram histogram2d hstack int16 int32 int64 int8 uint8 uint16 invert isfinite isinf isnan log log10 log1p "
        "log2 logical_not median nan_to_num nanargmax nanargmin nancumsum nanmax nanmean nanmedian nanmin "
        "nanpercentile nanquantile nanstd nansum nanvar negative ones_like pad percentile ptp quantile rad2deg "
        "radians ravel reciprocal repeat reshape resize rint roll rot90 round sign sin sinc sinh sort sqrt square "
        "stack take tan tanh tile trace transpose tril triu trunc unique unwrap vstack zeros_like",
        _FIRST,
    ),
    **_of(
        "numpy",
        "add allclose append arctan arctan2 arcsin arccos convolve corrcoef correlate cov cross divide dot equal "
        "floor_divide fmax fmin greater greater_equal hypot inner interp isclose isin kron less less_equal logical_and "
        "logical_or logical_xor matmul maximum minimum mod multiply not_equal outer polyfit polyval power remainder "
        "searchsorted subtract tensordot true_divide vdot where",
        _ALL,
    ),
    **_of("numpy", "sum mean max min amax amin prod any all std var nonzero concatenate squeeze", _LISTS),
    **_of("numpy.linalg", "norm det eig eigh eigvals eigvalsh inv pinv qr svd solve lstsq matrix_rank cholesky", _ALL),
    **_of("numpy.fft", "fft fft2 fftn ifft ifft2 irfft rfft fftshift", _FIRST),
    **_of("numpy.random", "choice permutation", _FIRST),
    **_of("numpy", "save savetxt", Sink(frozenset({1}))),
    **_of(
        "matplotlib.pyplot",
        "plot scatter bar barh hist imshow matshow boxplot violinplot pcolormesh contour contourf fill_between "
        "errorbar semilogx semilogy loglog stem step stackplot quiver",
        _ALL,
    ),
    **_of("scipy.spatial.distance", "cdist pdist cosine euclidean squareform", _ALL),
    "scipy.optimize.linear_sum_assignment": _FIRST,
    **_of("pandas", "Series DataFrame", Sink(lists=False)),
    "soundfile.write": Sink(frozenset({1})),
    **_of("librosa", "power_to_db amplitude_to_db db_to_power db_to_amplitude", _FIRST),
    **_of("seaborn", "heatmap kdeplot histplot", _FIRST),
    **_of("imageio", "imwrite imsave mimsave mimwrite", Sink(frozenset({1}))),
    **_of("imageio.v2", "imwrite imsave mimsave mimwrite", Sink(frozenset({1}))),
    "torchaudio.save": Sink(frozenset({1}), lists=False, error="RuntimeError"),
}
#: packages of which every function converts its operands
_PACKAGES: Final = (
    "scipy.signal.", "scipy.stats.", "scipy.ndimage.", "scipy.special.", "scipy.linalg.", "scipy.interpolate.",
    "scipy.fft.", "sklearn.metrics.", "sklearn.preprocessing.", "skimage.metrics.", "skimage.measure.",
)  # fmt: skip


def sink(name: str) -> Sink | None:
    """How a library function takes its arguments to the host; None for one that does not."""
    found = _SINKS.get(name)
    if found is None and name.startswith(_PACKAGES) and name.rpartition(".")[2].islower():
        return _ALL
    return found
