"""src/models/densenet.ts in Keras."""

import keras
from keras import layers

from networks.convolution_blocks_keras import Blocks, head


def build(task: dict) -> keras.Model:
    usual = {"stemChannels": 32, "growth": 24, "layers": [6, 12], "bottleneck": 4, "compression": 0.5, "headUnits": 128}
    options = usual | task["options"]
    shape = task["shape"]
    blocks = Blocks()
    inputs = keras.Input((shape["frames"], shape["bands"], 1))
    x = blocks.normalise_and_rectify(blocks.convolution(inputs, options["stemChannels"], 7, 2))
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for block, count in enumerate(options["layers"]):
        if block > 0:
            kept = int(options["compression"] * x.shape[-1])
            x = blocks.convolution(blocks.normalise_and_rectify(x), kept, 1, 1)
            x = layers.AveragePooling2D(2, padding="same")(x)
        for _ in range(count):
            width = options["bottleneck"] * options["growth"]
            narrow = blocks.convolution(blocks.normalise_and_rectify(x), width, 1, 1)
            added = blocks.convolution(blocks.normalise_and_rectify(narrow), options["growth"], 3, 1)
            x = layers.Concatenate()([x, added])
    return keras.Model(inputs, head(blocks.normalise_and_rectify(x), options["headUnits"], shape["classes"]))
