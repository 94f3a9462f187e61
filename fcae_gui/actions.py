"""Every command of the window in one table: menus, tool bar, shortcuts and the F1 page are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

from fcae_gui import paths, theme

ICON_PX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """One command. `menu` is where it stands ("" for none), `group` makes it one of several choices.

    data: what an exclusive choice stands for, handed to the handler of the group
    """

    id: str
    text: str
    menu: str
    tip: str = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    group: str = ""
    data: object = None
    separator_before: bool = False


SPEEDS: tuple[tuple[str, float | None], ...] = (
    ("Full speed", None),
    ("100 steps/s", 100.0),
    ("25 steps/s", 25.0),
    ("5 steps/s", 5.0),
    ("1 step/s", 1.0),
)

MENUS = ("&File", "&Run", "&View", "&Learn", "&Explore", "&Use", "&Data", "&Help")

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(id="open", text="&Open run ...", menu="&File", keys=("Ctrl+O",), tip="Open a .fcae run file"),
    ActionSpec(id="save", text="&Save run", menu="&File", keys=("Ctrl+S",), tip="Save this run; it goes on"),
    ActionSpec(id="save_as", text="Save run &as ...", menu="&File", keys=("Ctrl+Shift+S",)),
    ActionSpec(
        id="save_picture", text="Save &picture of the window ...", menu="&File", keys=("Ctrl+P",),
        separator_before=True, tip="Write what the window shows as a PNG",
    ),
    ActionSpec(
        id="export_picture", text="Save picture of a pane&l ...", menu="&File", keys=("Ctrl+Alt+P",),
        tip="One panel as PNG, SVG or PDF, at any size",
    ),
    ActionSpec(
        id="settings", text="Se&ttings ...", menu="&File", keys=("Ctrl+,",), separator_before=True,
        tip="Theme, text size, device, and whether training starts by itself",
    ),
    ActionSpec(id="quit", text="&Quit", menu="&File", keys=("Ctrl+Q",), separator_before=True),
    ActionSpec(
        id="play", text="&Play", menu="&Run", keys=("Space",), icon="play",
        tip="Train, or pause in mid-epoch",
    ),
    ActionSpec(id="step", text="One &step", menu="&Run", keys=(".",), icon="step", tip="Make one step"),
    ActionSpec(
        id="epoch", text="One &epoch", menu="&Run", keys=("E",), icon="epoch",
        tip="Train to the end of the epoch",
    ),
    ActionSpec(
        id="rewind", text="Re&wind", menu="&Run", keys=("Home",), icon="rewind",
        tip="Back to the same initial weights",
    ),
    ActionSpec(
        id="new_seed", text="New &seed", menu="&Run", keys=("N",), tip="Other initial weights, another order",
    ),
    *(
        ActionSpec(
            id=f"speed_{index}", text=text, menu="&Run/&Speed",
            keys=(f"Ctrl+Alt+{index + 1}",), checkable=True, group="speed", data=speed,
            tip="How fast to train",
        )
        for index, (text, speed) in enumerate(SPEEDS)
    ),
    ActionSpec(
        id="undo", text="&Undo", menu="&Run", keys=("Ctrl+Z",), separator_before=True,
        tip="Bring back the run before the last rewind, new network, data set or start over",
    ),
    ActionSpec(id="redo", text="&Redo", menu="&Run", keys=("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionSpec(
        id="start_over", text="Start &over", menu="&Run", keys=("F5",),
        tip="Everything back to the state of a first start (can be undone)",
    ),
    ActionSpec(
        id="workspace_learn", text="&Learn", menu="&View", keys=("1",), checkable=True, group="workspace",
        data="learn", tip="Network, map, digit, reconstructions and loss",
    ),
    ActionSpec(
        id="workspace_explore", text="&Explore", menu="&View", keys=("2",), checkable=True, group="workspace",
        data="explore", tip="The map as large as it gets, with the decoded digit beside it",
    ),
    ActionSpec(
        id="workspace_use", text="&Use", menu="&View", keys=("3",), checkable=True, group="workspace",
        data="use", tip="The map beside what the code is good for: classifiers, other maps, clusters",
    ),
    ActionSpec(
        id="theme_light", text="L&ight", menu="&View/&Theme", checkable=True, group="theme", data="light",
        keys=("Ctrl+F2",),
    ),
    ActionSpec(
        id="theme_dark", text="&Dark", menu="&View/&Theme", checkable=True, group="theme", data="dark",
        keys=("Ctrl+F3",),
    ),
    ActionSpec(
        id="theme_projector", text="&Projector", menu="&View/&Theme", checkable=True, group="theme",
        data="projector", keys=("Ctrl+F4",), tip="High contrast and large text for the back row",
    ),
    ActionSpec(
        id="larger", text="Larger te&xt", menu="&View", keys=("Ctrl++", "Ctrl+="), separator_before=True,
    ),
    ActionSpec(id="smaller", text="S&maller text", menu="&View", keys=("Ctrl+-",)),
    ActionSpec(id="usual_size", text="Usual text si&ze", menu="&View", keys=("Ctrl+0",)),
    ActionSpec(
        id="all_points", text="&All samples on the map", menu="&View", keys=("A",), checkable=True,
        separator_before=True, tip="Training and test images, or 10,000 test images",
    ),
    ActionSpec(id="reset_map", text="Reset map &view", menu="&View", keys=("R",), tip="Show the whole map"),
    ActionSpec(
        id="full_screen", text="&Full screen", menu="&View", keys=("F11",), checkable=True,
        separator_before=True,
    ),
    ActionSpec(
        id="reset_layout", text="Reset la&yout", menu="&View", keys=("Ctrl+Shift+R",),
        tip="Put every panel back where it was at the first start",
    ),
    ActionSpec(
        id="lesson_lecture", text="The le&cture, step by step", menu="&Learn", keys=("Ctrl+L",),
        tip="The lecture as a lesson: a strip that says what to look at and sets it up",
    ),
    ActionSpec(
        id="lesson_open", text="&Open lesson ...", menu="&Learn", keys=("Ctrl+Alt+L",),
        tip="A lesson of your own: a small text file, described in resources/lessons",
    ),
    ActionSpec(
        id="lesson_next", text="&Next step", menu="&Learn/&This lesson", keys=("PgDown", "Alt+Right"),
        tip="The next step of the lesson",
    ),
    ActionSpec(
        id="lesson_back", text="Step &before", menu="&Learn/&This lesson", keys=("PgUp", "Alt+Left"),
        tip="Back to the step before",
    ),
    ActionSpec(
        id="lesson_set_up", text="&Set it up", menu="&Learn/&This lesson", keys=("Shift+Return",),
        tip="Data, network, panels and speed as this step of the lesson needs them",
    ),
    *(
        ActionSpec(
            id=f"lesson_answer_{number}", text=f"Answer &{number}", menu="&Learn/&This lesson",
            keys=(f"Alt+{number}",), separator_before=number == 1, tip="One hand for this answer",
        )
        for number in (1, 2, 3, 4)
    ),
    ActionSpec(
        id="lesson_reveal", text="&Reveal the answer", menu="&Learn/&This lesson",
        keys=("Ctrl+Shift+Return",), tip="Show the answer, once one has been chosen",
    ),
    ActionSpec(
        id="lesson_restart", text="Restart the lesson", menu="&Learn/&This lesson", keys=("Ctrl+Home",),
        separator_before=True, tip="Begin the lesson again at its first step",
    ),
    ActionSpec(
        id="lesson_leave", text="&Leave the lesson", menu="&Learn/&This lesson", keys=("Shift+Esc",),
        tip="Close the lesson; the run stays as it is",
    ),
    ActionSpec(
        id="code_show", text="&PyTorch code", menu="&Learn", keys=("Ctrl+Shift+P",),
        tip="This network and its training as the PyTorch lines one would type",
    ),
    ActionSpec(
        id="pca_show", text="PC&A beside the network", menu="&Learn", keys=("Ctrl+Shift+A",),
        tip="Both maps side by side, the angle between both planes, and what each of them costs",
    ),
    ActionSpec(
        id="neurons_show", text="&Neurons", menu="&Learn", keys=("Ctrl+Shift+N",),
        tip="Every neuron and every weight, live, with a sample on its way through them",
    ),
    ActionSpec(
        id="neurons_slow", text="Slow &motion", menu="&Learn", keys=("Ctrl+Shift+B",),
        tip="One training iteration, stage by stage: begin, then the next stage; training rests meanwhile",
    ),
    ActionSpec(
        id="filters_show", text="&Filters and atoms", menu="&Learn", keys=("Ctrl+Shift+F",),
        tip="First-layer weights and decoder columns as pictures, and one sample in every layer",
    ),
    ActionSpec(
        id="lens_show", text="&Loss lens", menu="&Learn", keys=("Ctrl+Shift+L",),
        tip="One sample, its reconstruction, and what every pixel adds to the loss",
    ),
    ActionSpec(
        id="lens_slide", text="As on the &slide", menu="&Learn", keys=("Alt+S",),
        tip="Fifteen originals over their reconstructions, black on white; the run stays",
    ),
    ActionSpec(
        id="curve_hinton", text="The deep autoencoder of &2006", menu="&Learn/&Recorded curve",
        keys=("Ctrl+Shift+2",),
        tip="Hinton's network, trained beforehand, dashed beside the live curve, and the published error",
    ),
    ActionSpec(
        id="curve_open", text="Show a re&corded curve ...", menu="&Learn/&Recorded curve",
        tip="The curve of a saved run, dashed beside the live one and aligned with it by epoch",
    ),
    ActionSpec(
        id="curve_clear", text="&Hide the recorded curve", menu="&Learn/&Recorded curve",
        tip="Only the live curve stays in the loss plot",
    ),
    # Only one tool is in hand at a time: every tool is an action of the group "map_tool", and takes the map
    # (latent.cloud.set_tool) when its action is toggled on. Esc leads back to the cursor.
    ActionSpec(
        id="tool_cursor", icon="tool_cursor",
        text="&Cursor", menu="&Explore/&Tool", keys=("Esc",), checkable=True,
        group="map_tool", tip="Drag the cursor over the map and see what the decoder makes of it",
    ),
    ActionSpec(
        id="tool_lasso", icon="tool_lasso",
        text="&Lasso", menu="&Explore/&Tool", keys=("L",), checkable=True, group="map_tool",
        tip="Draw around points to select them (Ctrl adds, Alt takes away)",
    ),
    ActionSpec(
        id="tool_rectangle", icon="tool_rectangle",
        text="&Rectangle", menu="&Explore/&Tool", keys=("M",), checkable=True,
        group="map_tool", tip="Select the points in a rectangle (Ctrl adds, Alt takes away)",
    ),
    ActionSpec(
        id="selection_worst", text="&Worst reconstructed", menu="&Explore", keys=("W",),
        separator_before=True,
        tip="Select the samples with the largest reconstruction error and show them in the gallery",
    ),
    ActionSpec(
        id="selection_invert", text="&Invert selection", menu="&Explore", keys=("Ctrl+I",),
        tip="Select exactly what is not selected",
    ),
    ActionSpec(
        id="selection_clear", text="&Clear selection", menu="&Explore", keys=("Ctrl+D",),
        tip="Select nothing: no point stands back any more",
    ),
    ActionSpec(
        id="selection_export", text="&Export selection ...", menu="&Explore", keys=("Ctrl+E",),
        tip="Write the selected samples, their codes and errors to a file",
    ),
    ActionSpec(
        id="landscape_next", text="&Next strength", menu="&Explore/&Decoded landscape", keys=("B",),
        tip="Background of the map: what the decoder makes of every place (off, faint, full)",
    ),
    ActionSpec(
        id="landscape_off", text="&Off", menu="&Explore/&Decoded landscape", checkable=True,
        group="landscape", data="off", separator_before=True, tip="Only the points",
    ),
    ActionSpec(
        id="landscape_faint", text="&Faint", menu="&Explore/&Decoded landscape", checkable=True,
        group="landscape", data="faint",
        tip="Decoded images behind the points, paler where there are no data",
    ),
    ActionSpec(
        id="landscape_full", text="F&ull", menu="&Explore/&Decoded landscape", checkable=True,
        group="landscape", data="full", tip="Decoded images in strong ink, under smaller points",
    ),
    ActionSpec(
        id="pins_pin", text="&Pin this place", menu="&Explore", keys=("P",), separator_before=True,
        tip="Pin the place under the cursor: it keeps decoding, and shows its past",
    ),
    ActionSpec(
        id="pins_remove_last", text="Remove the last pin", menu="&Explore", keys=("Shift+P",),
        tip="Take the newest pin away",
    ),
    ActionSpec(id="pins_clear", text="Remove all pins", menu="&Explore", tip="Take all pins away"),
    ActionSpec(
        id="tool_path", icon="tool_path",
        text="&Path", menu="&Explore/&Tool", keys=("F",), checkable=True, group="map_tool",
        tip="Draw a path: click its points and press Enter, or drag a line",
    ),
    ActionSpec(
        id="path_play", text="Slide along the path", menu="&Explore", keys=("Shift+F",),
        separator_before=True, tip="Let the cursor slide along the path, or stop it",
    ),
    ActionSpec(
        id="path_loop", text="Slide back and forth", menu="&Explore", checkable=True,
        tip="Slide along the path without an end",
    ),
    ActionSpec(
        id="path_along", text="Path along the data", menu="&Explore", keys=("Ctrl+F",), checkable=True,
        tip="Through neighbouring codes instead of straight on",
    ),
    ActionSpec(id="path_clear", text="Remove the path", menu="&Explore", tip="Take the path away"),
    ActionSpec(
        id="tool_card", icon="tool_card", text="Car&d", menu="&Explore/&Tool", keys=("I",), checkable=True,
        group="map_tool",
        tip="Click a point to open its card, drag from one to the next",
    ),
    ActionSpec(
        id="card_open", text="Card of the &nearest point", menu="&Explore", keys=("Shift+I",),
        separator_before=True,
        tip="Original, reconstruction, error, code and neighbours of the point nearest to the cursor",
    ),
    ActionSpec(id="card_next", text="Ne&xt card", menu="&Explore", keys=("]",)),
    ActionSpec(id="card_previous", text="Pre&vious card", menu="&Explore", keys=("[",)),
    ActionSpec(
        id="card_thumbnails", text="Points as p&ictures", menu="&Explore", keys=("T",), checkable=True,
        tip="Where the map is magnified enough, points become their images",
    ),
    ActionSpec(
        id="directions_components", text="First &components", menu="&Explore/Plane of the &map", keys=("C",),
        tip="The map shows the two directions in which the codes differ most",
    ),
    ActionSpec(
        id="directions_units", text="Next two &units", menu="&Explore/Plane of the &map", keys=("U",),
        tip="The map shows two numbers of the code as they are; again for the next two",
    ),
    ActionSpec(
        id="directions_images", text="Through &three images", menu="&Explore/Plane of the &map",
        keys=("Shift+U",), tip="The plane through the images a, b and c of the Directions panel",
    ),
    ActionSpec(
        id="directions_tour", text="Grand &tour", menu="&Explore/Plane of the &map", keys=("Shift+T",),
        tip="A plane that turns slowly through all directions of the code; again to hold it",
    ),
    ActionSpec(
        id="directions_layer", text="Next &layer", menu="&Explore/Plane of the &map", keys=("H",),
        separator_before=True, tip="From the code to the encoder's hidden layers, one after the other",
    ),
    ActionSpec(
        id="directions_cursor", text="Start at the &nearest sample", menu="&Explore/&Directions", keys=("S",),
        tip="Hold what the map does not show at the sample nearest to the cursor",
    ),
    ActionSpec(
        id="directions_random", text="Start at a &random image", menu="&Explore/&Directions",
        keys=("Shift+S",), tip="Hold what the map does not show at some test image",
    ),
    ActionSpec(
        id="directions_reset", text="&Back to the start", menu="&Explore/&Directions", keys=("Backspace",),
        tip="All sliders back to where they started",
    ),
    ActionSpec(
        id="directions_sum", text="Go to &a − b + c", menu="&Explore/&Directions", keys=("G",),
        tip="Put the cursor on the sum of the three images of the Directions panel",
    ),
    ActionSpec(
        id="canvas_draw", text="&Draw an image", menu="&Explore", keys=("D",), separator_before=True,
        tip="Draw on the canvas and see what the network makes of it",
    ),
    ActionSpec(
        id="canvas_pull", text="P&ull the code", menu="&Explore", keys=("K",),
        tip="Paint or erase pixels of the decoded image: the code follows, and the cursor slides",
    ),
    ActionSpec(
        id="canvas_open", text="&Open an image ...", menu="&Explore", keys=("Ctrl+Shift+O",),
        tip="Put an image of your own on the canvas, sized and centred like the data",
    ),
    ActionSpec(
        id="canvas_paste", text="Paste an i&mage", menu="&Explore", keys=("Ctrl+V",),
        tip="Put the image on the clipboard on the canvas",
    ),
    ActionSpec(id="canvas_clear", text="Clear the can&vas", menu="&Explore", keys=("Ctrl+Shift+D",)),
    ActionSpec(
        id="drop_decoder", text="&Drop the decoder", menu="&Use", keys=("Ctrl+Shift+X",), checkable=True,
        icon="drop_decoder",
        tip="After training only the code is used: a classifier takes the decoder's place in the drawing",
    ),
    ActionSpec(
        id="scoreboard_show", text="&Features", menu="&Use", keys=("Ctrl+Shift+C",),
        tip="What classifiers make of raw pixels, PCA, the code, and an untrained network's code",
    ),
    ActionSpec(
        id="scoreboard_compute", text="&Compute the features' scores", menu="&Use", keys=("Ctrl+Return",),
        tip="Fit the classifiers in the background, or cancel that",
    ),
    ActionSpec(
        id="data_open", text="&Open own data ...", menu="&Data", keys=("Ctrl+Shift+I",),
        tip="Learn a file of your own: IDX, NPZ, NPY or CSV; it can be dropped on the window too",
    ),
    ActionSpec(
        id="data_folder", text="Open a &folder of images ...", menu="&Data",
        tip="Learn images of your own: its sub-folders are the classes",
    ),
    ActionSpec(
        id="few_labels_show", text="Few &labels", menu="&Use", keys=("Ctrl+Shift+W",),
        tip="Accuracy against the number of labels, and the encoder transferred to a classifier",
    ),
    ActionSpec(
        id="maps_show", text="&Maps", menu="&Use", keys=("Ctrl+Shift+M",),
        tip="The 2-D code beside PCA, t-SNE and UMAP of the same samples, and what each of them keeps",
    ),
    ActionSpec(
        id="clusters_show", text="Cl&usters", menu="&Use", keys=("Ctrl+Shift+K",),
        tip="Groups found without labels, in the code and in pixels: k-means, Gaussian mixture, HDBSCAN",
    ),
    ActionSpec(
        id="maps_compute", text="Compute the ma&ps", menu="&Use", keys=("Ctrl+Alt+M",),
        tip="Make t-SNE, UMAP, PCA and the code's map in the background, or cancel that",
    ),
    ActionSpec(
        id="clusters_compute", text="Find clu&sters", menu="&Use", keys=("Ctrl+Alt+K",),
        tip="Find groups in the code and in pixels in the background, or cancel that",
    ),
    ActionSpec(
        id="export_show", text="&Take it with you", menu="&Use", keys=("Ctrl+Shift+E",),
        tip="Codes, encoder, decoder, a PyTorch script, tables and pictures as files for other programs",
    ),
    ActionSpec(id="shortcuts", text="All &shortcuts", menu="&Help", keys=("F1",)),
    ActionSpec(
        id="what_is_this", text="&What is this?", menu="&Help", keys=("Shift+F1",),
        tip="Then click anything: it is explained in plain words",
    ),
    ActionSpec(
        id="glossary", text="&Glossary", menu="&Help", keys=("Ctrl+F1",),
        tip="Every term in plain words, with its formula",
    ),
    ActionSpec(id="show_log", text="Copy the &log", menu="&Help", tip="Newest log lines to the clipboard"),
    ActionSpec(id="about", text="&About fcae_gui", menu="&Help", separator_before=True),
)  # fmt: skip


def icon(name: str) -> QIcon:
    """An icon of resources/icons in the theme's text colour, muted when disabled."""
    source = paths.resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    made = QIcon()
    current = theme.current()
    for mode, colour in ((QIcon.Mode.Normal, current.text), (QIcon.Mode.Disabled, current.line)):
        drawn = QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))
        for factor in (1, 2):  # twice the pixels for dense screens and the projector theme
            pixmap = QPixmap(QSize(ICON_PX * factor, ICON_PX * factor))
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            drawn.render(painter)
            painter.end()
            made.addPixmap(pixmap, mode)
    return made


def build(window: QMainWindow, bar: QMenuBar) -> tuple[dict[str, QAction], dict[str, QMenu]]:
    """Make all actions and menus of the table; returns them by id and by menu name. Connects nothing."""
    menus: dict[str, QMenu] = {}
    for name in MENUS:
        menus[name] = bar.addMenu(name)
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in ACTIONS:
        action = QAction(spec.text, window)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        action.setCheckable(spec.checkable)
        action.setData(spec.data)
        shown = ", ".join(QKeySequence(k).toString(QKeySequence.SequenceFormat.NativeText) for k in spec.keys)
        plain = spec.text.replace("&", "").removesuffix(" ...")
        action.setToolTip((spec.tip or plain) + (f"  ({shown})" if shown else ""))
        action.setStatusTip(spec.tip)
        if spec.icon:
            action.setIcon(icon(spec.icon))
        if spec.group:
            if spec.group not in groups:
                groups[spec.group] = QActionGroup(window)
                groups[spec.group].setObjectName(spec.group)
            groups[spec.group].addAction(action)
        menu = _menu(menus, spec.menu)
        if spec.separator_before:
            menu.addSeparator()
        menu.addAction(action)
        actions[spec.id] = action
        window.addAction(action)  # shortcuts work in full screen too, where the menu bar is hidden
    return actions, menus


def refresh_icons(actions: dict[str, QAction]) -> None:
    """Paint the icons again after a change of theme."""
    for spec in ACTIONS:
        if spec.icon:
            actions[spec.id].setIcon(icon(spec.icon))


def shortcut_table() -> list[tuple[str, str, str]]:
    """(menu, command, keys) of everything that has a shortcut, for the F1 page and README."""
    return [
        (
            spec.menu.replace("&", "").replace("/", " > "),
            spec.text.replace("&", "").removesuffix(" ..."),
            ", ".join(spec.keys),
        )
        for spec in ACTIONS
        if spec.keys
    ]


def _menu(menus: dict[str, QMenu], path: str) -> QMenu:
    if path not in menus:
        parent, _, name = path.rpartition("/")
        menus[path] = menus[parent].addMenu(name)
    return menus[path]
