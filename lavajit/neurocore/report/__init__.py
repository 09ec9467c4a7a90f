"""Reports: resources, activity, time, energy.

::

    report.py       NcReport
    parts.py        what cores and groups take
    run.py          what a run has done, and its modelled time and energy
    tables.py       reports as text
    script.py       `lavajit report script.py`
"""
