"""The presets as the lecture states them, and how they are fitted to other data."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from fcae_gui.engine.presets import (
    DEFAULT_PRESET,
    PRESETS,
    adapt,
    make_config,
    with_output_activation,
    with_target_for,
)

from .samples import blobs


def test_the_presets_are_those_of_the_lecture() -> None:
    assert DEFAULT_PRESET == "map"
    sizes = {name: preset.network.sizes for name, preset in PRESETS.items()}
    assert sizes == {
        "map": (784, 128, 32, 2, 32, 128, 784),
        "lecture": (784, 32, 784),
        "notebook": (784, 32, 784),
        "linear": (784, 2, 784),
        "slope": (784, 128, 32, 2, 32, 128, 784),
        "features": (784, 512, 256, 32, 256, 512, 784),
        "hinton": (784, 1000, 500, 250, 30, 250, 500, 1000, 784),
        "hinton-2d": (784, 1000, 500, 250, 2, 250, 500, 1000, 784),
        "slide": (5, 2, 5),
    }
    notebook = PRESETS["notebook"]
    assert (notebook.training.loss, notebook.training.learning_rate) == ("bce", 0.005)
    assert (notebook.training.batch_size, notebook.training.epochs) == (256, 5)
    assert (notebook.network.start, notebook.network.code_activation) == ("normal", "leaky_relu")
    linear = PRESETS["linear"]
    assert {linear.network.activation, linear.network.output_activation, linear.network.code_activation} == {
        "none"
    }
    assert (linear.training.schedule, linear.training.learning_rate, linear.training.epochs) == (
        "cosine",
        3e-3,
        20,
    )
    assert all(preset.training.epochs for preset in PRESETS.values())


def test_a_preset_is_fitted_to_the_data() -> None:
    config = make_config("map", blobs(d=20), seed=4, threads=2)
    assert config.network.sizes == (20, 128, 32, 2, 32, 128, 20)
    assert (config.data, config.preset, config.seed, config.threads) == ("blobs", "map", 4, 2)
    assert make_config("lecture", n_features=784, data="mnist").network.code_size == 32
    with pytest.raises(ValueError, match="map, lecture"):
        make_config("maps", blobs())


def test_adapting_says_what_it_changed() -> None:
    config = make_config("notebook", n_features=784, data="mnist")
    same, nothing = adapt(config, blobs(d=784))
    assert not nothing
    assert same.network == config.network
    small, changed = adapt(config, blobs(d=8))
    assert small.network.code_size == 4
    assert any("8 features" in text for text in changed)
    beyond = blobs(d=784, as_bytes=False)
    beyond.train.features[0, 0] = -3.0
    wide, changed = adapt(config, beyond)
    assert (wide.network.output_activation, wide.training.loss) == ("none", "mse")
    assert len(changed) == 2


def test_small_data_gets_enough_steps_and_mnist_its_own_epochs() -> None:
    small = blobs(n=1_000, d=20)
    config = make_config("map", small)
    assert config.training.epochs == 500  # of four steps
    large = blobs(n=10_000, d=20)
    assert make_config("map", large).training.epochs == 10
    assert make_config("notebook", large).training.epochs == 5
    assert make_config("map", replace(small, complete=False)).training.epochs == 10
    assert with_target_for(config, small, large).training.epochs == 10
    assert with_target_for(config.with_training(epochs=7), small, large).training.epochs == 7


def test_another_output_moves_the_loss_and_says_so() -> None:
    config = make_config("notebook", n_features=784, data="mnist")
    moved, changed = with_output_activation(config, "none")
    assert (moved.network.output_activation, moved.training.loss) == ("none", "mse")
    assert any("loss" in text for text in changed)


def test_presets_import_no_torch() -> None:
    code = "import sys, fcae_gui.engine.presets; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
