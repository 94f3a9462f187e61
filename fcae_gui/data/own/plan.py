"""Says in plain sentences what will be done with own data under the choices made."""

from __future__ import annotations

from fcae_gui.data.own.values import Choices, Found


def plan(found: Found, choices: Choices) -> tuple[str, ...]:
    """What will be done with the data, as short sentences."""
    steps = []
    shape = choices.image_shape
    if found.resizes and shape is not None:
        how = f"cut to shape in the middle and resized to {shape[1]} x {shape[0]}"
        if found.image_shape == shape:
            how = "kept as they are" if found.sizes == 1 else f"those of another size are {how}"
        steps.append(f"Images: {how}{', in grey' if found.colour else ''}.")
    elif shape is not None:
        grey = ", in grey" if found.colour else ""
        steps.append(f"Every row becomes a picture of {shape[1]} x {shape[0]}{grey}.")
    else:
        steps.append(f"{learned_count(found, choices):,} columns are learned, drawn as bars.")
    if found.left_out and shape is None:
        names = [f"{name} ({why})" for name, why in found.left_out if name != choices.label]
        if names:
            more = f" and {len(names) - 4} more" if len(names) > 4 else ""
            steps.append(f"Left out: {', '.join(names[:4])}{more}.")
    if found.missing:
        steps.append(f"{found.missing:,} missing values are filled with the middle value of their column.")
    steps.append(
        {
            "unit": "Every column is scaled to [0, 1].",
            "standard": "Every column is standardised: mean 0, variance 1.",
            "pixels": "Brightness is scaled to [0, 1].",
        }[choices.scale]
    )
    if found.own_test:
        steps.append(f"Its own {found.own_test:,} test samples stay the test set.")
    else:
        held = min(max(1, round(found.count * choices.share)), max(1, found.count - 1))
        about = "" if found.counted else "about "
        steps.append(
            f"{about}{held:,} samples are held out as test set, the same ones every time.".capitalize()
        )
    return tuple(steps)


def learned_count(found: Found, choices: Choices) -> int:
    """How many columns are learned with this label instead of the suggested one."""
    numeric = set(found.columns) - {name for name, _why in found.left_out}
    if found.kind != "csv":
        return found.n_features
    return len(numeric - {choices.label})
