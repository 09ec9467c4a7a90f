"""Threads help while that is measured to be faster."""

from lavajit.runtime import pace


class Clock:
    """Time for Pace: a chunk of `steps` takes as long as said."""

    def __init__(self, shards: int, always: bool = False):
        self.pace = pace.Pace(shards, always)
        self.history: list[bool] = []

    def run(self, chunks: int, alone: float, helped: float, steps: int = 100) -> list[bool]:
        """Which of the chunks were run with help."""
        for _ in range(chunks):
            together = self.pace.together(steps)
            self.pace.took(steps, steps * (helped if together else alone), together)
            self.history.append(together)
        return self.history[-chunks:]


def test_the_faster_way_is_kept_and_the_other_tried_again():
    clock = Clock(2)
    clock.run(4, alone=1e-3, helped=0.6e-3)
    chosen = clock.run(400, alone=1e-3, helped=0.6e-3)
    assert 385 < sum(chosen) < 400
    chosen = clock.run(400, alone=1e-3, helped=3e-3)[200:]
    assert 0 < sum(chosen) < 10


def test_one_bad_measurement_is_soon_forgotten():
    clock = Clock(2)
    clock.run(1, alone=1e-3, helped=0.6e-3)
    clock.run(1, alone=1e-3, helped=9e-3)  # the first that counts
    chosen = clock.run(50, alone=1e-3, helped=0.6e-3)
    assert sum(chosen) > 40


def test_short_runs_are_not_worth_waking_threads():
    clock = Clock(2)
    clock.run(3, alone=1e-5, helped=1e-5)
    assert not any(clock.run(20, alone=1e-5, helped=1e-5, steps=5))


def test_threads_that_are_asked_for_always_help():
    assert all(Clock(2, always=True).run(10, alone=1e-6, helped=1.0))
