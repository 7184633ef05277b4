"""src/models/transformer.ts and src/models/whisper.ts in Keras; the benchmark's clips fill their row: no frame is masked.

Attention is written in Keras' operations on one dense layer for queries, keys and values, so that the weights are ours.
"""

import keras
import numpy as np
from keras import layers, ops

WHISPER_HEADS = {"base": 8, "tiny.en": 6}


def block(x, heads: int, hidden_units: int):
    frames, channels = x.shape[1:]
    size = channels // heads
    qkv = layers.Dense(3 * channels)(layers.LayerNormalization(epsilon=1e-5)(x))
    q, k, v = ops.unstack(ops.transpose(ops.reshape(qkv, (-1, frames, 3, heads, size)), (2, 0, 3, 1, 4)), 3)
    scores = ops.softmax(ops.matmul(q * size**-0.5, ops.transpose(k, (0, 1, 3, 2))))
    attended = ops.reshape(ops.transpose(ops.matmul(scores, v), (0, 2, 1, 3)), (-1, frames, channels))
    x = x + layers.Dense(channels)(attended)
    hidden = layers.Dense(hidden_units)(layers.LayerNormalization(epsilon=1e-5)(x))
    return x + layers.Dense(channels)(ops.gelu(hidden, approximate=False))


class LayerMix(layers.Layer):
    def build(self, shapes):
        self.shares = self.add_weight(shape=(len(shapes),), initializer="zeros", name="shares")

    def call(self, inputs):
        shares = ops.softmax(self.shares)
        return sum(shares[i] * x for i, x in enumerate(inputs))


def pooled(x):
    return pool(layers.LayerNormalization(epsilon=1e-5, dtype="float32")(x))


def pool(x):
    """Mean, deviation and attention over frames, in float32 as ours."""
    weights = layers.Softmax(axis=1, dtype="float32")(layers.Dense(1, use_bias=False, dtype="float32")(x))
    mean = ops.mean(x, 1)
    deviation = ops.sqrt(ops.mean(ops.square(x - ops.expand_dims(mean, 1)), 1) + 1e-5)
    return layers.Concatenate(dtype="float32")([mean, deviation, ops.sum(weights * x, 1)])


def build(task: dict) -> keras.Model:
    shape, options = task["shape"], task["options"]
    inputs = keras.Input((shape["frames"], shape["bands"]))
    if task["model"] == "transformer":
        options = {"channels": 128, "heads": 4, "blocks": 2, "hiddenUnits": 256} | options
        x = layers.Conv1D(options["channels"], 5, 2, "same")(inputs)
        x = ops.gelu(x, approximate=False)
        frames, half = x.shape[1], options["channels"] // 2
        angles = np.arange(frames)[:, None] * np.exp(-np.log(10_000) / (half - 1) * np.arange(half))
        x = x + ops.cast(np.concatenate([np.sin(angles), np.cos(angles)], 1), x.dtype)
        for _ in range(options["blocks"]):
            x = block(x, options["heads"], options["hiddenUnits"])
        y = pooled(x)
    else:
        options = {"size": "base", "tunedBlocks": 3, "headUnits": 256} | options
        outputs = [inputs]
        for _ in range(options["tunedBlocks"]):
            outputs.append(block(outputs[-1], WHISPER_HEADS[options["size"]], 4 * shape["bands"]))
        y = layers.Dense(options["headUnits"], "relu", dtype="float32")(pooled(LayerMix(dtype="float32")(outputs)))
    return keras.Model(inputs, layers.Dense(shape["classes"], dtype="float32")(y))
