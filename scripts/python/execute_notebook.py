"""Executes one notebook headless, on nbclient, and tells what happens as JSON lines on a file descriptor.

Started by nbconvert-runner, once for each notebook. Two things nbclient leaves out and this adds: what tslab prints
after a cell has ended (a throw in a timer, an unhandled rejection) is kept and counts as an error, and the notebook is
saved after every cell, so that whatever ends the run, what was executed so far can be read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import queue
import re
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import ensure_async

# How tslab reports an error that no cell awaits; the cell itself ends well.
UNAWAITED_ERROR = re.compile(r"^(UncaughtException|UnhandledPromiseRejection):", re.MULTILINE)
# How long to listen after the last cell for such errors.
SETTLE_SECONDS = 0.5


class CellFailure(Exception):
    """A cell failed: its index in the notebook and what was reported."""

    def __init__(self, index: int, kind: str, text: str):
        super().__init__(text)
        self.index, self.kind, self.text = index, kind, text


class LateAwareClient(NotebookClient):
    """A notebook client that also keeps what arrives for a cell after that cell has ended."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cells_by_message: dict[str, tuple[nbformat.NotebookNode, int]] = {}

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        self.cells_by_message[parent_msg_id] = (cell, cell_index)
        while True:
            message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=None))
            if message["parent_header"].get("msg_id") != parent_msg_id:
                self.take_late(message)
                continue
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                return

    def take_late(self, message) -> None:
        known = self.cells_by_message.get(message["parent_header"].get("msg_id"))
        if known is not None and message["msg_type"] in ("stream", "display_data", "update_display_data"):
            self.process_message(message, *known)

    async def settle(self) -> None:
        """Listens for what the last cells' unawaited work still prints."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            try:
                self.take_late(await ensure_async(self.kc.iopub_channel.get_msg(timeout=left)))
            except queue.Empty:
                return


def stderr_of(cell) -> str:
    outputs = cell.get("outputs", [])
    return "".join(out["text"] for out in outputs if out.output_type == "stream" and out.name == "stderr")


def check_unawaited(cells) -> None:
    for index, cell in enumerate(cells):
        text = stderr_of(cell) if cell.cell_type == "code" else ""
        if UNAWAITED_ERROR.search(text):
            raise CellFailure(index, "unawaited", text)


def save(notebook, path: str) -> None:
    """Writes the notebook atomically."""
    part = f"{path}.{os.getpid()}.part"
    with open(part, "w", encoding="utf-8") as file:
        nbformat.write(notebook, file)
    os.replace(part, path)


async def execute(notebook, arguments, tell) -> None:
    code_cells = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = LateAwareClient(
        notebook,
        timeout=arguments.timeout or None,
        startup_timeout=300,
        kernel_name=arguments.kernel,
        resources={"metadata": {"path": arguments.cwd}},
        record_timing=False,
        coalesce_streams=True,
    )
    async with client.async_setup_kernel():
        reply = await client.async_wait_for_reply(await ensure_async(client.kc.kernel_info()))
        notebook.metadata["language_info"] = reply["content"]["language_info"]
        for done, index in enumerate(code_cells):
            tell(event="cell", cell=index + 1, done=done, total=len(code_cells))
            try:
                await client.async_execute_cell(notebook.cells[index], index, execution_count=done + 1)
            except CellTimeoutError as error:
                text = f"The cell ran longer than {arguments.timeout} s."
                raise CellFailure(index, "timeout", text) from error
            except DeadKernelError as error:
                raise CellFailure(index, "died", "The kernel died while the cell ran.") from error
            except CellExecutionError as error:
                text = stderr_of(notebook.cells[index]).strip() or str(error)
                raise CellFailure(index, "error", text) from error
            finally:
                save(notebook, arguments.output)
            check_unawaited(notebook.cells)
        await client.settle()
        save(notebook, arguments.output)
        check_unawaited(notebook.cells)
        tell(event="done", total=len(code_cells))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--cwd", required=True, help="the kernel's working directory")
    parser.add_argument("--kernel", default="tslab")
    parser.add_argument("--timeout", type=int, default=0, help="most seconds for one cell; 0 for no limit")
    parser.add_argument("--events", type=int, default=1, help="file descriptor for the JSON lines")
    arguments = parser.parse_args()
    events = os.fdopen(arguments.events, "w", encoding="utf-8", closefd=False)

    def tell(**event) -> None:
        print(json.dumps(event), file=events, flush=True)

    notebook = nbformat.read(arguments.input, as_version=4)
    try:
        asyncio.run(execute(notebook, arguments, tell))
        return 0
    except CellFailure as failure:
        tell(event="failed", cell=failure.index + 1, kind=failure.kind, text=failure.text)
        return 1
    finally:
        save(notebook, arguments.output)


if __name__ == "__main__":
    sys.exit(main())
