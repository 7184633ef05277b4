"""What step-rate.mjs does, for the sides that run under Python."""

import time
from typing import Callable


def step_rate(step: Callable[[], float], request: dict, batch: int) -> dict:
    """Runs training steps for request["seconds"], at least request["fewestSteps"]."""
    start = time.perf_counter()
    steps, elapsed = 0, 0.0
    while steps < request["fewestSteps"] or elapsed < request["seconds"]:
        step()
        steps += 1
        elapsed = time.perf_counter() - start
    return {"clipsPerSecond": steps * batch / elapsed, "steps": steps}
