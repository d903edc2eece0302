"""HED-UNet written down once more: slow, in float64, in numpy alone, straight from the paper.

Fed with the tensors of a network by name. Nothing here is shared with the package: every operation
is spelled out over its taps, so that a mistake there cannot hide here.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]  # features have shape (N, C, H, W)
State = dict[str, Array]

LEVELS = 6
TASKS = 2
EPSILON = 1e-5  # of batch normalisation


def forward(state: State, tiles: Array, *, merging: str, alignment: str) -> Array:
    """Merged logits (N, 2, H, W)."""
    heads = heads_by_level(state, tiles)
    height, width = tiles.shape[2:]
    full = [enlarge(head, height, width, alignment) for head in heads]
    predictions = np.stack([head[:, :TASKS] for head in full])  # (level, N, task, H, W)
    queries = np.stack([head[:, TASKS:] for head in full])
    if merging == "none":
        return np.asarray(predictions[0])
    if merging == "learned":
        weights, bias = state["learned.weight"], state["learned.bias"]
        merged = np.einsum("lt,lnthw->nthw", weights, predictions)
        return np.asarray(merged + bias[None, :, None, None])
    exponentials = np.exp(queries - queries.max(axis=0))
    return np.asarray((predictions * exponentials / exponentials.sum(axis=0)).sum(axis=0))


def heads_by_level(state: State, tiles: Array) -> list[Array]:
    """Two predictions and two queries for each pixel of each level, finest first."""
    return [
        convolve(features, state[f"heads.{level}.weight"], state[f"heads.{level}.bias"])
        for level, features in enumerate(features_by_level(state, tiles))
    ]


def features_by_level(state: State, tiles: Array) -> list[Array]:
    down = [convolve(tiles, state["init.weight"], state["init.bias"])]
    for level in range(LEVELS - 1):
        name = f"down.{level}"
        halved = convolve(down[level], state[f"{name}.reduce.weight"], stride=2)
        halved = relu(normalise(state, f"{name}.norm", halved))
        down.append(excite(state, name, double_convolution(state, name, halved)))
    levels = [down[-1]]
    for level in reversed(range(LEVELS - 1)):
        name = f"up.{level}"
        doubled = transposed_convolve(levels[0], state[f"{name}.expand.weight"])
        doubled = relu(normalise(state, f"{name}.norm", doubled))
        joined = np.concatenate([doubled, down[level]], axis=1)
        levels.insert(0, excite(state, name, double_convolution(state, name, joined)))
    return levels


def double_convolution(state: State, name: str, features: Array) -> Array:
    for convolution, norm in ((0, 1), (3, 4)):
        padded = replicate_border(features)
        convolved = convolve(padded, state[f"{name}.convolve.{convolution}.weight"])
        features = relu(normalise(state, f"{name}.convolve.{norm}", convolved))
    return features


def convolve(
    features: Array, kernel: Array, bias: Array | None = None, *, stride: int = 1
) -> Array:
    """Without padding: out[o, i, j] = sum of kernel[o, c, y, x] features[c, s i + y, s j + x]."""
    count, _, height, width = features.shape
    outgoing, _, tall, wide = kernel.shape
    rows, columns = (height - tall) // stride + 1, (width - wide) // stride + 1
    out = np.zeros((count, outgoing, rows, columns))
    for y in range(tall):
        for x in range(wide):
            seen = features[
                :, :, y : y + stride * (rows - 1) + 1 : stride,
                x : x + stride * (columns - 1) + 1 : stride,
            ]  # fmt: skip
            out += np.einsum("oc,ncij->noij", kernel[:, :, y, x], seen)
    return out if bias is None else out + bias[None, :, None, None]


def transposed_convolve(features: Array, kernel: Array) -> Array:
    """Each pixel becomes 2 x 2: out[o, 2 i + y, 2 j + x] = sum of kernel[c, o, y, x] f[c, i, j]."""
    count, _, height, width = features.shape
    out = np.zeros((count, kernel.shape[1], 2 * height, 2 * width))
    for y in range(2):
        for x in range(2):
            out[:, :, y::2, x::2] = np.einsum("co,ncij->noij", kernel[:, :, y, x], features)
    return out


def replicate_border(features: Array) -> Array:
    """One pixel more on every side, a copy of the outermost one."""
    rows = [0, *range(features.shape[2]), features.shape[2] - 1]
    columns = [0, *range(features.shape[3]), features.shape[3] - 1]
    return features[:, :, rows][:, :, :, columns]


def normalise(state: State, name: str, features: Array) -> Array:
    """Batch normalisation by the statistics that training left."""
    per_channel = {
        part: state[f"{name}.{part}"][None, :, None, None]
        for part in ("running_mean", "running_var", "weight", "bias")
    }
    centred = features - per_channel["running_mean"]
    deviation = np.sqrt(per_channel["running_var"] + EPSILON)
    return np.asarray(centred / deviation * per_channel["weight"] + per_channel["bias"])


def relu(features: Array) -> Array:
    return np.maximum(features, 0.0)


def excite(state: State, name: str, features: Array) -> Array:
    """Squeeze-excitation, where the network has it."""
    if f"{name}.excite.squeeze.weight" not in state:
        return features
    mean = features.mean(axis=(2, 3), keepdims=True)
    narrow = relu(_linear(state, f"{name}.excite.squeeze", mean))
    wide = _linear(state, f"{name}.excite.excite", narrow)
    return np.asarray(features / (1.0 + np.exp(-wide)))


def enlarge(features: Array, height: int, width: int, alignment: str) -> Array:
    """Bilinear, pixel by pixel."""
    out = np.zeros((*features.shape[:2], height, width))
    for i in range(height):
        top, bottom, down = neighbours(i, features.shape[2], height, alignment)
        for j in range(width):
            left, right, across = neighbours(j, features.shape[3], width, alignment)
            upper = (1 - across) * features[:, :, top, left] + across * features[:, :, top, right]
            lower = (1 - across) * features[:, :, bottom, left] + (
                across * features[:, :, bottom, right]
            )
            out[:, :, i, j] = (1 - down) * upper + down * lower
    return out


def neighbours(
    fine: int, coarse_size: int, fine_size: int, alignment: str
) -> tuple[int, int, float]:
    """The two coarse pixels around a fine one, and the weight of the second."""
    if alignment == "corners":
        position = fine * (coarse_size - 1) / (fine_size - 1)
    else:
        position = max((fine + 0.5) * coarse_size / fine_size - 0.5, 0.0)
    first = min(math.floor(position), coarse_size - 1)
    return first, min(first + 1, coarse_size - 1), position - first


def _linear(state: State, name: str, features: Array) -> Array:
    return convolve(features, state[f"{name}.weight"], state[f"{name}.bias"])
