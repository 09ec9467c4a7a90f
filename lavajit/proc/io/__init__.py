"""Processes at the edge of a network: sources of input and sinks of output.

Named as in Lava: `source.RingBuffer` sends what it was given, `sink.RingBuffer` keeps what it
receives.
"""
