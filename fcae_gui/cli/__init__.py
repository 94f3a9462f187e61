"""`fcae`: the same engine without a window. Nothing heavy is imported before a command asks for it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from fcae_gui import __version__

EXIT_OK = 0
EXIT_FAILED = 1  # what was asked for could not be done
EXIT_USAGE = 2  # it was asked for wrongly
EXIT_INTERRUPTED = 130  # Ctrl-C, as shells report it: 128 + SIGINT
EXIT_PIPE_CLOSED = 141  # the reader of our output went away: 128 + SIGPIPE

# Written down here so that --help needs no NumPy; a test compares them with the real tables.
PRESET_NAMES = ("map", "lecture", "notebook", "linear", "slope", "features", "hinton", "hinton-2d", "slide")
CLASSIFIER_NAMES = ("knn", "logistic", "linear-svm", "random-forest", "rbf-svm")
MAP_NAMES = ("code", "pca", "tsne", "umap")
FEATURE_NAMES = ("raw", "pca", "code", "untrained")
NETWORK_PARTS = ("encoder", "decoder", "network")
NETWORK_FORMATS = ("pt2", "onnx", "safetensors")
CLUSTER_NAMES = ("kmeans", "gmm", "hdbscan")
DEVICE_NAMES = ("auto", "cpu", "cuda", "mps", "xpu")


class UserError(Exception):
    """Something the user can put right: one sentence, no traceback; `status` ends the process."""

    def __init__(self, message: str, status: int = EXIT_USAGE) -> None:
        super().__init__(message)
        self.status = status


class _Parser(argparse.ArgumentParser):
    """argparse, with its complaints as one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\n")


def whole_number(text: str) -> int:
    """An argument that counts something: at least 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return value


def labels_count(text: str) -> str:
    """A number of labels, or "all"."""
    return text if text == "all" else str(whole_number(text))


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; imports nothing but argparse."""
    parser = _Parser(
        prog="fcae",
        description="Train fully connected autoencoders and look into saved runs. fcae-gui opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"fcae_gui {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)

    train = commands.add_parser(
        "train",
        help="train a network and save the run",
        description="Train a network and save the run, with a progress bar. Ctrl-C ends it cleanly and keeps "
        f"the run (exit status {EXIT_INTERRUPTED}); a second Ctrl-C ends it at once.",
    )
    train.add_argument("--preset", choices=PRESET_NAMES, help="the network and its training (default: map)")
    train.add_argument(
        "--data",
        metavar="NAME|PATH",
        help="data set, or a file or folder of your own (default: mnist where it is found, or strokes)",
    )
    train.add_argument("--epochs", type=whole_number, metavar="N", help="default: what the preset asks for")
    train.add_argument("--seed", type=int, metavar="N", help="of the weights and the order (default: 0)")
    train.add_argument("--device", choices=DEVICE_NAMES, help="where to compute (default: auto)")
    train.add_argument("--threads", type=whole_number, metavar="N", help="threads on the CPU (default: all)")
    train.add_argument(
        "--freeze-encoder", action="store_true", help="train only the decoder: what is a random code worth?"
    )
    train.add_argument("--data-dir", metavar="DIR", help="folder that holds torchvision data, as MNIST/raw")
    train.add_argument(
        "--out", metavar="RUN.fcae", help="where to save (default: PRESET-DATA-SEED.fcae here)"
    )
    train.add_argument("--resume", metavar="RUN.fcae", help="go on with a saved run, to --epochs N in all")
    train.add_argument(
        "--json", action="store_true", help="print one JSON object per epoch and one at the end"
    )

    info = commands.add_parser(
        "info",
        help="say what a saved run is, or what data holds",
        description="Say what a saved run is, or what a file or folder of data holds.",
    )
    info.add_argument("run", metavar="RUN.fcae|PATH")
    info.add_argument("--json", action="store_true", help="print one JSON object")
    info.add_argument(
        "--curve",
        metavar="FILE.json",
        help="write the run's loss curve too: small, and opened in the window beside a live one",
    )

    features = commands.add_parser(
        "features",
        help="compare the code as features with raw values and PCA",
        description="Train a preset, or open a run, and classify the test samples from raw values, from PCA "
        "at the same size, from the code, and from the code of the same network untrained. One line each, "
        "with a 95 %% confidence interval.",
    )
    features.add_argument("--preset", choices=PRESET_NAMES, help="what to train first (default: map)")
    features.add_argument("--run", metavar="RUN.fcae", help="a saved run instead of a preset")
    features.add_argument("--data", metavar="NAME", help="data set (default: as for train)")
    features.add_argument(
        "--data-dir", metavar="DIR", help="folder that holds torchvision data, as MNIST/raw"
    )
    features.add_argument(
        "--epochs", type=whole_number, metavar="N", help="default: what the preset asks for"
    )
    features.add_argument("--seed", type=int, metavar="N", help="of the weights and the order (default: 0)")
    features.add_argument("--device", choices=DEVICE_NAMES, help="where to train (default: auto)")
    features.add_argument("--threads", type=whole_number, metavar="N", help="on the CPU (default: all)")
    features.add_argument(
        "--classifier", choices=CLASSIFIER_NAMES, action="append",
        help="which to fit, can be repeated (default: random-forest)",
    )  # fmt: skip
    features.add_argument(
        "--features", choices=FEATURE_NAMES, action="append", help="which to compare (default: all four)"
    )
    features.add_argument("--trees", type=whole_number, metavar="N", default=500, help="of a forest (500)")
    features.add_argument("--train-size", type=whole_number, metavar="N", help="training samples (all)")
    features.add_argument("--test-size", type=whole_number, metavar="N", help="test samples (all)")
    features.add_argument(
        "--labels-per-class", type=labels_count, nargs="+", metavar="N",
        help="labels that the classifier sees, or all: a mean over repeats with its 95 %% band",
    )  # fmt: skip
    features.add_argument(
        "--transfer", action="store_true",
        help="with --labels-per-class: the encoder with a fresh softmax layer, frozen and fine-tuned, "
        "against the same network from scratch",
    )  # fmt: skip
    features.add_argument("--repeats", type=whole_number, metavar="N", default=5, help="of each (5)")
    features.add_argument("--json", action="store_true", help="print one JSON object per line")

    maps = commands.add_parser(
        "maps",
        help="compare the 2-D code with PCA, t-SNE and UMAP as maps",
        description="Train a preset, or open a run, and lay out test samples by the code, PCA, t-SNE and "
        "UMAP. One line each: trustworthiness, continuity, purity of the neighbours, time.",
    )
    maps.add_argument("--preset", choices=PRESET_NAMES, help="what to train first (default: map)")
    maps.add_argument("--run", metavar="RUN.fcae", help="a saved run instead of a preset")
    maps.add_argument("--data", metavar="NAME", help="data set (default: as for train)")
    maps.add_argument("--data-dir", metavar="DIR", help="folder that holds torchvision data, as MNIST/raw")
    maps.add_argument("--epochs", type=whole_number, metavar="N", help="default: what the preset asks for")
    maps.add_argument("--seed", type=int, metavar="N", help="of the weights and the order (default: 0)")
    maps.add_argument("--device", choices=DEVICE_NAMES, help="where to train (default: auto)")
    maps.add_argument("--threads", type=whole_number, metavar="N", help="on the CPU (default: all; maps: 1)")
    maps.add_argument("--points", type=whole_number, metavar="N", default=2000, help="test samples (2000)")
    maps.add_argument(
        "--of", choices=("pixels", "code"), default="pixels",
        help="what PCA, t-SNE and UMAP start from and every map is compared with (default: pixels)",
    )  # fmt: skip
    maps.add_argument("--method", choices=MAP_NAMES, action="append", help="which maps (default: all four)")
    maps.add_argument("--json", action="store_true", help="print one JSON object per line")

    _add_clusters(commands)
    _add_take(commands)

    bench = commands.add_parser(
        "bench",
        help="measure the promised figures",
        description="Measure the figures that fcae_gui promises. Exit status 1 means that one falls short.",
    )
    bench.add_argument("names", nargs="*", metavar="NAME", help="figures such as engine (default: all)")
    bench.add_argument("--json", action="store_true", help="print one JSON object per figure")
    bench.add_argument("--data-dir", metavar="DIR", help="folder that holds MNIST/raw")

    doctor = commands.add_parser(
        "doctor",
        help="check this installation",
        description="Check versions, device, display, fonts and data. Exit status 1: a problem was found.",
    )
    doctor.add_argument("--data-dir", metavar="DIR", help="folder that holds torchvision data")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _add_clusters(commands: Any) -> None:
    """Groups without labels."""
    clusters = commands.add_parser(
        "clusters",
        help="find clusters in the code and in pixels",
        description="Train a preset, or open a run, and look for clusters with k-means, a Gaussian mixture "
        "and HDBSCAN, in the code and in pixels. One line each: time, clusters found, adjusted Rand index "
        "and purity against the labels, share of noise. HDBSCAN on pixels takes 3,000 samples at most.",
    )
    clusters.add_argument("--preset", choices=PRESET_NAMES, help="what to train first (default: map)")
    clusters.add_argument("--run", metavar="RUN.fcae", help="a saved run instead of a preset")
    clusters.add_argument("--data", metavar="NAME", help="data set (default: as for train)")
    clusters.add_argument(
        "--data-dir", metavar="DIR", help="folder that holds torchvision data, as MNIST/raw"
    )
    clusters.add_argument(
        "--epochs", type=whole_number, metavar="N", help="default: what the preset asks for"
    )
    clusters.add_argument("--seed", type=int, metavar="N", help="of the weights and the order (default: 0)")
    clusters.add_argument("--device", choices=DEVICE_NAMES, help="where to train (default: auto)")
    clusters.add_argument("--threads", type=whole_number, metavar="N", help="on the CPU (default: all)")
    clusters.add_argument(
        "--samples", type=whole_number, metavar="N",
        help="how many, of the test half while it has as many (default: 10,000 of it at most)",
    )  # fmt: skip
    clusters.add_argument(
        "--k", type=whole_number, metavar="N", help="clusters to look for (default: the classes, or 10)"
    )
    clusters.add_argument(
        "--method", choices=CLUSTER_NAMES, action="append", help="which, can be repeated (default: all)"
    )
    clusters.add_argument("--json", action="store_true", help="print one JSON object per line")


def _add_take(commands: Any) -> None:
    """What a saved run holds, for programs that are not ours."""
    embed = commands.add_parser(
        "embed",
        help="write the codes of samples, with their labels",
        description="Write the codes of samples, with their labels, as .npz (codes, labels, split, row), "
        ".csv or .parquet (one row per sample; parquet needs pyarrow, the extra export).",
    )
    embed.add_argument("run", metavar="RUN.fcae")
    embed.add_argument("--out", required=True, metavar="FILE", help="codes.npz, codes.csv or codes.parquet")
    embed.add_argument(
        "--data", metavar="NAME|PATH", help="other samples of the same width (default: the data of the run)"
    )
    embed.add_argument("--split", choices=("train", "test", "all"), default="all", help="which half (all)")
    export = commands.add_parser(
        "export",
        help="write encoder, decoder or both for other programs",
        description="Write the encoder (samples in [0, 1] to codes), the decoder (codes to samples) or the "
        "whole network, for any number of samples at once: as .pt2 (torch.export), ONNX (needs the extra "
        "onnx) or safetensors (the weights alone). What does not give the network's own answers to 1e-5 is "
        "refused.",
    )
    export.add_argument("run", metavar="RUN.fcae")
    export.add_argument("--what", choices=NETWORK_PARTS, default="encoder", help="default: encoder")
    export.add_argument("--format", choices=NETWORK_FORMATS, default="pt2", help="default: pt2")
    export.add_argument("--out", required=True, metavar="FILE", help="where to write")
    script = commands.add_parser(
        "script",
        help="write a PyTorch script that makes the run again",
        description="Write a short script that needs PyTorch and NumPy alone and trains the run again: its "
        "network, data, seed, order, optimiser, schedule and live edits, to the same final loss. Data that "
        "torchvision does not have are written beside it, as NAME_data.npz.",
    )
    script.add_argument("run", metavar="RUN.fcae")
    script.add_argument("--out", required=True, metavar="FILE.py", help="where to write")
    for parser in (embed, export, script):
        parser.add_argument(
            "--data-dir", metavar="DIR", help="folder that holds torchvision data, as MNIST/raw"
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    args = build_parser().parse_args(argv)
    try:
        return _run(args)
    except UserError as error:
        print(f"fcae {args.command}: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        print(f"fcae {args.command}: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_PIPE_CLOSED


def _run(args: argparse.Namespace) -> int:
    if args.command == "train":
        from fcae_gui.cli import train

        return train.run(args)
    if args.command == "info":
        from fcae_gui.cli import info

        return info.run(args)
    if args.command == "features":
        from fcae_gui.cli import features

        return features.run(args)
    if args.command == "clusters":
        from fcae_gui.cli import clusters

        return clusters.run(args)
    if args.command == "maps":
        from fcae_gui.cli import maps

        return maps.run(args)
    if args.command in ("embed", "export", "script"):
        from fcae_gui.cli import take

        return take.run(args)
    if args.command == "bench":
        from fcae_gui.cli import bench

        return bench.run(args)
    from fcae_gui.cli import doctor

    return doctor.run(args)
