"""Keras 3 on the TensorFlow that the laboratory uses: networks/<twin>_keras.py, compiled, AdamW, train_on_batch."""

import importlib
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from answer_requests import answer_requests  # noqa: E402
from exchange import read_exchange  # noqa: E402
from step_rate import step_rate  # noqa: E402

# By memory layout: a training step and its batch.
prepared: dict[str, tuple] = {}


def versions(_request: dict) -> dict:
    cards = tf.config.list_physical_devices("GPU")
    return {
        "device": "GPU" if cards else "CPU",
        "versions": {"keras": keras.__version__, "keras' tensorflow": tf.__version__, "python": sys.version.split()[0]},
    }


def prepare(request: dict) -> dict:
    task = request["task"]
    twin = importlib.import_module(f"networks.{task['twin']}_keras")
    half = request["precision"] == "bf16"
    keras.config.set_dtype_policy("mixed_bfloat16" if half else "float32")
    model = twin.build(task)
    exchange = read_exchange(request["path"])
    model.set_weights(ordered(model, exchange.names, exchange.weights))
    x, y = tf.constant(exchange.inputs), tf.constant(exchange.labels)
    settings = request["optimiser"]
    optimiser = keras.optimizers.AdamW(
        settings["learningRate"],
        weight_decay=settings["weightDecay"],
        beta_1=settings["beta1"],
        beta_2=settings["beta2"],
        epsilon=settings["epsilon"],
    )
    optimiser.exclude_from_weight_decay(var_list=[v for v in model.trainable_variables if len(v.shape) <= 1])
    # XLA on a processor is slower for these networks: a plain graph is Keras' best.
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(optimiser, loss, jit_compile=False)
    step = lambda: float(model.train_on_batch(x, y))  # noqa: E731
    logits = [float(value) for value in tf.reshape(tf.cast(model(x, training=False), tf.float32), [-1])]
    prepared[request["layout"]] = (step, task["batch"])
    return {
        "parameters": model.count_params(),
        "logits": logits,
        "losses": [step() for _ in range(request["warmUpSteps"])],
    }


def ordered(model: keras.Model, names: list[str], arrays: list) -> list:
    """Our weights in Keras' order: by name where both have the same, else learnt ones first, as tfjs orders them."""
    paths = [v.path for v in model.weights]
    if sorted(paths) == sorted(names):
        by_name = dict(zip(names, arrays))
        return [by_name[path] for path in paths]
    # Where a kernel sees one channel alone, ours may have no axis for it.
    variables = model.trainable_variables + model.non_trainable_variables
    ours = {v.path: array.reshape(v.shape) for v, array in zip(variables, arrays)}
    return [ours[path] for path in paths]


def measure(request: dict) -> dict:
    step, batch = prepared[request["layout"]]
    return step_rate(step, request, batch)


def release(_request: dict) -> None:
    prepared.clear()
    keras.utils.clear_session()


if __name__ == "__main__":
    answer_requests({"versions": versions, "prepare": prepare, "measure": measure, "release": release})
