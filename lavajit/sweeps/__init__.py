"""Parameter sweeps: one function of the user's at many points, in any executor, as one table."""
