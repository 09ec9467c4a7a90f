"""Other simulators: environments for them, and programs that run networks on request.

A *worker* is a program that holds one network. It reads requests from its standard input and
answers them, one JSON object a line (:mod:`bench.peers.protocol`), so that several simulators can
take turns on one machine. Workers of Brian2 and NEST run in environments of their own
(:mod:`bench.peers.environments`) and need nothing of lavajit; they are given the network as a
description (:mod:`bench.scale.descriptions`).
"""
