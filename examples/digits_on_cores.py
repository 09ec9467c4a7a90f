# %% [markdown]
"""
A classifier trained elsewhere, on the cores of a Loihi 2 chip: the same spikes, and what they cost.

A file from lava-dl holds the network, 784-128-64-10, in integers. It has learned MNIST and now sees
digits of other writers, 8 x 8 pixels, made as MNIST's are: 20 pixels, centred by mass. Its answer
is the neuron that fires most. Needs scikit-learn and h5py: `pip install 'lavajit[examples]'`
"""

# %%
from pathlib import Path

import h5py
import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import center_of_mass, zoom
from sklearn.datasets import load_digits

from lavajit import LIF, Dense, Loihi2HwCfg, Loihi2SimCfg, RunSteps, SourceRingBuffer, plots

HERE = Path(__file__).parent if "__file__" in globals() else Path()
IMAGES, SHOWN, PAUSE = 100, 32, 3  # steps with an image, and without

# %%
digits, pixels = load_digits(), np.zeros((IMAGES, 28, 28))
for field, image in zip(pixels, digits.images, strict=False):
    field[4:24, 4:24] = zoom(image / 16, 20 / 8, grid_mode=True, mode="grid-constant")
    shift = np.round(13.5 - np.array(center_of_mass(field))).astype(int)
    field[:] = np.clip(1.5 * np.roll(field, shift, axis=(0, 1)) - 0.25, 0, 1)
drive = pixels.reshape(IMAGES, -1, 1) * np.arange(1, SHOWN + 1)  # spikes where it passes 1, 2, ...
spikes = np.pad(np.diff(np.floor(drive), prepend=0), ((0, 0), (0, 0), (0, PAUSE)))


# %%
def answer(config):
    """Show all images; return spikes of each layer, (steps, neurons), and a report from cores."""
    out, record, states, found = SourceRingBuffer(data=np.hstack(spikes)).s_out, [], [], []
    with h5py.File(HERE / "data" / "trained_mnist_network.net") as file:
        for _, layer in sorted(file["layer"].items()):
            du, dv, vth = (int(layer["neuron"][k][()]) for k in ("iDecay", "vDecay", "vThMant"))
            dense = Dense(weights=layer["weight"][()].astype(int))
            out.connect(dense.s_in)
            lif = LIF(shape=dense.a_out.shape, du=du - 1, dv=dv, vth=vth)  # LIF adds 1 to du
            dense.a_out.connect(lif.a_in)
            out, record, states = lif.s_out, [*record, lif.s_out], [*states, lif.u, lif.v]
    with lif:
        for steps in IMAGES * (SHOWN, *PAUSE * (1,)):
            result = lif.run(RunSteps(steps), config, record=record)
            found.append([each.dense() for each in result.values()])
            for state in states:  # forget the image; spikes on their way arrive in the pause
                state.set(np.zeros(state.shape, int))
        return [np.vstack(layer) for layer in zip(*found, strict=True)], lif.runtime.nc_report


# %%
on_cpu, _ = answer(Loihi2SimCfg(select_tag="fixed_pt"))
on_cores, report = answer(Loihi2HwCfg(arith="lava"))
print("same spikes in all layers:", all(map(np.array_equal, on_cpu, on_cores)))
answers = on_cores[-1].reshape(IMAGES, -1, 10).sum(axis=1).argmax(axis=1)
print(f"answered correctly: {np.mean(answers == digits.target[:IMAGES]):.0%}\n{report.table()}")
time, energy = 1e6 * report.latency(SHOWN + PAUSE), 1e6 * report.energy.total / IMAGES
print(f"An image takes {time:.0f} us and {energy:.0f} uJ, modelled ({report.time.quality}).")

with plots.style():
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(7.2, 6), height_ratios=(1, 2, 4))
    top.imshow(np.hstack(pixels[:10]), cmap="gray_r", aspect="auto")
    top.set_axis_off()
    plots.raster(on_cores[-1][: 10 * (SHOWN + PAUSE)], middle).set(yticks=range(10))
    plots.utilisation(report, bottom)
figure.savefig("digits_on_cores.png", dpi=110)
