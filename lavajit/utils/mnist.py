"""MNIST from files that the user has; nothing is downloaded.

Understood are

- a ``.npz`` file without pickled objects and with the arrays ``train_images``,
  ``train_labels``, ``test_images``, ``test_labels`` (or ``x_train``, ``y_train``, ``x_test``,
  ``y_test``)
- a folder with the four files of the original distribution, ``train-images-idx3-ubyte`` and so
  on, with or without ``.gz``
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np

PARTS = ("train_images", "train_labels", "test_images", "test_labels")
_OTHER_NAMES = {
    "train_images": "x_train",
    "train_labels": "y_train",
    "test_images": "x_test",
    "test_labels": "y_test",
}
_IDX_FILES = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}
#: Code of uint8 in idx files.
_IDX_UINT8 = 8


class MnistDataset:
    """Images and labels.

    Parameters
    ----------
    data_path : path-like
        An npz file or a folder, see the module.

    Attributes
    ----------
    train_images, test_images : ndarray, shape (n, 784)
    train_labels, test_labels : ndarray, shape (n,)
    images, labels : ndarray
        Training data, then test data.

    Raises
    ------
    FileNotFoundError
        A file is missing; the text says where to put it.
    ValueError
        A file holds something else.
    """

    def __init__(self, data_path: str | os.PathLike = "mnist.npz") -> None:
        parts = _read(Path(data_path))
        for name in PARTS:
            part = np.asarray(parts[name])
            if name.endswith("images"):
                part = part.reshape(len(part), -1)
            setattr(self, f"_{name}", part)
        for kind in ("train", "test"):
            images, labels = (getattr(self, f"_{kind}_{part}") for part in ("images", "labels"))
            if labels.shape != (len(images),):
                raise ValueError(
                    f"{data_path}: {len(images)} {kind} images, but labels of shape {labels.shape}."
                )

    @property
    def train_images(self) -> np.ndarray:
        return self._train_images

    @property
    def test_images(self) -> np.ndarray:
        return self._test_images

    @property
    def train_labels(self) -> np.ndarray:
        return self._train_labels

    @property
    def test_labels(self) -> np.ndarray:
        return self._test_labels

    @property
    def images(self) -> np.ndarray:
        return np.concatenate([self._train_images, self._test_images])

    @property
    def labels(self) -> np.ndarray:
        return np.concatenate([self._train_labels, self._test_labels])

    @staticmethod
    def download_mnist(path: str | os.PathLike = "") -> None:
        """Lava downloads here; lavajit never does."""
        raise NotImplementedError(
            "lavajit downloads nothing. Get the four files of MNIST (train-images-idx3-ubyte.gz "
            "and so on) and give their folder: MnistDataset('folder')."
        )

    @staticmethod
    def decompress_convert_save(
        download_path: str | os.PathLike, save_path: str | os.PathLike
    ) -> None:
        """Make one npz file of a folder with the four files."""
        np.savez_compressed(save_path, **_read(Path(download_path)))


def _read(path: Path) -> dict[str, np.ndarray]:
    if path.is_dir():
        return {name: _read_idx(_existing(path, file)) for name, file in _IDX_FILES.items()}
    if not path.exists():
        raise FileNotFoundError(
            f"there is no {path}. Give the path of an npz file or of the folder with MNIST's four "
            f"files (train-images-idx3-ubyte.gz and so on); lavajit downloads nothing."
        )
    try:
        content = np.load(path, allow_pickle=False)
    except ValueError as error:
        raise ValueError(
            f"{path} is not readable without pickle ({error}); save the four arrays with np.savez."
        ) from error
    if isinstance(content, np.ndarray):
        raise ValueError(f"{path} holds one array; save the four {PARTS} with np.savez.")
    with content:
        names = {name: name if name in content else _OTHER_NAMES[name] for name in PARTS}
        missing = [name for name, key in names.items() if key not in content]
        if missing:
            raise ValueError(f"{path} has no {', '.join(missing)}; it has {content.files}.")
        return {name: content[key] for name, key in names.items()}


def _existing(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return path
    raise FileNotFoundError(f"{folder} has neither {name} nor {name}.gz, a file of MNIST.")


def _read_idx(path: Path) -> np.ndarray:
    """An array of uint8 in the idx format: two zeros, type, axes, sizes, data."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    axes = content[3] if len(content) > 3 else 0
    if content[:3] != bytes([0, 0, _IDX_UINT8]) or not axes:
        raise ValueError(f"{path} is not an idx file of bytes.")
    first = 4 + 4 * axes
    shape = np.frombuffer(content[4:first], ">u4").astype(int)
    if shape.size != axes or len(content) - first != shape.prod():
        raise ValueError(f"{path} is cut off: {len(content) - first} bytes of shape {shape}.")
    return np.frombuffer(content[first:], np.uint8).reshape(shape)
