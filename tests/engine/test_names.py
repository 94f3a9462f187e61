"""Every value of a config has a name that people write."""

from __future__ import annotations

from dataclasses import fields

from fcae_gui.engine import config, names
from fcae_gui.engine.config import NetworkConfig, TrainingConfig


def test_every_value_and_every_field_has_a_name() -> None:
    for table, values in (
        (names.ACTIVATION_NAMES, config.ACTIVATIONS),
        (names.OUTPUT_NAMES, config.OUTPUT_ACTIVATIONS),
        (names.START_NAMES, config.STARTS),
        (names.LOSS_NAMES, config.LOSSES),
        (names.OPTIMIZER_NAMES, config.OPTIMIZERS),
        (names.SCHEDULE_NAMES, config.SCHEDULES),
        (names.DEVICE_NAMES, config.DEVICES),
    ):
        assert set(table) == set(values)
        assert len(set(table.values())) == len(table)
    for one in (*fields(NetworkConfig), *fields(TrainingConfig)):
        assert one.name in names.FIELD_NAMES


def test_values_read_as_people_write_them() -> None:
    assert names.value_name("activation", "leaky_relu") == "leaky ReLU"
    assert names.value_name("epochs", None) == "open-ended"
    assert names.value_name("encoder_widths", (128, 32)) == "128, 32"
    assert names.value_name("encoder_widths", ()) == "none"
    assert names.value_name("batch_size", 65536) == "65,536"
    assert names.value_name("seed", 12345) == "12345"
    assert names.value_name("learning_rate", 0.003) == "0.003"


def test_ratio_and_shape_are_those_of_the_network() -> None:
    network = NetworkConfig(input_size=784, encoder_widths=(128,), code_size=32)
    assert names.ratio_name(network) == "24.5 : 1"
    assert names.shape_name(network) == "784-128-32-128-784"
    assert names.ratio_name(NetworkConfig(input_size=784, encoder_widths=(), code_size=2)) == "392 : 1"
    assert names.ratio_name(NetworkConfig(input_size=5, encoder_widths=(), code_size=10)) == "0.5 : 1"
