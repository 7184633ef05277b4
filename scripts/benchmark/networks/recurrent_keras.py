"""src/models/lstm.ts in Keras, without dropout; the benchmark's clips fill their row, so no frame is masked."""

import keras
from keras import layers, ops


def build(task: dict) -> keras.Model:
    options = task["options"]
    assert options["dropout"] == 0, "dropout draws other numbers on every side: compare without"
    shape = task["shape"]
    inputs = keras.Input((shape["frames"], shape["bands"]))
    x = inputs
    for i, width in enumerate(options["units"]):
        x = layers.Bidirectional(layers.LSTM(width, return_sequences=True), name=f"lstm_{i + 1}")(x)
    x = layers.Activation("linear", dtype="float32")(x)  # pooling and head in float32, as ours
    scores = layers.Dense(1, use_bias=False, name="pooling", dtype="float32")(x)
    weights = layers.Softmax(axis=1, dtype="float32")(scores)  # [batch, frames, 1]
    mean = ops.mean(x, 1)
    deviation = ops.sqrt(ops.mean(ops.square(x - ops.expand_dims(mean, 1)), 1) + 1e-5)
    pooled = layers.Concatenate(dtype="float32")([mean, deviation, ops.sum(weights * x, 1)])
    y = layers.Dense(options["headUnits"], "relu", name="head", dtype="float32")(pooled)
    return keras.Model(inputs, layers.Dense(shape["classes"], name="logits", dtype="float32")(y))
