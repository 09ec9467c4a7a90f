"""The process library: each Process beside its models, one file per family.

Models are written as explicit loops over elements, which compile quickly and allocate nothing.
Everything here uses only what a user of lavajit can use: Processes, ports and models.
"""
