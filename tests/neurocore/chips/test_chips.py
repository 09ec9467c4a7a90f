"""Chip tables: every figure has a source, printed utilisation is reproduced."""

import dataclasses
import doctest
import importlib
import pkgutil

import pytest

from lavajit import neurocore
from lavajit.neurocore import chips
from lavajit.neurocore.chips import CHIPS, LOIHI1, LOIHI2
from lavajit.neurocore.chips.figures import QUALITIES, Figure
from lavajit.neurocore.errors import NcValueError

#: Rooms whose examples run no kernels.
WITHOUT_KERNELS = ("chips", "arithmetic", "memory", "costs")
MODULES = [
    module.name
    if module.name.split(".")[2] in WITHOUT_KERNELS
    else pytest.param(module.name, marks=pytest.mark.slow)
    for module in pkgutil.walk_packages(neurocore.__path__, "lavajit.neurocore.")
    if not module.name.startswith("lavajit.neurocore.models")
]
COLUMNS = "AxonIn NeuronGr Neurons Synapses AxonMap AxonMem".split()


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


def test_utilisation_of_loihi_2_has_a_total():
    assert chips.utilisation("loihi2", {}) == dict.fromkeys([*COLUMNS, "Total"], 0)


def test_utilisation_of_loihi_1_has_no_total():
    used = chips.utilisation("loihi1", {"SynWords": 16384, "Comps": 512, "AxonIn": 8192})
    assert used == {
        "AxonIn": 200.0,
        "Profiles": 0.0,
        "Comps": 50.0,
        "SynWords": 100.0,
        "AxonOut": 0.0,
        "Formats": 0.0,
    }


def figures(chip):
    yield from chip.core.items()
    yield from chip.registers.items()
    yield from chip.chip.items()
    yield from chip.systems.items()


@pytest.mark.parametrize("name", CHIPS)
def test_every_figure_has_source_and_quality_and_is_described(name):
    text = chips.describe(name)
    for label, figure in figures(CHIPS[name]):
        assert isinstance(figure, Figure)
        assert figure.source and figure.quality in QUALITIES
        rest = f"{figure!s:<34}{figure.quality:<11}{figure.source}"
        assert f"  {label:<19}{rest}" in text


def test_the_budget_of_loihi_2_is_fitted_and_what_has_no_source_unverified():
    for field in LOIHI2.columns.values():
        assert getattr(LOIHI2.core, field).quality == "fitted"
    unverified = [label for label, figure in figures(LOIHI2) if figure.quality == "unverified"]
    assert unverified == ["state_bytes", "die_area", "transistors"]


def test_tables_agree_with_the_arithmetic():
    from lavajit.neurocore.arithmetic import arrays as integers
    from lavajit.neurocore.arithmetic import discretise, weights
    from lavajit.neurocore.memory import synapse_memory

    core, registers = LOIHI1.core, LOIHI1.registers
    assert core.synapse_words.value * 64 == 1_048_576
    assert core.synapses_per_entry.value == synapse_memory.ENTRY
    assert registers.weight_bits.value == weights.WEIGHT_BITS
    assert registers.vth_mantissa.value == (1, discretise.VTH_MANT_MAX)
    assert registers.refract.value == (1, discretise.REFRACT_MAX)
    assert registers.vth_shift.value == discretise.VTH_SHIFT
    assert registers.bias_exponent.value == (0, discretise.BIAS_EXP_MAX)
    assert registers.bias_mantissa.value[1] == discretise.BIAS_MANT_MAX
    assert registers.decay.value == (0, integers.DECAY_MAX)
    assert registers.u_decay_offset.value == integers.U_DECAY_OFFSET
    assert registers.v_decay_offset.value == integers.V_DECAY_OFFSET
    assert registers.vmin_exponent.value == (0, discretise.VMIN_EXP_MAX)
    assert registers.vmax_exponent.value == (0, discretise.VMAX_EXP_MAX)
    assert registers.weight_exponent.value == (weights.WEIGHT_EXP_MIN, weights.WEIGHT_EXP_MAX)
    assert registers.skip_bits.value == (
        synapse_memory.SKIP_BITS_MIN,
        synapse_memory.SKIP_BITS_MAX,
    )
    for chip in (LOIHI1.chip, LOIHI2.chip):
        assert chip.cores.value == chip.tiles.value * chip.cores_per_tile.value


def test_delays_have_6_bits():
    with pytest.raises(NcValueError, match="delay_bits: 7 is not in 0..6"):
        chips.delay_compartments(7)


def test_tables_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        LOIHI1.core.neurons = Figure(1, "", "")
    with pytest.raises(TypeError):
        LOIHI1.systems["Desk"] = Figure(1, "", "")
    with pytest.raises(TypeError):
        CHIPS["loihi3"] = LOIHI2


def test_wrong_names_are_named():
    with pytest.raises(ValueError, match="chip: 'loihi3' is none of loihi1, loihi2"):
        chips.describe("loihi3")
    with pytest.raises(ValueError, match="Loihi 2 has no column 'Comps', it has AxonIn, NeuronGr"):
        chips.utilisation("loihi2", {"Comps": 1})
    with pytest.raises(ValueError, match="no column 'Total'"):
        chips.utilisation("loihi2", {"Total": 1})
    with pytest.raises(ValueError, match="quality: 'sure' is none of published"):
        Figure(1, "", "", "sure")
