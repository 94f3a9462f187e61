"""The terms of a loss, against torch's own losses."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from fcae_gui.analysis import lens


def _sample(size: int = 784) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.random(size), rng.normal(0, 6, size)


@pytest.mark.parametrize("has_sigmoid", [True, False])
def test_sums_and_means_are_those_of_torch(has_sigmoid: bool) -> None:
    x, logits = _sample()
    read = lens.read(x, logits, has_sigmoid=has_sigmoid)
    target, a = torch.from_numpy(x), torch.from_numpy(logits)
    output = torch.sigmoid(a) if has_sigmoid else a
    expected = {"mse": F.mse_loss(output, target), "l1": F.l1_loss(output, target)}
    if has_sigmoid:
        expected["bce"] = F.binary_cross_entropy_with_logits(a, target)
        plain = F.binary_cross_entropy(output, target)
        assert read.sums["bce"] / len(x) == pytest.approx(float(plain), rel=1e-6)
    else:
        assert read.sums["bce"] is None and read.terms["bce"] is None
    for name, value in expected.items():
        assert read.sums[name] / len(x) == pytest.approx(float(value), rel=1e-6)


@pytest.mark.parametrize("name", lens.LOSSES)
def test_the_terms_are_torchs_own_pixel_by_pixel_and_add_up_to_the_sum(name: str) -> None:
    x, logits = _sample()
    read = lens.read(x, logits, has_sigmoid=True)
    target, a = torch.from_numpy(x), torch.from_numpy(logits)
    expected = {
        "mse": F.mse_loss(torch.sigmoid(a), target, reduction="none"),
        "l1": F.l1_loss(torch.sigmoid(a), target, reduction="none"),
        "bce": F.binary_cross_entropy_with_logits(a, target, reduction="none"),
    }[name]
    np.testing.assert_allclose(read.terms[name], expected.numpy(), rtol=1e-6, atol=1e-12)
    assert sum(read.terms[name].tolist()) == pytest.approx(read.sums[name], rel=1e-12)


def test_cross_entropy_stays_finite_where_the_sigmoid_has_run_out_of_digits() -> None:
    terms = lens.cross_entropy(np.array([0.0, 1.0, 1.0]), np.array([800.0, -800.0, 800.0]))
    np.testing.assert_allclose(terms, [800.0, 800.0, 0.0])


def test_outputs_outside_the_unit_range_are_counted_on_both_sides() -> None:
    read = lens.read(np.zeros(5), np.array([-0.5, 0.0, 0.5, 1.0, 1.5]), has_sigmoid=False)
    assert (read.below, read.above, read.outside) == (1, 1, 2)
    assert read.share_outside == pytest.approx(0.4)
    assert lens.read(np.zeros(2), np.array([-40.0, 40.0]), has_sigmoid=True).outside == 0


def test_vectors_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        lens.read(np.zeros(3), np.zeros(4), has_sigmoid=True)
