"""Processes at the edge of a network: sources of input and sinks of output.

Named as in Lava: `source.RingBuffer` sends what it was given, `sink.RingBuffer` keeps what it
receives. `sink.Read`, `reset` and `dataloader` act on Vars and data sets at regular intervals,
`encoder` compresses messages, `injector` and `extractor` connect user code with a running network.
`adapters`, `conv_adapter` and `state_reader` stand between neurons on cores and the CPU.
Sources and sinks of events (`event_source`, `poisson_source`, `event_sink`) are additions.
"""
