"""Protocols, sync domains and other small tables."""

import pytest

from lavajit.model.protocols import AsyncProtocol, LoihiProtocol, Phase
from lavajit.model.resources import CPU, LMT, PB, AbstractComputeResource, KapohoPoint, Unalaska
from lavajit.model.spike_type import SpikeType
from lavajit.model.sync_domain import SyncDomain
from lavajit.process.process import AbstractProcess


def test_protocols():
    assert LoihiProtocol() == LoihiProtocol() and AsyncProtocol() != LoihiProtocol()
    assert LoihiProtocol.phases[0] is Phase.SPK and len(LoihiProtocol.phases) == 5
    functions = {f.func: f.guard for f in LoihiProtocol.proc_functions}
    assert functions["run_spk"] is None and functions["run_lrn"] == "lrn_guard"
    assert AsyncProtocol.phases == [] and AsyncProtocol().runtime_service == {}


def test_sync_domain():
    domain = SyncDomain("d")
    assert (domain.name, domain.protocol, domain.processes) == ("d", None, [])
    domain.set_protocol(LoihiProtocol())
    with pytest.raises(AssertionError, match=r"instance such as LoihiProtocol\(\)"):
        domain.set_protocol(LoihiProtocol)
    processes = [AbstractProcess() for _ in range(3)]
    domain.add_process(processes[0])
    domain.add_process(processes[1:])
    assert domain.processes == processes and SyncDomain("e").processes == []


def test_resources_and_spike_types():
    assert issubclass(LMT, AbstractComputeResource)
    assert CPU in Unalaska.resources and PB in KapohoPoint.resources
    assert SpikeType.GRADED24_SPIKE == 5 and len(SpikeType) == 7
