"""What the published data sets are: their files, sizes, checksums, classes and where https serves them."""

from __future__ import annotations

import string
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One published file.

    name:    as it lies unpacked in a torchvision folder (USPS stays packed there)
    packed:  as it is downloaded
    size:    bytes of the packed file, for the progress bar (the server's own word replaces it)
    md5, sha256: of the packed file
    content: SHA-256 of the values in it, without the header; empty when it is not known
    """

    name: str
    packed: str
    size: int
    md5: str
    sha256: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """The training or the test half: images, labels (the same file for USPS) and how many there must be."""

    images: File
    labels: File
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A data set that torchvision knows.

    folder:      its folder in a torchvision root, with the files in raw/ (USPS: in the folder itself)
    first_label: the smallest label in the files; ours start at 0
    transposed:  True where the files hold every image with rows and columns exchanged
    mirrors:     https addresses of folders, the first one tried first; never plain http
    archive:     one archive with all files instead of one download for each
    """

    name: str
    title: str
    folder: str
    train: Half
    test: Half
    class_names: tuple[str, ...]
    mirrors: tuple[str, ...]
    image_shape: tuple[int, int] = (28, 28)
    first_label: int = 0
    transposed: bool = False
    archive: File | None = None

    @property
    def halves(self) -> tuple[Half, Half]:
        return self.train, self.test

    @property
    def downloads(self) -> tuple[File, ...]:
        """What has to be fetched, each file once."""
        if self.archive is not None:
            return (self.archive,)
        return tuple(dict.fromkeys(file for half in self.halves for file in (half.images, half.labels)))

    @property
    def download_bytes(self) -> int:
        return sum(file.size for file in self.downloads)


DIGITS = tuple(string.digits)


def _four(*files: tuple[int, str, str, str]) -> tuple[Half, Half]:
    """The halves of a data set with MNIST's file names; (size, md5, sha256, content) per file."""
    names = (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    )
    made = [
        File(name=name, packed=f"{name}.gz", size=size, md5=md5, sha256=sha256, content=content)
        for name, (size, md5, sha256, content) in zip(names, files, strict=True)
    ]
    return (
        Half(images=made[0], labels=made[1], count=60_000),
        Half(images=made[2], labels=made[3], count=10_000),
    )


def _emnist(split: str, train: int, test: int) -> tuple[Half, Half]:
    """The halves of one split of EMNIST; its files come in one archive, whose checksum covers them."""

    def half(part: str, count: int) -> Half:
        stem = f"emnist-{split}-{part}"
        images, labels = f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte"
        return Half(
            images=File(name=images, packed=f"{images}.gz", size=0, md5=""),
            labels=File(name=labels, packed=f"{labels}.gz", size=0, md5=""),
            count=count,
        )

    return half("train", train), half("test", test)


def _qmnist(part: str, images: tuple[int, str], labels: tuple[int, str]) -> Half:
    """One half of QMNIST, whose labels are rows of eight numbers with the class first."""
    image_name, label_name = f"qmnist-{part}-images-idx3-ubyte", f"qmnist-{part}-labels-idx2-int"
    return Half(
        images=File(name=image_name, packed=f"{image_name}.gz", size=images[0], md5=images[1]),
        labels=File(name=label_name, packed=f"{label_name}.gz", size=labels[0], md5=labels[1]),
        count=60_000,
    )


def _usps(name: str, size: int, md5: str, count: int) -> Half:
    """One half of USPS: a single text file with labels and pixels."""
    file = File(name=name, packed=name, size=size, md5=md5)
    return Half(images=file, labels=file, count=count)


_MNIST = _four(
    (
        9_912_422,
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    ),
    (
        28_881,
        "d53e105ee54ea40749a09fcbcd1e9432",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    ),
    (
        1_648_877,
        "9fb629c4189551a2d022fa330f9573f3",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    ),
    (
        4_542,
        "ec29112dd5afa0611ce80d1b7f02629c",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
)
_FASHION = _four(
    (
        26_421_880,
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "",
    ),
    (
        29_515,
        "25c81989df183df01b3e8a0aad5dffbe",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "",
    ),
    (
        4_422_102,
        "bef4ecab320f06d8554ea6380940ec79",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "",
    ),
    (
        5_148,
        "bb300cfdad3c16e7a12a480ee83cd310",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        "",
    ),
)
_KMNIST = _four(
    (
        18_165_135,
        "bdb82020997e1d708af4cf47b453dcf7",
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        "",
    ),
    (
        29_497,
        "e144d726b3acfaa3e44228e80efcd344",
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        "",
    ),
    (
        3_041_136,
        "5c965bf0a639b31b8f53240b1b52f4d7",
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        "",
    ),
    (
        5_120,
        "7320c461ea6c1c855c0b718fb2a4b134",
        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        "",
    ),
)
_EMNIST_ARCHIVE = File(
    name="gzip.zip", packed="gzip.zip", size=561_753_746, md5="58c8d27c78d21e728a6bc7b3cc06412e"
)
_EMNIST_MIRRORS = ("https://biometrics.nist.gov/cs_links/EMNIST/",)
_EMNIST_DIGITS = _emnist("digits", 240_000, 40_000)
_EMNIST_LETTERS = _emnist("letters", 124_800, 20_800)

PUBLISHED: dict[str, Published] = {
    item.name: item
    for item in (
        Published(
            name="mnist",
            title="MNIST",
            folder="MNIST",
            train=_MNIST[0],
            test=_MNIST[1],
            class_names=DIGITS,
            mirrors=(
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
            ),
        ),
        Published(
            name="fashion",
            title="Fashion-MNIST",
            folder="FashionMNIST",
            train=_FASHION[0],
            test=_FASHION[1],
            class_names=(
                "T-shirt",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ),
            # torchvision's own address, the bucket as a website, speaks plain http only.
            mirrors=(
                "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            ),
        ),
        Published(
            name="kmnist",
            title="KMNIST",
            folder="KMNIST",
            train=_KMNIST[0],
            test=_KMNIST[1],
            class_names=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
            mirrors=("https://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        ),
        Published(
            name="emnist-digits",
            title="EMNIST digits",
            folder="EMNIST",
            train=_EMNIST_DIGITS[0],
            test=_EMNIST_DIGITS[1],
            class_names=DIGITS,
            transposed=True,
            mirrors=_EMNIST_MIRRORS,
            archive=_EMNIST_ARCHIVE,
        ),
        Published(
            name="emnist-letters",
            title="EMNIST letters",
            folder="EMNIST",
            train=_EMNIST_LETTERS[0],
            test=_EMNIST_LETTERS[1],
            class_names=tuple(string.ascii_lowercase),
            first_label=1,
            transposed=True,
            mirrors=_EMNIST_MIRRORS,
            archive=_EMNIST_ARCHIVE,
        ),
        Published(
            name="qmnist",
            title="QMNIST",
            folder="QMNIST",
            train=_qmnist(
                "train",
                (9_704_059, "ed72d4157d28c017586c42bc6afe6370"),
                (463_024, "0058f8dd561b90ffdd0f734c6a30e5e4"),
            ),
            test=_qmnist(
                "test",
                (9_742_279, "1394631089c404de565df7b7aeaf9412"),
                (526_800, "5b5b05890a5e13444e108efe57b788aa"),
            ),
            class_names=DIGITS,
            mirrors=("https://raw.githubusercontent.com/facebookresearch/qmnist/master/",),
        ),
        Published(
            name="usps",
            title="USPS",
            folder="USPS",
            train=_usps("usps.bz2", 6_579_383, "ec16c51db3855ca6c91edd34d0e9b197", 7_291),
            test=_usps("usps.t.bz2", 1_831_726, "8ea070ee2aca1ac39742fdd1ef5ed118", 2_007),
            class_names=DIGITS,
            image_shape=(16, 16),
            first_label=1,
            mirrors=("https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/",),
        ),
    )
}
