"""Loggers of Processes."""

import logging

import pytest

from lavajit.process.process import AbstractProcess, LogConfig


class Neuron(AbstractProcess):
    pass


def test_defaults_are_those_of_lava():
    config = LogConfig()
    assert (config.file, config.logs_to_file) == ("", False)
    assert (config.level, config.level_console) == (logging.WARNING, logging.ERROR)


def test_a_file_needs_a_name():
    with pytest.raises(ValueError, match="needs a file name"):
        LogConfig(logs_to_file=True)


def test_no_handler_and_no_file_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = list(logging.root.handlers)
    for _ in range(3):
        Neuron().log.warning("spike")
    assert logging.root.handlers == before
    assert Neuron().log.name == "lavajit.Neuron" and not Neuron().log.handlers
    assert list(tmp_path.iterdir()) == []


def test_log_file_and_levels(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(logging.root, "handlers", [])
    path = tmp_path / "lava.log"
    config = LogConfig(file=str(path), level=logging.INFO, logs_to_file=True, format="%(message)s")
    first, second = Neuron(log_config=config), Neuron(log_config=config)
    first.log.info("to file")
    second.log.error("to both")
    first.log.debug("to none")
    assert path.read_text() == "to file\nto both\n"
    assert capsys.readouterr().err == "to both\n"


def test_without_logs_to_file_no_file_is_made(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(logging.root, "handlers", [])
    path = tmp_path / "lava.log"
    Neuron(log_config=LogConfig(file=str(path))).log.error("message")
    assert not path.exists() and "message" in capsys.readouterr().err
