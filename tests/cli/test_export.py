"""What a run leaves behind works without us: encoder, ONNX file and script, each in a process of its own."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fcae_gui import cli
from fcae_gui.data import catalog
from fcae_gui.data.dataset import Split
from fcae_gui.engine.config import RunConfig
from fcae_gui.engine.decoder import encode
from fcae_gui.engine.events import Weights
from fcae_gui.engine.export_formats import missing_for
from fcae_gui.engine.presets import adapt, make_config
from fcae_gui.engine.runfile import load_run, save_run
from fcae_gui.engine.script_text import TORCHVISION
from fcae_gui.engine.state import EditRecord
from fcae_gui.engine.trainer import Trainer

ROWS = 1_000
NO_ONNX = pytest.mark.skipif(bool(missing_for("onnx")), reason="the extra onnx is not installed")
NO_PARQUET = pytest.mark.skipif(bool(missing_for("parquet")), reason="the extra export is not installed")
# At the start of every program below: ours cannot be imported, wherever Python looks.
POISON = "import sys; sys.modules['fcae_gui'] = None\n"


def alone(folder: Path, program: str, *arguments: str) -> str:
    """What a program prints in a fresh, isolated process that cannot import fcae_gui."""
    file = folder / "alone.py"
    file.write_text(POISON + program)
    return ran(folder, file, *arguments)


def ran(folder: Path, file: Path, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "FCAE"))}
    done = subprocess.run(
        [sys.executable, "-I", str(file), *arguments], cwd=folder, capture_output=True, text=True,
        env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def trained(preset: str, data: str, steps: int, path: Path, **training: object) -> Trainer:
    """A run of so many steps, saved."""
    dataset = catalog.load(data)
    config: RunConfig = make_config(preset, dataset, seed=3, device="cpu", threads=1)
    config, _ = adapt(config.with_training(**training), dataset)
    trainer = Trainer(config, dataset)
    go(trainer, steps)
    save_run(path, trainer.snapshot())
    return trainer


def go(trainer: Trainer, steps: int) -> None:
    end = trainer.step_count + steps
    while trainer.step_count < end:
        trainer.steps(end - trainer.step_count)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "run.fcae"
    trained("map", "digits8", 60, path, epochs=30)
    return path


def own_codes(run: Path, folder: Path) -> np.ndarray:
    """The program's own codes of 1,000 samples, which are left in the folder as samples.npy."""
    state = load_run(run)
    depth = len(state.config.network.encoder_widths) + 1
    layers = tuple(
        (state.weights[f"encoder.{i}.weight"], state.weights[f"encoder.{i}.bias"]) for i in range(depth)
    )
    weights = Weights(generation=0, step=0, network=state.config.network, encoder=layers, decoder=())
    samples = catalog.load("digits8").train.as_float()[:ROWS]
    np.save(folder / "samples.npy", samples)
    return encode(weights, samples)


def test_an_exported_encoder_gives_our_codes_where_we_cannot_be_imported(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "encoder.pt2"
    assert cli.main(["export", str(run), "--out", str(out)]) == 0
    expected = own_codes(run, tmp_path)
    alone(
        tmp_path,
        "import numpy as np, torch\n"
        "encoder = torch.export.load('encoder.pt2').module()\n"
        "samples = torch.from_numpy(np.load('samples.npy'))\n"
        "np.save('codes.npy', encoder(samples).numpy())\n"
        "np.save('one.npy', encoder(samples[:1]).numpy())\n",
    )
    np.testing.assert_allclose(np.load(tmp_path / "codes.npy"), expected, atol=1e-5 * np.abs(expected).max())
    assert np.load(tmp_path / "one.npy").shape == (1, 2)  # the number of samples is free


@NO_ONNX
def test_an_onnx_file_gives_our_codes_where_we_cannot_be_imported(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "encoder.onnx"
    assert cli.main(["export", str(run), "--format", "onnx", "--out", str(out)]) == 0
    expected = own_codes(run, tmp_path)
    said = alone(
        tmp_path,
        "import numpy as np, onnxruntime\n"
        "session = onnxruntime.InferenceSession('encoder.onnx', providers=['CPUExecutionProvider'])\n"
        "samples = np.load('samples.npy')\n"
        "np.save('codes.npy', session.run(['codes'], {'samples': samples})[0])\n"
        "print(session.run(['codes'], {'samples': samples[:7]})[0].shape, 'torch' in sys.modules)\n",
    )
    np.testing.assert_allclose(np.load(tmp_path / "codes.npy"), expected, atol=1e-5 * np.abs(expected).max())
    assert said.split("\n")[0] == "(7, 2) False"


def test_a_script_arrives_at_the_same_loss_where_we_cannot_be_imported(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "train.py"
    assert cli.main(["script", str(run), "--out", str(out)]) == 0
    assert (tmp_path / "train_data.npz").is_file()
    assert "fcae" not in out.read_text()
    # And it makes our codes: what it has learned is the network itself.
    expected = own_codes(run, tmp_path)
    out.write_text(
        f"{POISON}{out.read_text()}\nnp.save('codes.npy', model.encode(train[:{ROWS}]).detach().numpy())\n"
    )
    numbers = losses_of(ran(tmp_path, out))
    assert numbers["last train loss"][0] == pytest.approx(float(load_run(run).train_losses[-1]), abs=1e-6)
    for ours, theirs in numbers.values():
        assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-6)
    np.testing.assert_allclose(np.load(tmp_path / "codes.npy"), expected, atol=1e-5 * np.abs(expected).max())


def test_a_script_of_a_deep_start_arrives_at_the_same_loss(tmp_path: Path) -> None:
    """The start, activation, optimiser and schedule of hinton, in a network that learns in a moment."""
    data = catalog.load("digits8")
    config = make_config("hinton", data, seed=5, device="cpu", threads=1)
    config = config.with_network(encoder_widths=(40, 20), code_size=6).with_training(
        epochs=20, batch_size=100, warmup_steps=10
    )
    assert config.network.start == "he" and config.training.schedule == "cosine"
    trainer = Trainer(config, data)
    go(trainer, 60)
    run, out = tmp_path / "run.fcae", tmp_path / "deep.py"
    save_run(run, trainer.snapshot())
    assert cli.main(["script", str(run), "--out", str(out)]) == 0
    numbers = losses_of(ran(tmp_path, out))
    assert numbers["last train loss"][1] < trainer.snapshot().train_losses[0]
    for ours, theirs in numbers.values():
        assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-6)


def losses_of(printed: str) -> dict[str, tuple[float, float]]:
    """What a script prints: by name, its own number and that of the run."""
    found = re.findall(r"^(.*?) ([\d.]+) \(the run: ([\d.]+)\)$", printed, re.MULTILINE)
    assert len(found) == 3, printed
    return {name: (float(ours), float(theirs)) for name, ours, theirs in found}


@pytest.mark.parametrize("kind", ["losses", "optimisers"])
def test_a_script_repeats_the_live_edits_of_a_run(kind: str, tmp_path: Path) -> None:
    run = tmp_path / "run.fcae"
    start: dict[str, object] = {"epochs": None, "schedule": "warmup", "warmup_steps": 7}
    trainer = trained("lecture", "digits8", 9, run, **start)
    edits: list[RunConfig] = []
    now = trainer.config
    if kind == "losses":
        edits.append(now.with_training(loss="bce", learning_rate=3e-3))
        edits.append(now.with_network(activation="tanh", code_activation="sigmoid").with_training(loss="l1"))
        edits.append(edits[-1].with_network(activation="silu").with_training(batch_size=100))
    else:
        edits.append(now.with_training(optimizer="sgd", momentum=0.8, learning_rate=0.05))
        edits.append(edits[-1].with_training(momentum=0.0, freeze_encoder=True))
        edits.append(edits[-1].with_training(momentum=0.5, weight_decay=1e-3, freeze_encoder=False))
        edits.append(now.with_training(optimizer="adamw", weight_decay=0.1, schedule="constant"))
    for config in edits:
        trainer.edit(config)
        go(trainer, 8)
    save_run(run, trainer.snapshot())
    out = tmp_path / "again.py"
    assert cli.main(["script", str(run), "--out", str(out)]) == 0
    assert out.read_text().count("# live edit: ") == len(edits)
    for ours, theirs in losses_of(ran(tmp_path, out)).values():
        assert ours == pytest.approx(theirs, abs=1e-5)


def test_a_script_repeats_that_more_data_came(tmp_path: Path) -> None:
    whole = catalog.load("digits8")
    first = Split(features=whole.train.features[:500])
    part = replace(whole, train=first, complete=False)
    config = make_config("map", whole, seed=2, device="cpu", threads=1).with_training(epochs=4)
    trainer = Trainer(config, part)
    go(trainer, 7)
    trainer.set_data(whole, config, keep_weights=True)
    go(trainer, 9)
    run, out = tmp_path / "run.fcae", tmp_path / "train.py"
    save_run(run, trainer.snapshot())
    assert cli.main(["script", str(run), "--out", str(out)]) == 0
    for ours, theirs in losses_of(ran(tmp_path, out)).values():
        assert ours == pytest.approx(theirs, abs=1e-5)


def test_words_of_a_hostile_run_cannot_become_code(tmp_path: Path) -> None:
    run, out = tmp_path / "run.fcae", tmp_path / "train.py"
    state = trained("map", "digits8", 3, run, epochs=2).snapshot()
    evil = '"' * 3 + "\nraise SystemExit(1)\n" + '"' * 3 + "\\"
    edit = EditRecord(step=2, config=state.config.with_training(learning_rate=1e-4), text=evil)
    save_run(run, replace(state, torch_version=evil, edits=(edit,), config=edit.config))
    assert cli.main(["script", str(run), "--out", str(out)]) == 0
    tree = ast.parse(out.read_text())
    assert not any(isinstance(node, ast.Raise) for node in ast.walk(tree))
    assert re.search(r"# live edit: '+ raise SystemExit\(1\) '+/$", out.read_text(), re.MULTILINE)


def test_a_run_whose_code_was_rebuilt_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run.fcae"
    trainer = trained("map", "digits8", 5, run, epochs=30)
    trainer.resize_code(3)
    save_run(run, trainer.snapshot())
    assert cli.main(["script", str(run), "--out", str(tmp_path / "a.py")]) == 1
    said = capsys.readouterr().err
    assert "rebuilt while it learned (step 5)" in said and said.count("\n") == 1
    assert not (tmp_path / "a.py").exists()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("preset", "epochs", "threads"), [("notebook", 5, 1), ("map", 10, 1), ("map", 1, 2)])
def test_a_script_arrives_at_the_final_loss_of_all_of_mnist(
    preset: str, epochs: int, threads: int, mnist_dir: Path, tmp_path: Path
) -> None:
    dataset = catalog.load("mnist", mnist_dir)
    config = make_config(preset, dataset, seed=0, device="cpu", threads=threads)
    trainer = Trainer(config.with_training(epochs=epochs), dataset)
    while not trainer.target_reached:
        trainer.steps(500)
    run, out = tmp_path / "run.fcae", tmp_path / "train.py"
    save_run(run, trainer.snapshot())
    assert cli.main(["script", str(run), "--data-dir", str(mnist_dir), "--out", str(out)]) == 0
    for name, (ours, theirs) in losses_of(ran(tmp_path, out, str(mnist_dir))).items():
        assert ours == pytest.approx(theirs, abs=1e-5 if "loss" in name else 1e-2)


def test_what_torchvision_has_is_read_through_torchvision(mnist_dir: Path, tmp_path: Path) -> None:
    dataset = catalog.load("mnist", mnist_dir)
    trainer = Trainer(make_config("map", dataset, seed=1, device="cpu", threads=1), dataset)
    go(trainer, 6)
    run, out = tmp_path / "run.fcae", tmp_path / "train.py"
    save_run(run, trainer.snapshot())
    assert cli.main(["script", str(run), "--data-dir", str(mnist_dir), "--out", str(out)]) == 0
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".npz"] == []
    for ours, theirs in losses_of(ran(tmp_path, out, str(mnist_dir))).values():
        assert ours == pytest.approx(theirs, abs=1e-5)


@pytest.mark.slow  # importing torchvision takes seconds
def test_torchvision_is_asked_only_for_data_that_it_has() -> None:
    datasets = pytest.importorskip("torchvision.datasets")
    assert all(hasattr(datasets, kind) for kind in TORCHVISION.values())
    assert set(TORCHVISION) <= set(catalog.SOURCES)


# --- embeddings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["npz", "csv", pytest.param("parquet", marks=NO_PARQUET)])
def test_codes_come_with_their_labels_in_every_format(run: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"codes.{ending}"
    assert cli.main(["embed", str(run), "--out", str(out)]) == 0
    data = catalog.load("digits8")
    if ending == "npz":
        with np.load(out) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        codes, labels, halves = found["codes"], found["labels"], found["split"]
        assert found["class_names"].tolist() == list(data.class_names)
    elif ending == "csv":
        lines = out.read_text().splitlines()
        assert lines[0] == "split,row,label,code_1,code_2"
        cells = [line.split(",") for line in lines[1:]]
        codes = np.array([cell[3:] for cell in cells], np.float32)
        labels, halves = np.array([int(cell[2]) for cell in cells]), np.array([cell[0] for cell in cells])
    else:
        from pyarrow import parquet

        table = parquet.read_table(out).to_pydict()
        codes = np.stack([table["code_1"], table["code_2"]], 1).astype(np.float32)
        labels, halves = np.array(table["label"]), np.array(table["split"])
    n = len(data.train)
    assert data.train.labels is not None and data.test.labels is not None
    assert halves.tolist() == ["train"] * n + ["test"] * len(data.test)
    np.testing.assert_array_equal(labels, np.concatenate([data.train.labels, data.test.labels]))
    np.testing.assert_allclose(codes[:ROWS], own_codes(run, tmp_path), rtol=1e-6, atol=1e-6)


def test_one_half_alone_can_be_embedded(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "codes.npz"
    assert cli.main(["embed", str(run), "--split", "test", "--out", str(out)]) == 0
    with np.load(out) as arrays:
        assert set(arrays["split"]) == {"test"} and len(arrays["codes"]) == len(catalog.load("digits8").test)


def test_safetensors_hold_the_weights_under_their_names(run: Path, tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    out = tmp_path / "network.safetensors"
    wanted = ["export", str(run), "--what", "network", "--format", "safetensors", "--out", str(out)]
    assert cli.main(wanted) == 0
    found, kept = safetensors.load_file(out), load_run(run).weights
    assert found.keys() == kept.keys()
    for name, value in kept.items():
        np.testing.assert_array_equal(found[name], value)


# --- what cannot be done ------------------------------------------------------------------------------------


def test_everything_that_cannot_be_is_one_sentence(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = tmp_path / "wide.fcae"
    state = load_run(run)
    save_run(wide, replace(state, data_fingerprint="0" * 64))
    untrained = tmp_path / "untrained.fcae"
    trained("map", "digits8", 0, untrained)
    monkeypatch.setattr("fcae_gui.engine.export_formats.importlib.util.find_spec", lambda _name: None)
    out = str(tmp_path / "x")
    for arguments, status, words in (
        (["embed", str(run), "--out", out + ".xyz"], 2, "must end in .npz, .csv or .parquet"),
        (["embed", str(run), "--out", out + ".parquet"], 1, "-m pip install pyarrow"),
        (["embed", str(run), "--out", str(tmp_path / "no" / "x.npz")], 2, "there is no folder"),
        (["embed", str(wide), "--out", out + ".npz"], 1, "another version of digits8"),
        (["embed", str(tmp_path / "none.fcae"), "--out", out + ".npz"], 1, "none.fcae was not found"),
        (["export", str(run), "--format", "onnx", "--out", out], 1, "-m pip install onnx onnxscript onnxru"),
        (["script", str(run), "--out", out], 2, "must end in .py"),
        (["script", str(untrained), "--out", out + ".py"], 1, "has not made a step yet"),
    ):
        assert cli.main(arguments) == status, arguments
        said = capsys.readouterr()
        assert words in said.err and said.err.count("\n") == 1 and not said.out
    assert not [file for file in tmp_path.iterdir() if file.name.startswith("x")]


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_nothing_is_written_over_what_is_read(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, own, other = tmp_path / "t_data.npz", tmp_path / "own.fcae", tmp_path / "mine_data.npz"
    np.savez(table, x=np.random.default_rng(0).random((60, 3), np.float32))
    train = ["train", "--data", str(table), "--epochs", "1", "--device", "cpu", "--threads", "1"]
    assert cli.main([*train, "--out", str(own), "--json"]) == 0
    other.write_bytes(b"somebody's own")
    (tmp_path / "link.json").symlink_to(own)
    kept = {file: file.read_bytes() for file in (run, table, own, other)}
    capsys.readouterr()
    for arguments, words in (
        (["export", str(run), "--out", str(run)], "is what is read here"),
        (["info", str(run), "--curve", str(run)], "must end in .json"),
        (["info", str(own), "--curve", str(tmp_path / "link.json")], "is what is read here"),
        (["embed", str(run), "--data", str(table), "--out", str(table)], "is what is read here"),
        (["embed", str(own), "--out", str(table)], "is what is read here"),
        ([*train, "--out", str(table)], "is what is read here"),
        (["script", str(own), "--out", str(tmp_path / "t.py")], "t_data.npz is what is read here"),
        (["script", str(own), "--out", str(tmp_path / "mine.py")], "would replace mine_data.npz"),
    ):
        assert cli.main(arguments) == cli.EXIT_USAGE, arguments
        said = capsys.readouterr().err
        assert words in said and said.count("\n") == 1, arguments
    assert {file: file.read_bytes() for file in kept} == kept
    again = ["script", str(own), "--out", str(tmp_path / "x.py")]
    assert cli.main(again) == cli.main(again) == 0  # its own data may be replaced


def test_help_says_what_each_command_writes_without_torch() -> None:
    program = (
        "import sys, contextlib, json\nfrom fcae_gui import cli\n"
        "for name in ('embed', 'export', 'script'):\n"
        "    with contextlib.suppress(SystemExit):\n        cli.main([name, '--help'])\n"
        "print(json.dumps([name in sys.modules for name in ('torch', 'numpy')]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == [False, False]
    for words in (".parquet", "onnx", "RUN.fcae", "--split", "live edits"):
        assert words in done.stdout
