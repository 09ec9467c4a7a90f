"""Talk to a worker: a program that holds a network and runs it on request."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import lavajit

FOLDER = Path(__file__).parent
CHECKOUT = FOLDER.parents[1]
#: Seconds that an answer may take: compiling and building; anything later.
BUILD_TIMEOUT, RUN_TIMEOUT = 900.0, 300.0
#: Last characters of what a failed program wrote that are shown.
SHOWN = 1_500


class WorkerError(RuntimeError):
    """A worker failed or did not answer in time; the text has what it wrote."""


class Worker:
    """One program; to be used in a ``with`` statement, which ends it.

    Parameters
    ----------
    python : str
        Interpreter.
    script : str
        File in this folder.
    job : dict
        What to build. It is built here.
    timeout : float
        Seconds for building; of later answers, too, if it is less than `RUN_TIMEOUT`.

    Attributes
    ----------
    facts : dict
        Answer to "start".

    Raises
    ------
    WorkerError
        If the network could not be built.
    """

    def __init__(self, python: str, script: str, job: dict, timeout: float = BUILD_TIMEOUT) -> None:
        self.name, self.timeout = f"{job.get('simulator', script)}", timeout
        self._errors = tempfile.TemporaryFile("w+")
        self._answers: queue.Queue[str] = queue.Queue()
        try:
            self._program = subprocess.Popen(
                [python, str(FOLDER / script)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                env=worker_environment(python),
                start_new_session=True,  # so that its compilers end with it
            )
        except OSError as error:
            self._errors.close()
            raise WorkerError(f"{self.name}: cannot be started: {error}") from error
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self.facts = self.ask("start", job=job)
            self.timeout = min(timeout, RUN_TIMEOUT)
        except BaseException:
            self.close()
            raise

    def ask(self, do: str, **more: object) -> dict:
        """The answer to a request."""
        try:
            self._program.stdin.write(json.dumps({"do": do, **more}) + "\n")
            self._program.stdin.flush()
        except OSError as error:
            raise WorkerError(f"{self.name}: ended\n{self._written()}") from error
        try:
            line = self._answers.get(timeout=self.timeout)
        except queue.Empty:
            self.close()
            raise WorkerError(f"{self.name}: no answer to {do!r} in {self.timeout:g} s") from None
        if not line:
            self._program.wait()
            code = self._program.returncode
            raise WorkerError(f"{self.name}: ended with code {code}\n{self._written()}")
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(f"{self.name}: {answer['error']}\n{self._written()}")
        return answer

    def run(self, steps: int) -> dict[str, float]:
        """Seconds ("seconds", "cpu") of so many steps."""
        return self.ask("run", steps=steps)

    def close(self) -> None:
        """End the program and all that it started."""
        if self._program.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()
        with contextlib.suppress(OSError):  # what was not sent cannot be sent now
            self._program.stdin.close()
        self._errors.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self) -> None:
        with self._program.stdout as lines:
            for line in lines:
                if line.startswith("{"):  # simulators may greet before they are asked
                    self._answers.put(line)
        self._answers.put("")

    def _written(self) -> str:
        if self._errors.closed:
            return ""
        self._errors.seek(0)
        return self._errors.read()[-SHOWN:]


def start_lavajit(job: dict, **more: float) -> Worker:
    """A worker of lavajit, or of Lava, in this interpreter's environment."""
    return Worker(sys.executable, "lavajit_worker.py", {"simulator": "lavajit"} | job, **more)


def worker_environment(python: str) -> dict[str, str]:
    """Environment variables of a worker."""
    if python != sys.executable:  # packages of this interpreter would not fit another one
        return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    # The lavajit of this program, and this checkout, whatever the current directory.
    path = [str(Path(lavajit.__file__).parents[1]), str(CHECKOUT), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}
