"""PCA against numpy's SVD, scikit-learn and scipy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from fcae_gui.analysis import pca


def _samples(n: int = 700, d: int = 30, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 8)) @ rng.normal(size=(8, d)) + 0.3 * rng.normal(size=(n, d))
    return ((x - x.min()) / (x.max() - x.min())).astype(np.float32)


def test_fit_agrees_with_a_singular_value_decomposition() -> None:
    x = _samples()
    found = pca.fit(x)
    centred = x.astype(np.float64) - x.mean(axis=0, dtype=np.float64)
    _, singular, rows = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(found.variances, singular**2 / len(x), rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(np.abs(np.sum(found.components[:5] * rows[:5], axis=1)), 1.0, atol=1e-6)
    left = centred - centred @ rows[:3].T @ rows[:3]
    assert found.train_sse(3) == pytest.approx((left**2).sum() / len(x), rel=1e-5)


@pytest.mark.parametrize("k", [1, 4])
def test_codes_and_reconstructions_agree_with_scikit_learn(k: int) -> None:
    from sklearn.decomposition import PCA

    x = _samples()
    theirs = PCA(k, svd_solver="full").fit(x.astype(np.float64))
    ours = pca.fit(x, k)
    codes = ours.codes(x)
    np.testing.assert_allclose(np.abs(codes), np.abs(theirs.transform(x)), atol=1e-5)
    np.testing.assert_allclose(
        ours.reconstruct(codes), theirs.inverse_transform(theirs.transform(x)), atol=1e-5
    )


def test_bytes_stand_for_values_between_zero_and_one() -> None:
    bytes_ = (_samples() * 255).astype(np.uint8)
    one, other = pca.fit(bytes_, 3), pca.fit(bytes_.astype(np.float32) / np.float32(255.0), 3)
    np.testing.assert_allclose(one.variances, other.variances, rtol=1e-5)
    np.testing.assert_allclose(one.mean, other.mean, atol=1e-6)


def test_fewer_samples_than_features_are_reconstructed_without_error() -> None:
    x = _samples(n=6, d=30)
    found = pca.fit(x)
    assert found.train_sse(5) == pytest.approx(0.0, abs=1e-6)


def test_a_few_wide_pictures_are_fitted_by_way_of_the_few() -> None:
    """60 pictures of 128 x 128: a covariance of all pixels would have 2 GB and take minutes."""
    rng = np.random.default_rng(0)
    x = np.clip(rng.normal(size=(60, 9)) @ rng.normal(size=(9, 128 * 128)) + 4, 0, 8) / 8
    x = np.round(255 * x).astype(np.uint8)
    found = pca.fit(x)
    values = x.astype(np.float64) / 255.0
    centred = values - values.mean(axis=0)
    _, singular, rows = np.linalg.svd(centred, full_matrices=False)
    assert found.components.shape == (60, 128 * 128) and found.whole
    np.testing.assert_allclose(found.variances[:59], singular[:59] ** 2 / 60, rtol=1e-6)
    np.testing.assert_allclose(np.abs(np.sum(found.components[:8] * rows[:8], axis=1)), 1.0, atol=1e-9)
    np.testing.assert_allclose(found.components @ found.components.T, np.eye(60), atol=1e-9)
    assert found.total == pytest.approx((centred**2).sum() / 60)
    np.testing.assert_allclose(found.reconstruct(found.codes(x[:3])), values[:3], atol=1e-6)
    table = [piece for piece in pca.sse_by_size_in_pieces(found, x) if piece is not None][-1]
    assert len(table) == 61 and table[59] == pytest.approx(0.0, abs=1e-3)


def test_the_axes_are_found_by_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of BLAS that wait for each other beside a training take ten times as long."""

    def threads() -> set[int]:
        blas = (one for one in threadpool_info() if one["user_api"] == "blas")
        return {one["num_threads"] for one in blas if "numpy" in one["filepath"]}

    seen: list[set[int]] = []
    real = np.linalg.eigh

    def looking(matrix: np.ndarray) -> object:
        seen.append(threads())
        return real(matrix)

    monkeypatch.setattr(np.linalg, "eigh", looking)
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        for x in (_samples(), _samples(n=6)):
            pca.fit(x)
        assert threads() == before
    assert all(one <= {1} for one in seen) and len(seen) == 2


def test_equal_samples_have_axes_too() -> None:
    found = pca.fit(np.full((5, 9), 0.25, np.float32))
    assert found.train_sse(0) == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(found.components @ found.components.T, np.eye(5), atol=1e-12)


def test_of_many_wide_samples_the_first_components_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    x = _samples(n=900, d=300)
    exact = pca.fit(x)
    monkeypatch.setattr(pca, "MOST_EXACT", 200)
    monkeypatch.setattr(pca, "LEADING", 20)
    monkeypatch.setattr(pca, "FEW_ROWS", 256)
    pieces = list(pca.fit_in_pieces(x))
    found = pieces[-1]
    assert isinstance(found, pca.Pca) and exact.whole and not found.whole
    shares = [piece for piece in pieces if isinstance(piece, float)]
    assert shares == sorted(shares) and shares[0] >= 0.0 and shares[-1] < 1.0
    assert found.k == 20 and pca.fit(x, 40).k == 40
    np.testing.assert_allclose(found.variances[:8], exact.variances[:8], rtol=1e-5)
    np.testing.assert_allclose(
        np.abs(np.sum(found.components[:8] * exact.components[:8], axis=1)), 1.0, atol=1e-5
    )
    assert found.total == pytest.approx(exact.total, rel=1e-6)
    for k, within in ((1, 1e-5), (8, 1e-5), (20, 1e-2)):
        assert found.train_sse(k) == pytest.approx(exact.train_sse(k), rel=within)


@pytest.mark.parametrize("loss", ["mse", "l1", "bce"])
def test_errors_are_those_of_the_reconstructions_written_out(loss: str) -> None:
    from sklearn.decomposition import PCA

    train, test = _samples(), _samples(seed=3)
    theirs = PCA(2, svd_solver="full").fit(train.astype(np.float64))
    x = test.astype(np.float64)
    made = theirs.inverse_transform(theirs.transform(x))
    clipped = np.clip(made, 0.001, 0.999)
    wanted = {
        "mse": ((made - x) ** 2).mean(),
        "l1": np.abs(made - x).mean(),
        "bce": -(x * np.log(clipped) + (1 - x) * np.log(1 - clipped)).mean(),
    }
    assert pca.error(pca.fit(train, 2), test, loss) == pytest.approx(wanted[loss], rel=1e-5)


def test_the_table_of_errors_holds_the_error_of_every_size() -> None:
    train, test = _samples(), _samples(seed=3)
    found = pca.fit(train)
    table = [piece for piece in pca.sse_by_size_in_pieces(found, test) if piece is not None][-1]
    for k in (0, 1, 5, 29):
        assert table[k] == pytest.approx(pca.error(found.keep(k), test, "mse") * 30, rel=1e-4)


def test_an_unknown_loss_is_refused() -> None:
    with pytest.raises(ValueError, match="loss must be one of"):
        pca.error(pca.fit(_samples(), 2), _samples(), "hinge")


@pytest.mark.parametrize(("p", "q"), [(1, 1), (2, 2), (3, 5), (5, 3)])
def test_principal_angles_agree_with_scipy(p: int, q: int) -> None:
    from scipy.linalg import subspace_angles

    rng = np.random.default_rng(p * 10 + q)
    a, b = rng.normal(size=(40, p)), rng.normal(size=(40, q))
    np.testing.assert_allclose(pca.principal_angles(a, b), np.degrees(subspace_angles(a, b)), atol=1e-6)


def test_tiny_angles_keep_their_digits() -> None:
    from scipy.linalg import subspace_angles

    rng = np.random.default_rng(0)
    a = rng.normal(size=(784, 2))
    b = (a + 1e-9 * rng.normal(size=a.shape)) @ np.array([[2.0, 1.0], [0.0, -3.0]])
    np.testing.assert_allclose(
        pca.principal_angles(a, b), np.degrees(subspace_angles(a, b)), rtol=1e-3, atol=1e-12
    )


def test_columns_of_other_lengths_have_no_angle() -> None:
    with pytest.raises(ValueError, match="equal length"):
        pca.principal_angles(np.ones((4, 2)), np.ones((5, 2)))


def test_column_angles_are_those_between_lines() -> None:
    a = np.array([[1.0, -1.0, 0.0], [0.0, 1.0, 2.0]])
    np.testing.assert_allclose(pca.column_angles(a)[0], [0.0, 45.0, 90.0], atol=1e-6)
    assert np.isnan(pca.column_angles(np.zeros((3, 2)))).all()


def test_correlations_agree_with_numpy_and_a_dead_unit_has_none() -> None:
    codes = np.random.default_rng(0).normal(size=(500, 3)) @ np.array([[1, 1, 0], [0, 1, 2], [0, 0, 1.0]])
    np.testing.assert_allclose(pca.correlations(codes), np.corrcoef(codes.T), atol=1e-9)
    codes[:, 1] = 4.0
    np.testing.assert_array_equal(pca.correlations(codes)[1], [0.0, 1.0, 0.0])


def test_mnist_has_the_published_errors(mnist_dir: Path) -> None:
    from fcae_gui.data import catalog

    data = catalog.load("mnist", mnist_dir)
    found = pca.fit(data.train.features)
    table = [piece for piece in pca.sse_by_size_in_pieces(found, data.test.features) if piece is not None][-1]
    assert table[[2, 30, 32]] == pytest.approx([43.64, 13.87, 13.19], abs=0.006)
    assert pca.error(found.keep(2), data.test.features, "mse") * 784 == pytest.approx(43.64, abs=0.006)


@pytest.mark.parametrize("k", [1, 3])
def test_the_quick_fit_is_as_near_as_it_says(k: int) -> None:
    x = _samples(n=3_000)
    exact = pca.fit(x)
    found = [piece for piece in pca.quick_fit_in_pieces(exact, x, k) if piece is not None][-1]
    *_, last = pca._subspace(x[:: max(1, len(x) // found.rows)][: found.rows], k)
    assert last is not None
    mean, basis, _ = last
    centred = x.astype(np.float64) - mean
    left = ((centred - centred @ basis.T @ basis) ** 2).sum() / len(x)
    assert left / exact.train_sse(k) - 1.0 == pytest.approx(found.excess, abs=1e-4)
    assert found.excess <= 0.01 and found.rows < len(x) and found.seconds > 0.0
