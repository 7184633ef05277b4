"""src/models/simple-cnn-audio.ts and src/models/wav2vec2.ts in Keras; the benchmark's clips fill their row: no frame is
masked. A height of 1 makes convolutions one-dimensional, as ours are."""

import keras
import tensorflow as tf
from keras import layers, ops

from networks.attention_keras import pool
from networks.convolution_blocks_keras import head
from networks.waveform_options import CNN, WAV2VEC2


def simple_cnn_audio(samples, options: dict, classes: int):
    def convolve(x, filters: int, width: int):
        x = layers.Conv2D(filters, (1, width), padding="same", use_bias=False)(x)
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-3)(x)

    stride, pools = options["stride"], options["pools"]
    x = layers.Reshape((1, samples.shape[1] // stride, stride))(samples)
    x = layers.ReLU()(convolve(x, options["channels"][0], options["filterSamples"] // stride))
    x = layers.AveragePooling2D((1, pools[0]), padding="same")(x)
    for filters, count, size in zip(options["channels"], options["convolutions"], pools[1:]):
        for index in range(count):
            x = convolve(x, filters, 3)
            if index == count - 1 and size > 1:
                x = layers.MaxPooling2D((1, size), padding="same")(x)
            x = layers.ReLU()(x)
    x = layers.Reshape((x.shape[2], 1, x.shape[3]))(x)  # [batch, frames, 1, channels]
    return head(x, options["headUnits"], classes)


class PositionConvolution(layers.Layer):
    """x + gelu(grouped convolution of x), whose kernel is normalised at each of its places; in float32, then cast."""

    def __init__(self, size: int, groups: int):
        super().__init__(autocast=False)
        self.size, self.groups = size, groups

    def build(self, shape):
        channels = shape[-1]
        self.gain = self.add_weight(shape=(self.size, 1, 1), initializer="ones", name="gain")
        self.direction = self.add_weight(shape=(self.size, channels // self.groups, channels), name="direction")
        self.offset = self.add_weight(shape=(channels,), initializer="zeros", name="bias")

    def call(self, x):
        norm = ops.sqrt(ops.sum(ops.square(self.direction), (1, 2), keepdims=True))
        kernel, offset = ops.cast(self.direction * self.gain / norm, x.dtype), ops.cast(self.offset, x.dtype)
        before = self.size // 2
        padded = ops.pad(x, ((0, 0), (before, self.size - 1 - before), (0, 0)))
        around = tf.nn.conv1d(padded, kernel, 1, "VALID")  # ops.conv compiles groups with XLA: minutes
        return x + ops.gelu(around + offset, approximate=False)


class PostNormBlock(layers.Layer):
    """A block that normalises after each sum; its layers in the order of our weights."""

    def __init__(self, channels: int, heads: int, hidden_units: int):
        super().__init__()
        self.heads = heads
        self.attention_norm = layers.LayerNormalization(epsilon=1e-5)
        self.attention, self.projection = layers.Dense(3 * channels), layers.Dense(channels)
        self.hidden_norm = layers.LayerNormalization(epsilon=1e-5)
        self.hidden, self.output_layer = layers.Dense(hidden_units), layers.Dense(channels)

    def call(self, x):
        frames, channels = x.shape[1:]
        size = channels // self.heads
        qkv = ops.reshape(self.attention(x), (-1, frames, 3, self.heads, size))
        q, k, v = ops.unstack(ops.transpose(qkv, (2, 0, 3, 1, 4)), 3)
        scores = ops.softmax(ops.matmul(q * size**-0.5, ops.transpose(k, (0, 1, 3, 2))))
        attended = ops.reshape(ops.transpose(ops.matmul(scores, v), (0, 2, 1, 3)), (-1, frames, channels))
        x = self.attention_norm(x + self.projection(attended))
        return self.hidden_norm(x + self.output_layer(ops.gelu(self.hidden(x), approximate=False)))


def wav2vec2(samples, options: dict, classes: int):
    if options["norm"] != "group":
        raise ValueError(f"the twin has the form with group norm, not {options['norm']!r}")
    x = layers.Reshape((1, samples.shape[1], 1))(samples)
    for index, (filters, size, stride) in enumerate(zip(options["channels"], options["sizes"], options["strides"])):
        x = layers.Conv2D(filters, (1, size), (1, stride), use_bias=False)(x)
        if index == 0:
            x = layers.GroupNormalization(groups=filters, epsilon=1e-5)(x)
        x = ops.gelu(x, approximate=False)
    x = layers.Reshape(x.shape[2:])(x)  # [batch, frames, channels]
    x = layers.Dense(options["width"])(layers.LayerNormalization(epsilon=1e-5)(x))
    x = PositionConvolution(options["positionFrames"], options["positionGroups"])(x)
    x = layers.LayerNormalization(epsilon=1e-5)(x)
    for _ in range(options["layers"]):
        x = PostNormBlock(options["width"], options["heads"], options["hiddenUnits"])(x)
    return layers.Dense(classes, dtype="float32")(pool(layers.Activation("linear", dtype="float32")(x)))


def build(task: dict) -> keras.Model:
    shape = task["shape"]
    samples = keras.Input((shape["frames"], 1))
    if task["model"] == "wav2vec2":
        logits = wav2vec2(samples, WAV2VEC2 | task["options"], shape["classes"])
    else:
        logits = simple_cnn_audio(samples, CNN | task["options"], shape["classes"])
    return keras.Model(samples, logits)
