"""Stand-ins for what needs hardware or a cluster, and MNIST from local files."""

import gzip
import os

import numpy as np
import pytest

from lavajit.utils import loihi, slurm, system
from lavajit.utils.mnist import MnistDataset

SINFO = """#!/bin/sh
if [ "$1" = "-N" ]; then
echo "NODELIST NODES PARTITION STATE"; echo "one 1 big idle"; echo "two 1 big down*"
else
echo "PARTITION AVAIL TIMELIMIT NODES STATE NODELIST"; echo "big up infinite 2 idle one,two"
echo "old up infinite 1 down x"
fi
"""


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """A program called sinfo."""
    program = tmp_path / "sinfo"
    program.write_text(SINFO)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for name in ("SLURM", "NOSLURM", "BOARD", "PARTITION", "LOIHI_GEN"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_without_a_cluster(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert not slurm.is_available() and not slurm.get_boards() and not slurm.get_partitions()
    assert slurm.get_board_info("one") is None and slurm.get_partition_info("big") is None
    for choose in (slurm.enable, lambda: slurm.set_board("one"), lambda: slurm.set_partition("a")):
        with pytest.raises(ValueError, match="no cluster|there are: none"):
            choose()


def test_with_a_cluster(cluster):
    assert slurm.is_available()
    assert slurm.get_partition_info("big") == slurm.PartitionInfo(
        "big", "up", "infinite", "2", "idle", "one,two"
    )
    assert slurm.get_board_info("one") == slurm.BoardInfo("one", "big", "idle")
    slurm.enable()
    slurm.set_board("one", "big"), slurm.set_partition("big")
    assert [os.environ[n] for n in ("SLURM", "BOARD", "PARTITION")] == ["1", "one", "big"]
    assert slurm.partition() == "big"
    for choose in (lambda: slurm.set_board("two"), lambda: slurm.set_partition("old")):
        with pytest.raises(ValueError, match="is down"):
            choose()
    with pytest.raises(ValueError, match="in partition 'big', not 'old'"):
        slurm.set_board("one", "old")
    slurm.set_board(None), slurm.set_partition(None), slurm.disable()
    assert slurm.partition() == "Unspecified" and "SLURM" not in os.environ
    assert os.environ["NOSLURM"] == "1"


def test_modelled_cores_are_there_unless_switched_off(monkeypatch):
    monkeypatch.setattr(loihi, "host", None)
    assert loihi.is_installed() and loihi.is_installed("lava.utils.loihi2_profiler")
    assert loihi.is_installed("numpy") and system.Loihi2.is_loihi2_available
    assert loihi.ChipGeneration("N3B3") is loihi.ChipGeneration.N3B3
    uses = {"SLURM": loihi.use_slurm_host, "ETHERNET": lambda: loihi.use_ethernet_host("localhost")}
    for kind, use in uses.items():
        with pytest.warns(UserWarning, match="has no effect: there is no hardware here"):
            use()
        assert loihi.host == kind
    monkeypatch.setenv("LAVAJIT_NEUROCORES", "0")
    assert not loihi.is_installed() and not system.Loihi2.is_loihi2_available
    for use in uses.values():
        with pytest.raises(ImportError, match="LAVAJIT_NEUROCORES=0 has switched off"):
            use()


def test_system(cluster):
    assert system.Loihi2.partition == "a model of Loihi 2 in lavajit"
    system.Loihi2.set_environ_settings("big")
    assert system.Loihi2.partition == "big" and os.environ["LOIHI_GEN"] == "N3B3"

    @system.deprecated("Use another.")
    def function(x):
        return x + 1

    with pytest.warns(DeprecationWarning, match="function is deprecated. Use another."):
        assert function(1) == 2


IMAGES, LABELS = np.arange(48, dtype=np.uint8).reshape(3, 4, 4), np.array([7, 2, 1], np.uint8)


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.tobytes()


def write_folder(folder) -> None:
    for kind, count in (("train", 3), ("t10k", 2)):
        content = idx(IMAGES[:count])
        (folder / f"{kind}-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
        (folder / f"{kind}-labels-idx1-ubyte").write_bytes(idx(LABELS[:count]))


def test_mnist(tmp_path):
    write_folder(tmp_path)
    MnistDataset.decompress_convert_save(tmp_path, tmp_path / "all.npz")
    for path in (tmp_path, tmp_path / "all.npz"):
        data = MnistDataset(path)
        np.testing.assert_array_equal(data.train_images, IMAGES.reshape(3, 16))
        assert data.test_images.shape == (2, 16) and data.images.shape == (5, 16)
        assert data.test_labels.tolist() == [7, 2] and data.labels.tolist() == [7, 2, 1, 7, 2]
        assert data.train_labels.tolist() == [7, 2, 1]


def test_mnist_errors(tmp_path):
    with pytest.raises(NotImplementedError, match="downloads nothing"):
        MnistDataset.download_mnist()
    with pytest.raises(FileNotFoundError, match="downloads nothing"):
        MnistDataset(tmp_path / "absent.npz")
    with pytest.raises(FileNotFoundError, match="neither train-images-idx3-ubyte nor"):
        MnistDataset(tmp_path)
    np.save(tmp_path / "objects.npy", np.array([[1], None], object), allow_pickle=True)
    with pytest.raises(ValueError, match="without pickle"):
        MnistDataset(tmp_path / "objects.npy")
    np.savez(tmp_path / "other.npz", x_train=IMAGES)
    with pytest.raises(ValueError, match="no train_labels, test_images, test_labels"):
        MnistDataset(tmp_path / "other.npz")
    parts = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES, "y_test": LABELS[:1]}
    np.savez(tmp_path / "uneven.npz", **parts)
    with pytest.raises(ValueError, match="3 test images, but labels of shape"):
        MnistDataset(tmp_path / "uneven.npz")
    write_folder(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(LABELS)[:-1])
    with pytest.raises(ValueError, match="is cut off"):
        MnistDataset(tmp_path)
