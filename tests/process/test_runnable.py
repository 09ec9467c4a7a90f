"""Running Processes, with an engine that only records what it is asked."""

import sys
import types

import pytest

from lavajit.process.engine import ENGINE_MODULE
from lavajit.process.process import AbstractProcess
from lavajit.process.run_conditions import RunContinuous, RunSteps


class RecordingRuntime:
    """Stands in for a Runtime."""

    def __init__(self):
        self._is_initialized, self._is_started, self._is_running = True, False, False
        self.calls = []

    def start(self, condition, **options):
        self.calls.append((condition, options))

    def wait(self):
        self.calls.append("wait")

    def pause(self):
        self.calls.append("pause")

    def stop(self):
        self.calls.append("stop")
        self._is_initialized = False


@pytest.fixture
def engine(monkeypatch):
    module = types.ModuleType(ENGINE_MODULE)
    module.compiled = []

    def compile_network(process, run_cfg, compile_config):
        module.compiled.append((process, run_cfg, compile_config))
        return "executable"

    def create_runtime(executable, process):
        assert executable == "executable"
        return RecordingRuntime()

    module.compile_network, module.create_runtime = compile_network, create_runtime
    monkeypatch.setitem(sys.modules, ENGINE_MODULE, module)
    return module


def test_first_run_compiles_later_runs_do_not(engine):
    process, condition = AbstractProcess(), RunSteps(3)
    process.run(condition, run_cfg="cfg", compile_config={"a": 1}, progress=True)
    process.run(RunContinuous(), run_cfg="ignored")
    assert engine.compiled == [(process, "cfg", {"a": 1})]
    assert process.runtime.calls[0] == (condition, {"progress": True})
    assert len(process.runtime.calls) == 2


def test_bad_condition_comes_before_anything_else(engine):
    process = AbstractProcess(name="p")
    with pytest.raises(ValueError, match="run condition of 'p' must be RunSteps"):
        process.run(3, run_cfg="cfg")
    assert engine.compiled == [] and process.runtime is None


def test_run_cfg_is_needed_once(engine):
    process = AbstractProcess(name="p")
    with pytest.raises(ValueError, match="first run of 'p' needs a run config"):
        process.run(RunSteps(1))
    with pytest.raises(ValueError, match="needs run_cfg or executable"):
        process.create_runtime()
    process.create_runtime(executable="executable")
    assert engine.compiled == []
    process.run(RunSteps(1))


def test_compile_returns_the_executable(engine):
    assert AbstractProcess().compile("cfg") == "executable"


def test_wait_pause_stop(engine):
    process = AbstractProcess(name="p")
    process.wait(), process.pause(), process.stop()  # nothing to do
    process.create_runtime(run_cfg="cfg")
    process.wait(), process.pause(), process.stop(), process.stop()
    assert process.runtime.calls == ["wait", "pause", "stop", "stop"]
    with pytest.raises(RuntimeError, match="network of 'p' has been stopped.*new Processes"):
        process.run(RunSteps(1))


def test_context_manager_binds_and_stops(engine):
    with pytest.raises(KeyError), AbstractProcess() as process:
        process.run(RunSteps(1), run_cfg="cfg")
        raise KeyError
    assert process.runtime.calls[-1] == "stop"
