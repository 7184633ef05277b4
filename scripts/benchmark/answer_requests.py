"""The other end of side.mjs, for sides that run under Python."""

import json
import os
import sys
import traceback
from typing import Callable

ANSWERS_TO = 3


def answer_requests(handlers: dict[str, Callable[[dict], dict | None]]) -> None:
    """Answers each line on stdin with what the handler of that name gives, until stdin ends."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = handlers[request["do"]](request) or {}
        except Exception:  # noqa: BLE001 - whatever it was, the benchmark must hear of it
            answer = {"error": traceback.format_exc(limit=-4)}
        os.write(ANSWERS_TO, (json.dumps(answer) + "\n").encode())
