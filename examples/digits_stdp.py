# %% [markdown]
"""
Handwritten digits learned without labels, by STDP and competition: the network `models/digits.py`.

A hundred neurons see 1,200 images five times. Afterwards each neuron's weights look like a digit;
which one is only now read off the labels. The other 597 images are then answered by vote.

Needs scikit-learn, for its images: `pip install 'lavajit[examples]'`
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

from lavajit import plots
from models import digits

print(digits.rule("float").explain(n_pre=digits.PIXELS, n_post=100))
result = digits.experiment(seed=0)
print(f"\n{result.steps:,} time steps; neurons for each digit: ", end="")
print(*np.bincount(result.labels, minlength=digits.CLASSES))
print(f"held-out images answered correctly: {result.accuracy:.1%} (chance: 10%)")

# %% [markdown]
# What the neurons have learned, in the order of their labels, with a pixel of margin around each.

# %%
weights = result.memory.weights[np.argsort(result.labels, kind="stable")]
side = int(np.ceil(np.sqrt(len(weights))))
fields = np.full((side * side, 10, 10), np.nan)
fields[: len(weights), 1:9, 1:9] = weights.reshape(-1, 8, 8)
sheet = fields.reshape(side, side, 10, 10).swapaxes(1, 2).reshape(side * 10, side * 10)

# %%
with plots.style():
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 4), layout="compressed")
    left.imshow(sheet, cmap="gray_r")
    left.set(title=f"weights of {len(weights)} neurons", xticks=(), yticks=())
    left.spines[:].set_visible(False)
    right.imshow(np.sqrt(result.confusion), cmap="Blues")
    for (row, column), count in np.ndenumerate(result.confusion):
        if count:
            color = "white" if row == column else "black"
            right.text(column, row, count, ha="center", va="center", size=7, color=color)
    right.set(xlabel="answer", ylabel="digit", xticks=range(10), yticks=range(10))
    right.set_title(f"{result.confusion.sum()} held-out images: {result.accuracy:.1%}")
figure.savefig("digits_stdp.png", dpi=120)
