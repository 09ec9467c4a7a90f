"""lavajit: networks of Lava Processes, run as one native time-step loop in one process.

The whole public API is importable from here; each name is imported when it is first used, so
``import lavajit`` is quick and compiles nothing.

>>> from lavajit import LIF, Dense, RunSteps, Loihi2SimCfg
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "lavajit.process.process": "AbstractProcess",
    "lavajit.process.parameters": "ProcessParameters",
    "lavajit.process.log_config": "LogConfig",
    "lavajit.process.variable": "Var",
    "lavajit.process.snapshot": "Snapshot",
    "lavajit.process.state_values": "StateFileError",
    "lavajit.process.ports": "InPort OutPort RefPort VarPort",
    "lavajit.process.connection_config": "ConnectionConfig",
    "lavajit.process.run_conditions": "RunSteps RunContinuous",
    "lavajit.model.model": "AbstractProcessModel",
    "lavajit.model.decorators": "implements requires tag",
    "lavajit.model.resources": "CPU HostCPU GPU NeuroCore Loihi1NeuroCore Loihi2NeuroCore",
    "lavajit.model.spike_type": "SpikeType",
    "lavajit.model.sub_model": "AbstractSubProcessModel",
    "lavajit.model.py_type": "LavaPyType",
    "lavajit.model.py_ports": "PyInPort PyOutPort PyRefPort PyVarPort",
    "lavajit.model.py_model": (
        "AbstractPyProcessModel PyLoihiProcessModel PyAsyncProcessModel PyLoihiModelToPyAsyncModel"
    ),
    "lavajit.model.protocols": "AbstractSyncProtocol LoihiProtocol AsyncProtocol",
    "lavajit.model.sync_domain": "SyncDomain",
    "lavajit.model.run_configs": "RunConfig Loihi1SimCfg Loihi2SimCfg",
    "lavajit.neurocore.run_configs": "Loihi1HwCfg Loihi2HwCfg",
    "lavajit.compiler.exceptions": "NoProcessModelFound ProcessAlreadyCompiled",
    "lavajit.learning.constants": "GradedSpikeCfg",
    "lavajit.learning.errors": "LearningRuleError",
    "lavajit.learning.rule": "Loihi2FLearningRule Loihi3FLearningRule LoihiLearningRule",
    "lavajit.proc.atrlif": "ATRLIF",
    "lavajit.proc.graded": "GradedReluVec GradedVec InvSqrt NormVecDelay",
    "lavajit.proc.learning_rules": "RewardModulatedSTDP STDPLoihi",
    "lavajit.proc.iaf": "IafPscAlpha IafPscDelta IafPscExp",
    "lavajit.proc.lif": "LIF LIFRefractory LIFReset LearningLIF TernaryLIF",
    "lavajit.proc.prodneuron": "ProdNeuron",
    "lavajit.proc.resfire": "RFZero",
    "lavajit.proc.rf": "RF",
    "lavajit.proc.rf_iz": "RF_IZ",
    "lavajit.proc.s4d": "S4d SigmaS4dDelta SigmaS4dDeltaLayer",
    "lavajit.proc.sdn": "ActivationMode Delta Sigma SigmaDelta",
    "lavajit.proc.conv": "Conv",
    "lavajit.proc.conv_in_time": "ConvInTime",
    "lavajit.proc.dense": "DelayDense Dense LearningDense",
    "lavajit.proc.sparse": "DelaySparse LearningDelaySparse LearningSparse Sparse",
    "lavajit.proc.projection": (
        "FixedIndegree FixedOutdegree FixedTotal Group Normal PairwiseBernoulli Projection "
        "Synapses Uniform"
    ),
    "lavajit.proc.monitor": "Monitor",
    "lavajit.proc.spiker": "Spiker Spiker32bit",
    "lavajit.proc.receiver": "Receiver Receiver32Bit",
    "lavajit.proc.bit_check": "BitCheck",
    "lavajit.proc.io.sink": "Read",
    "lavajit.proc.io.reset": "Reset",
    "lavajit.proc.io.dataloader": "SpikeDataloader StateDataloader",
    "lavajit.proc.io.encoder": "Compression DeltaEncoder",
    "lavajit.proc.io.adapters": "NxToPyAdapter PyToNxAdapter",
    "lavajit.proc.io.conv_adapter": "PyToN3ConvAdapter",
    "lavajit.proc.io.state_reader": "StateReader",
    "lavajit.proc.io.injector": "Injector",
    "lavajit.proc.io.extractor": "Extractor VarWire",
    "lavajit.proc.io.utils": "ChannelConfig ReceiveEmpty ReceiveNotEmpty SendFull",
    "lavajit.proc.io.event_source": "EventSource",
    "lavajit.proc.io.poisson_input": "PoissonInput",
    "lavajit.proc.io.poisson_source": "PoissonSource",
    "lavajit.proc.io.event_sink": "EventSink",
    "lavajit.proc.clp.id_broadcast": "IdBroadcast",
    "lavajit.proc.clp.novelty_detector": "NoveltyDetector",
    "lavajit.proc.clp.nsm": "Allocator Readout",
    "lavajit.proc.clp.prototype_lif": "PrototypeLIF",
    "lavajit.observe.probe": "Probe",
    "lavajit.observe.result": "Result",
    "lavajit.compare.search": "first_difference",
    "lavajit.compare.difference": "Difference",
    "lavajit.runtime.batch": "run_batch",
    "lavajit.runtime.checked_arrays": "DebugWarning",
    "lavajit.sweeps.sweep": "sweep",
}

# Public name -> (module, name there). The two ring buffers share one name in Lava.
_TARGETS = {name: (module, name) for module, names in _PUBLIC.items() for name in names.split()}
_TARGETS["SourceRingBuffer"] = ("lavajit.proc.io.source", "RingBuffer")
_TARGETS["SinkRingBuffer"] = ("lavajit.proc.io.sink", "RingBuffer")

_ROOMS = (
    "process",
    "model",
    "learning",
    "compiler",
    "observe",
    "kernels",
    "runtime",
    "proc",
    "networks",
    "frameworks",
    "sweeps",
    "compare",
    "plots",
)

__all__ = sorted([*_TARGETS, "__version__"])


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"lavajit.{name}")
    if name not in _TARGETS:
        raise AttributeError(f"module 'lavajit' has no attribute {name!r}")
    module, attribute = _TARGETS[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_TARGETS, *_ROOMS})
