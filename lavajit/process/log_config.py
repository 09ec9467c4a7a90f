"""Logging of Processes: ordinary loggers, no handlers on the root logger.

A Process without its own LogConfig logs to ``lavajit.<ClassName>``, which the application
configures like any other logger. A Process with a LogConfig gets a logger of its own below
that one, which dies with the Process.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass


@dataclass
class LogConfig:
    """Where and from which level on a Process logs.

    Attributes
    ----------
    file : str
        Log file, appended to. Only used, and only created, if `logs_to_file` is True.
    level : int
        Lowest level written to the file.
    level_console : int
        Lowest level printed to stderr (unless the application has configured the root
        logger: then its handlers do the printing).
    logs_to_file : bool
        Whether to write the file.
    format, date_format : str
        As in :class:`logging.Formatter`.

    Raises
    ------
    ValueError
        If `logs_to_file` is True and `file` is empty.
    """

    file: str = ""
    level: int = logging.WARNING
    level_console: int = logging.ERROR
    logs_to_file: bool = False
    format: str = "%(asctime)s:%(levelname)s: %(name)s - %(message)s"
    date_format: str = "%m/%d/%Y %I:%M:%S%p"

    def __post_init__(self) -> None:
        if self.logs_to_file and self.file == "":
            raise ValueError(
                "LogConfig(logs_to_file=True) needs a file name; pass file='lava.log'."
            )


class ProcessLogHandler(logging.Handler):
    """Writes records to stderr and to a file as a LogConfig says.

    The file is opened for each record: log messages are rare, and so no file handle outlives
    a forgotten Process.
    """

    def __init__(self, config: LogConfig) -> None:
        super().__init__()
        self.config = config
        self.setFormatter(logging.Formatter(config.format, config.date_format))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            line = self.format(record) + "\n"
            if record.levelno >= self.config.level_console and not logging.root.handlers:
                sys.stderr.write(line)
            if self.config.logs_to_file and record.levelno >= self.config.level:
                with open(self.config.file, "a", encoding="utf-8") as log_file:
                    log_file.write(line)
        except Exception:
            # The logging module's own convention: report to stderr, never break the program.
            self.handleError(record)


def make_process_logger(class_name: str, config: LogConfig | None) -> logging.Logger:
    """Return the logger of a Process of class `class_name`."""
    class_logger = logging.getLogger(f"lavajit.{class_name}")
    if config is None:
        return class_logger
    # Not registered in the logging module, which would keep it for ever.
    logger = logging.Logger(class_logger.name, min(config.level, config.level_console))
    logger.parent = class_logger
    logger.addHandler(ProcessLogHandler(config))
    return logger
