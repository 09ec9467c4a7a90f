"""Programs of the neurons of the library, with the integer rules of their fixed-point models.

Parameters bear the names of the Processes' Vars. What a chip computes when a group is configured,
such as ``vth << 6``, stands in parentheses and costs nothing.
"""

from __future__ import annotations

from functools import cache

from lavajit.neurocore.programs.program import NeuronProgram

_LIF_STATE = {"u": 24, "v": 24}
_LIF_PAR = ("du", "dv", "bias_mant", "bias_exp", "vth")
_WRAP_NOTE = "u wraps at +-2^23, where the model on the CPU keeps +2^23"
_WAIT_NOTE = "; wait counts steps down in 16 bit, so that one word holds all state"

_CURRENT = "ld r0,u ; mulsr r0,(4095-du),12 ; add r0,q ; st r0,u ; ld r0,u\n"
_INTEGRATE = "mulsr r1,(4096-dv),12 ; add r1,r0 ; add r1,(bias_mant<<bias_exp)\n"
_VOLTAGE = "ld r1,v ; " + _INTEGRATE
_SATURATED = "min r1,8388607 ; max r1,-8388607\n"

_LIF = (
    _CURRENT
    + _VOLTAGE
    + """
sat st r1,v
cmp r1,(vth<<6) ; jle END
st 0,v ; spike 1
END:
"""
)

_LIF_RESET = (
    """
ld r2,wait
cmp t,1 ; jne COUNT
ld r2,((reset_offset-1)%reset_interval+1)
COUNT: sub r2,1
cmp r2,0 ; jgt KEEP
ld r2,reset_interval ; st 0,u ; st 0,v
KEEP: st r2,wait
"""
    + _LIF
)

_TERNARY = (
    _CURRENT
    + _VOLTAGE
    + _SATURATED
    + """
ld r2,0
cmp r1,(vth_hi<<6) ; jle LOW
add r2,1
LOW: cmp r1,(vth_lo<<6) ; jge SEND
sub r2,1
SEND: cmp r2,0 ; jeq KEEP
ld r1,0
KEEP: st r1,v ; spike r2
"""
)

_REFRACTORY = (
    _CURRENT
    + """
ld r1,v ; ld r2,wait ; cmp r2,0 ; jeq GO
sub r2,1 ; jmp TEST
GO:
"""
    + _INTEGRATE
    + _SATURATED
    + """
TEST: cmp r1,(vth<<6) ; jle KEEP
ld r1,0 ; ld r2,refractory_period ; spike 1
KEEP: st r1,v ; st r2,wait
"""
)

_ROTATION = """
ld r0,real ; ld r1,imag ; ld r5,r1
ld r2,r0 ; mulsr r2,cos_decay,decay_bits ; ld r3,r1 ; mulsr r3,sin_decay,decay_bits
mulsr r0,sin_decay,decay_bits ; mulsr r1,cos_decay,decay_bits
sub r2,r3 ; ld r4,q ; shl r4,state_exp ; add r2,r4
add r1,r0 ; ld r4,q2 ; shl r4,state_exp ; add r1,r4
min r1,8388607 ; max r1,-8388607
"""

_RF = (
    _ROTATION
    + """
sat st r2,real ; st r1,imag
cmp r5,0 ; jge END ; cmp r1,0 ; jlt END
ld r2,real ; cmp r2,vth ; jlt END
spike 1
END:
"""
)

_RF_IZ = (
    _ROTATION
    + """
cmp r1,vth ; jlt KEEP
ld r2,0 ; ld r1,(vth-1) ; spike 1
KEEP: sat st r2,real ; st r1,imag
"""
)

_ATRLIF = """
ld r4,theta ; cmp t,1 ; jne GO
ld r4,theta_0
GO: ld r0,i ; mulsr r0,keep_i,12 ; add r0,q ; st r0,i ; ld r0,i
ld r1,v ; mulsr r1,keep_v,12 ; add r1,r0 ; add r1,(bias_mant<<bias_exp) ; sat st r1,v ; ld r1,v
sub r4,theta_0 ; mulsr r4,keep_theta,12 ; add r4,theta_0
ld r3,r ; mulsr r3,keep_r,12
sub r1,r3 ; cmp r1,r4 ; jlt KEEP
add r3,r4 ; add r3,r4 ; add r4,theta_step ; spike 1
KEEP: st r3,r ; st r4,theta
"""

#: r0 is the activation, r1 what has changed, r2 what is compared with vth, r3 what is sent.
_CHANGE = """
ld r2,act ; st r0,act ; sub r0,r2 ; ld r1,residue ; add r1,r0
ld r2,r1 ; cmp cum_error,0 ; jeq TEST
ld r2,error ; add r2,r1 ; st r2,error
TEST: ld r3,0 ; abs r2 ; cmp r2,vth ; jlt SEND
ld r3,r1
cmp r3,0 ; jeq SEND
cmp cum_error,0 ; jeq SEND
st 0,error
SEND: sub r1,r3 ; st r1,residue
asr r3,state_exp ; spike r3
"""

_DELTA = "ld r0,q ; shl r0,(spike_exp+state_exp)\n" + _CHANGE

_SIGMA_DELTA = (
    """
ld r0,sigma ; add r0,q ; st r0,sigma ; add r0,bias
cmp act_mode,1 ; jne CHANGE
max r0,0
CHANGE:
"""
    + _CHANGE
)

_SIGMA = "ld r0,sigma ; add r0,q ; st r0,sigma ; spike r0"

_PRODUCT = """
ld r0,q ; mulsr r0,q2,0 ; asr r0,exp
ld r1,r0 ; abs r1 ; cmp r1,vth ; jle END
spike r0
END:
"""

_VECTOR = """
ld r0,v ; add r0,q ; st 0,v
ld r1,r0 ; abs r1 ; cmp r1,vth ; jle END
spike r0
END:
"""

_RELU_VECTOR = """
ld r0,v ; add r0,q ; st 0,v
cmp r0,vth ; jle END
spike r0
END:
"""

_NORM = """
ld r0,q ; mulsr r0,q,0 ; spike2 r0
ld r0,v ; ld r1,v2 ; st r0,v2 ; st q,v
cmp delay,1 ; jeq TAKE
ld r0,r1
TAKE: mulsr r0,q2,0
ld r1,r0 ; abs r1 ; cmp r1,vth ; jle END
spike r0
END:
"""

#: r1 is the factor, r2 the root, r3 what converges to 1.
_NEWTON = """
mul r3,r1 ; asr r3,(fp_base+1) ; mul r3,r1 ; asr r3,(fp_base+1)
ld r1,(3<<fp_base) ; sub r1,r3 ; mul r2,r1 ; asr r2,(fp_base+1)
"""

_INVERSE_ROOT = (
    "cmp q,0 ; jle END ; clz r0,q ; lut r1,guesses,r0 ; ld r2,r1 ; asr r2,1 ; ld r3,q\n"
    + 5 * _NEWTON
    + "spike r2\nEND:\n"
)

_SDN_PAR = ("vth", "state_exp", "cum_error")
_RF_PAR = ("sin_decay", "cos_decay", "state_exp", "decay_bits", "vth")
_SDN_STATE = {"act": 32, "residue": 32, "error": 32}


def _lif_kind(name: str, text: str, par: tuple[str, ...] = _LIF_PAR, **state) -> NeuronProgram:
    note = _WRAP_NOTE + (_WAIT_NOTE if state else "")
    return NeuronProgram(name, text, {**_LIF_STATE, **state}, par, input_shift=6, note=note)


@cache
def library() -> dict[str, NeuronProgram]:
    """Programs by name of the Process; `lavajit.neurocore.programs.of` finds them by class."""
    ternary = ("du", "dv", "bias_mant", "bias_exp", "vth_hi", "vth_lo")
    resets = (*_LIF_PAR, "reset_interval", "reset_offset")
    programs = [
        _lif_kind("LIF", _LIF),
        _lif_kind("LIFReset", _LIF_RESET, resets, wait=16),
        _lif_kind("TernaryLIF", _TERNARY, ternary),
        _lif_kind("LIFRefractory", _REFRACTORY, (*_LIF_PAR, "refractory_period"), wait=16),
        *_resonators(),
        _adaptive(),
        *_sigma_delta(),
        *_vectors(),
    ]
    return {program.name: program for program in programs}


def _resonators() -> list[NeuronProgram]:
    state = {"real": 24, "imag": 24}
    texts = {"RF": _RF, "RF_IZ": _RF_IZ}
    return [NeuronProgram(name, text, state, _RF_PAR) for name, text in texts.items()]


def _adaptive() -> NeuronProgram:
    keeps = ("keep_i", "keep_v", "keep_theta", "keep_r")
    return NeuronProgram(
        "ATRLIF",
        _ATRLIF,
        {"i": 24, "v": 24, "theta": 32, "r": 32},
        (*keeps, "theta_0", "theta_step", "bias_mant", "bias_exp"),
        input_shift=6,
        note="keep_x is 4096 * (1 - delta_x), keep_i one less; theta_0 and theta_step are shifted "
        "left by 6. The chip has no fractions: deltas are multiples of 1/4096",
    )


def _sigma_delta() -> list[NeuronProgram]:
    return [
        NeuronProgram("Delta", _DELTA, _SDN_STATE, (*_SDN_PAR, "spike_exp")),
        NeuronProgram("Sigma", _SIGMA, {"sigma": 32}),
        NeuronProgram(
            "SigmaDelta",
            _SIGMA_DELTA,
            {"sigma": 32, **_SDN_STATE},
            (*_SDN_PAR, "bias", "act_mode"),
            note="bits that messages drop are lost, as in PySigmaDeltaModelFixed",
        ),
    ]


def _vectors() -> list[NeuronProgram]:
    return [
        NeuronProgram("ProdNeuron", _PRODUCT, par=("vth", "exp")),
        NeuronProgram("GradedVec", _VECTOR, {"v": 32}, ("vth",)),
        NeuronProgram("GradedReluVec", _RELU_VECTOR, {"v": 32}, ("vth",)),
        NeuronProgram("NormVecDelay", _NORM, {"v": 32, "v2": 32}, ("vth", "delay")),
        NeuronProgram(
            "InvSqrt",
            _INVERSE_ROOT,
            par=("fp_base",),
            tables=("guesses",),
            note="needs clz and lut, which are extensions of ours; a number that is not positive "
            "sends nothing; registers hold all steps up to 12 fraction bits",
        ),
    ]


def of(process: type) -> NeuronProgram | None:
    """The program of a Process of the library, or of its nearest parent that has one.

    Parameters
    ----------
    process : type
        A Process class.

    Returns
    -------
    NeuronProgram or None
        None if the library has no program for it.

    Examples
    --------
    >>> from lavajit import LIF
    >>> from lavajit.neurocore import programs
    >>> programs.of(LIF).longest_path, programs.of(LIF).words
    (14, 1)
    """
    for base in process.__mro__:
        if base.__module__.startswith("lavajit.proc.") and base.__name__ in library():
            return library()[base.__name__]
    return None
