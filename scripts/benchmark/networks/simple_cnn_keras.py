"""src/models/simple-cnn.ts in Keras."""

import keras
from keras import layers

from networks.convolution_blocks_keras import Blocks, head


def build(task: dict) -> keras.Model:
    usual = {"channels": [32, 64, 64], "convolutions": [1, 2, 3], "stemStride": 2, "headUnits": 128}
    options = usual | task["options"]
    shape = task["shape"]
    blocks = Blocks()
    inputs = keras.Input((shape["frames"], shape["bands"], 1))
    x = blocks.normalise_and_rectify(blocks.convolution(inputs, options["channels"][0], 5, options["stemStride"]))
    for stage, filters in enumerate(options["channels"]):
        if stage > 0:
            x = layers.MaxPooling2D(2, padding="same")(x)
        for _ in range(options["convolutions"][stage]):
            x = blocks.normalise_and_rectify(blocks.convolution(x, filters, 3, 1))
    return keras.Model(inputs, head(x, options["headUnits"], shape["classes"]))
