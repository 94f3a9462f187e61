"""How real Strokes are: the nearest Strokes digit names real MNIST digits (1-NN on pixels, no tuning)."""

from __future__ import annotations

import sys
import time

import numpy as np

from fcae_gui.bench.reporting import Report
from fcae_gui.bench.shared import load_mnist
from fcae_gui.data import strokes

FIGURES = ("strokes",)
TARGET = 0.80  # of all 10,000; an untuned first sketch reached 0.78
CLASS_TARGET = 0.65  # of each digit
CHUNK = 1_000  # test images compared at once: 1,000 x 20,000 float32 are 80 MB


def nearest(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Rows of `train` (n, d) nearest to each of `test` (m, d), Euclidean, both float32 -> (m,) int64."""
    half_squares = 0.5 * np.einsum("nd,nd->n", train, train)
    rows = np.empty(len(test), np.int64)
    for start in range(0, len(test), CHUNK):
        part = test[start : start + CHUNK]
        rows[start : start + CHUNK] = (part @ train.T - half_squares).argmax(axis=1)  # (chunk, n)
    return rows


def class_accuracies(truth: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """Share of right answers for each of the ten digits: (10,) float64."""
    return np.array([(answer[truth == digit] == digit).mean() for digit in range(10)])


def run(report: Report) -> None:
    """Reports `strokes`, and each digit's accuracy on stderr. Raises CannotRun without MNIST."""
    mnist = load_mnist()
    started = time.perf_counter()
    drawn = strokes.render(strokes.FULL_TRAIN, strokes.TRAIN_SEED)
    seconds = time.perf_counter() - started
    print(f"strokes: {len(drawn) / seconds:,.0f} digits drawn per second", file=sys.stderr)
    assert drawn.labels is not None and mnist.test.labels is not None
    answer = drawn.labels[nearest(drawn.as_float(), mnist.test.as_float())]
    accuracy = float((answer == mnist.test.labels).mean())
    each = class_accuracies(mnist.test.labels, answer)
    words = "  ".join(f"{digit}: {share:.3f}" for digit, share in enumerate(each))
    print(f"strokes: accuracy of each digit  {words}", file=sys.stderr)
    holds = bool(accuracy >= TARGET and each.min() >= CLASS_TARGET)
    report("strokes", accuracy, "accuracy", f">= {TARGET:.2f}", holds)
