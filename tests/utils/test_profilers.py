"""Profilers for programs that run on Loihi 2, filled in from a report."""

import doctest
import importlib

import numpy as np
import pytest
from nc_reports import report

from lavajit import Loihi1HwCfg, Loihi2HwCfg, Loihi2SimCfg
from lavajit.utils import loihi2_profiler_api
from lavajit.utils.loihi2_profiler import (
    IO_POWER,
    MEMORY_SHARE,
    Loihi2Activity,
    Loihi2ExecutionTime,
    Loihi2Memory,
    Loihi2Power,
)
from lavajit.utils.profiler import Profiler, run_cfg_dict


def filled(profiler, **options):
    profiler.take_report(report(**options))
    return profiler


# --- callbacks --------------------------------------------------------------------------


def test_execution_time():
    time = filled(Loihi2ExecutionTime())
    np.testing.assert_allclose(time.time_per_step, np.full(10, 0.2))
    assert time.execution_time_per_step.shape == time.lengths.shape == (10,)
    assert time.avg_time_per_step == pytest.approx(0.2)


def test_power():
    power = filled(Loihi2Power(num_steps=4), steps=10)
    np.testing.assert_allclose(power.total_power, np.full(4, 0.23425))
    rails = power.vdd_power + power.vddm_power + power.vddio_power
    np.testing.assert_allclose(rails, power.total_power)
    assert power.vddio_power.tolist() == [IO_POWER.value] * 4
    assert power.static_total_power == pytest.approx(0.232)
    static = power.static_vdd_power + power.static_vddm_power + power.static_vddio_power
    assert static == pytest.approx(power.static_total_power)
    assert power.static_vddm_power == pytest.approx(MEMORY_SHARE.value * (0.232 - IO_POWER.value))
    assert filled(Loihi2Power(), steps=7).total_power.shape == (7,)
    with pytest.raises(ValueError, match="num_steps: expected a number of steps from 1, got 0"):
        Loihi2Power(0)


@pytest.mark.parametrize("per_step", [False, True])
def test_activity(per_step):
    activity = filled(Loihi2Activity(), chips=2, per_step=per_step)
    assert activity.core_idx.tolist() == [0, 1, 128 + 9]
    assert activity.syn_ops.tolist() == [0, 120, 120]
    assert activity.dendrite_updates.tolist() == [40, 30, 30]
    assert activity.axon_out.tolist() == [80, 0, 0] and activity.spikes_in.tolist() == [0, 40, 40]


def test_memory():
    assert filled(Loihi2Memory()).total_mpds.tolist() == [4 / 20000, 171 / 20000, 171 / 20000]
    assert filled(Loihi2Memory(), name="loihi1").total_mpds.tolist() == [0, 8 / 16384, 8 / 16384]


@pytest.mark.parametrize("kind", [Loihi2Activity, Loihi2Memory])
def test_before_a_run(kind):
    with pytest.raises(AttributeError, match=f"{kind.__name__} has seen no run yet; give it to"):
        kind().core_idx  # noqa: B018


# --- the profiler -----------------------------------------------------------------------


def test_the_profiler_of_a_run_config():
    run_cfg = Loihi2HwCfg()
    profiler = Profiler.init(run_cfg)
    assert run_cfg.callback_fxs == [profiler] and type(profiler) is run_cfg_dict[Loihi2HwCfg]

    class Mine(Loihi1HwCfg):
        pass

    assert isinstance(Profiler.init(Mine()), loihi2_profiler_api.Loihi2HWProfiler)
    with pytest.raises(NotImplementedError, match="no profiler for Loihi2SimCfg; use Loihi2HwCfg"):
        Profiler.init(Loihi2SimCfg())
    with pytest.raises(TypeError, match="must be a RunConfig, got 'loihi'"):
        Profiler.init("loihi")
    with pytest.raises(TypeError, match="needs a Loihi2HwCfg, got Loihi2SimCfg"):
        loihi2_profiler_api.Loihi2HWProfiler(Loihi2SimCfg())


def test_time_probe():
    profiler = Profiler.init(Loihi2HwCfg())
    profiler.execution_time_probe(num_steps=10, t_start=3, t_end=9, dt=2)
    filled(profiler)
    np.testing.assert_allclose(profiler.execution_time, [4e-7, 4e-7, 4e-7, 2e-7])
    np.testing.assert_array_equal(profiler.spiking_time, profiler.execution_time)
    for name in ("host_time", "learning_time", "management_time", "pre_lrn_mgtm_time"):
        assert getattr(profiler, name).tolist() == [0] * 4
    profiler.execution_time_probe(t_start=100)
    assert filled(profiler).execution_time.size == 0
    assert profiler.num_alloc_chips == 1
    with pytest.raises(ValueError, match="t_start=3, t_end=2, dt=1"):
        profiler.execution_time_probe(t_start=3, t_end=2)


def test_energy_probe():
    profiler = Profiler.init(Loihi2HwCfg())
    profiler.energy_probe(num_steps=10)
    made = filled(profiler).report
    assert profiler.energy == made.total_energy and profiler.power == made.avg_power
    assert profiler.static_energy + profiler.dynamic_energy == pytest.approx(profiler.energy)
    assert profiler.static_power + profiler.dynamic_power == pytest.approx(profiler.power)
    rails = profiler.vdd_power + profiler.vddm_power + profiler.vddio_power
    assert rails == pytest.approx(profiler.power)


@pytest.mark.parametrize(
    ("name", "probe"),
    [("power", "energy"), ("host_time", "execution_time"), ("total_mpds", "memory")],
)
def test_what_was_not_probed(name, probe):
    profiler = filled(Profiler.init(Loihi2HwCfg()))
    with pytest.raises(AttributeError, match=rf"^call {probe}_probe\(\) before run\(\)$"):
        getattr(profiler, name)
    getattr(profiler, f"{probe}_probe")()
    with pytest.raises(AttributeError, match="has seen no run yet"):
        getattr(profiler, name)
    with pytest.raises(AttributeError, match="has no attribute 'heat'"):
        profiler.heat  # noqa: B018


def test_pictures(tmp_path):
    profiler = Profiler.init(Loihi2HwCfg())
    profiler.execution_time_probe(num_steps=10)
    profiler.activity_probe()
    profiler.memory_probe()
    filled(profiler)
    profiler.plot_execution_time(tmp_path / "time.png")
    profiler.plot_activity(file=tmp_path / "activity.png")
    profiler.plot_memory_util(tmp_path / "memory.png")
    assert len(list(tmp_path.iterdir())) == 3
    assert profiler.syn_ops.tolist() == [0, 120, 120]


@pytest.mark.parametrize(
    "name", ["loihi", "system", "profiler", "loihi2_profiler", "loihi2_profiler_api"]
)
def test_examples(name):
    assert doctest.testmod(importlib.import_module(f"lavajit.utils.{name}")).failed == 0
