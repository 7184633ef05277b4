"""src/models/resnet.ts in Keras, layer by layer with the same names."""

from collections import Counter

import keras
from keras import layers


def build(task: dict) -> keras.Model:
    options = task["options"]
    shape = task["shape"]
    counts: Counter[str] = Counter()

    def name(kind: str) -> str:
        counts[kind] += 1
        return f"{kind}_{counts[kind]}"

    def convolution(x, filters: int, size: int, stride: int):
        return layers.Conv2D(filters, size, stride, "same", use_bias=False, name=name("convolution"))(x)

    def normalise(x):
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-3, name=name("norm"))(x)

    def block(x, filters: int, stride: int):
        y = layers.ReLU()(normalise(convolution(x, filters, 3, stride)))
        y = normalise(convolution(y, filters, 3, 1))
        plain = stride == 1 and x.shape[-1] == filters
        shortcut = x if plain else normalise(convolution(x, filters, 1, stride))
        return layers.ReLU()(layers.Add()([y, shortcut]))

    inputs = keras.Input((shape["frames"], shape["bands"], 1))
    x = layers.ReLU()(normalise(convolution(inputs, options["channels"][0], 3, options["stemStride"])))
    for stage, filters in enumerate(options["channels"]):
        for index in range(options["blocks"][stage]):
            x = block(x, filters, 2 if stage > 0 and index == 0 else 1)
    x = keras.ops.mean(x, 2)  # [batch, frames, channels]
    x = layers.Activation("linear", dtype="float32")(x)  # pooling and head in float32, as ours
    weights = layers.Softmax(axis=1, dtype="float32")(
        layers.Dense(1, use_bias=False, name="pooling", dtype="float32")(x)
    )
    pooled = layers.Concatenate(dtype="float32")([keras.ops.mean(x, 1), keras.ops.sum(weights * x, 1)])
    y = layers.Dense(options["headUnits"], "relu", name="head", dtype="float32")(pooled)
    return keras.Model(inputs, layers.Dense(shape["classes"], name="logits", dtype="float32")(y))
