"""A worker's program run as a script: start, run, end."""

from __future__ import annotations

import json
import subprocess
import time

from bench.peers.worker import FOLDER, RUN_TIMEOUT, SHOWN, WorkerError, worker_environment


def run_script(python: str, script: str, job: dict, environment: dict[str, str]) -> float:
    """Seconds from the start of the interpreter to its end, "steps" of the job after its first.

    Raises
    ------
    WorkerError
        If the program fails; the text has what it wrote.
    """
    name = job.get("simulator", script)
    requests = [{"do": "start", "job": job}]
    if job["steps"] > 1 and script != "brian2_worker.py":  # which runs them as it starts
        requests.append({"do": "run", "steps": job["steps"] - 1})
    text = "".join(json.dumps(request) + "\n" for request in [*requests, {"do": "stop"}])
    begin = time.perf_counter()
    try:
        done = subprocess.run(
            [python, str(FOLDER / script)],
            input=text,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT,
            env=worker_environment(python) | environment,
        )
    except subprocess.TimeoutExpired as error:
        raise WorkerError(f"{name}: not done in {RUN_TIMEOUT:g} s") from error
    seconds = time.perf_counter() - begin
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    failed = [answer["error"] for answer in answers if "error" in answer]
    if failed or done.returncode or len(answers) != len(requests):
        raise WorkerError(f"{name}: {' '.join(failed)}\n{done.stderr[-SHOWN:]}")
    return seconds
