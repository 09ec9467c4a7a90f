"""Programs written for Lava run on lavajit: ``import lava...`` resolves here.

Importing this package puts a finder in front of Python's import system. From then on every module
of Lava is a module whose names are lavajit's; which name is which stands in ``names.csv``.
Packages below ``lava.lib`` that are installed on their own stay importable beside it.

>>> import lavajit.as_lava
>>> from lava.magma.core.run_conditions import RunSteps

For a whole test suite: ``pytest -p lavajit.as_lava``. For one script: ``lavajit run script.py``.
"""

from lavajit.as_lava.finder import install, uninstall

__all__ = ["install", "uninstall"]

install()
