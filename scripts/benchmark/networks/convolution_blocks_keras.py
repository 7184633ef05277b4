"""What the convolutional twins in Keras share, layer by layer with our names."""

from collections import Counter

import keras
from keras import layers


class Blocks:
    """The layers of one network, counted from 1 by kind."""

    def __init__(self):
        self.counts: Counter[str] = Counter()

    def name(self, kind: str) -> str:
        self.counts[kind] += 1
        return f"{kind}_{self.counts[kind]}"

    def convolution(self, x, filters: int, size: int, stride: int):
        return layers.Conv2D(filters, size, stride, "same", use_bias=False, name=self.name("convolution"))(x)

    def normalise_and_rectify(self, x):
        return layers.ReLU()(
            layers.BatchNormalization(momentum=0.9, epsilon=1e-3, name=self.name("norm_rectifier"))(x)
        )


def head(x, units: int, classes: int):
    """[batch, frames, bands, channels] to logits; in float32, as ours."""
    x = layers.Activation("linear", dtype="float32")(keras.ops.mean(x, 2))  # [batch, frames, channels]
    scores = layers.Dense(1, use_bias=False, name="pooling", dtype="float32")(x)
    weights = layers.Softmax(axis=1, dtype="float32")(scores)
    pooled = layers.Concatenate(dtype="float32")([keras.ops.mean(x, 1), keras.ops.sum(weights * x, 1)])
    y = layers.Dense(units, "relu", name="head", dtype="float32")(pooled)
    return layers.Dense(classes, name="logits", dtype="float32")(y)
