"""What a person is changing: live edits on their way, and a network that is only proposed. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fcae_gui.engine.config import NetworkConfig, RunConfig, needs_new_network
from fcae_gui.engine.constraints import Settled, apply_edit, settle

SHAPE_FIELDS = ("encoder_widths", "code_size", "start")  # these need new weights
LIVE_NETWORK_FIELDS = ("activation", "leaky_slope", "code_activation", "output_activation")


def sentence(problem: ValueError) -> str:
    """A config's complaint as a sentence: "code_size must be .." -> "Code_size must be ..."."""
    text = str(problem)
    return f"{text[:1].upper()}{text[1:]}."


class Draft:
    """The config in force, as it will be once the edits on their way have arrived, beside a proposal.

    config:   in force, with the live edits that have been told already
    proposal: fields of SHAPE_FIELDS that differ from the standing network; nobody has been told yet
    proposed: the network they make, or None without a proposal or when it is not valid
    problem:  why it is not valid, one sentence
    """

    def __init__(self, config: RunConfig) -> None:
        self.config = config
        self.proposal: dict[str, Any] = {}
        self.proposed: NetworkConfig | None = None
        self.problem = ""
        self._confirmed = config
        self._sent: dict[str, list[Any]] = {}

    @property
    def network(self) -> NetworkConfig:
        """The network to show: the proposed one, else the standing one."""
        return self.proposed or self.config.network

    def confirm(self, config: RunConfig) -> None:
        """`config` is in force. A proposal survives as long as the network underneath is the same."""
        moved = needs_new_network(self._confirmed.network, config.network)
        self._confirmed = config
        self.config = self._with_later_edits(config)
        self._check({} if moved else self.proposal)

    def _with_later_edits(self, config: RunConfig) -> RunConfig:
        """The answer to an earlier edit of a field does not take back the later ones still to come."""
        network: dict[str, Any] = {}
        training: dict[str, Any] = {}
        for key, values in list(self._sent.items()):
            live = key in LIVE_NETWORK_FIELDS
            value = getattr(config.network if live else config.training, key)
            if value in values[:-1]:
                self._sent[key] = values[values.index(value) + 1 :]
                (network if live else training)[key] = values[-1]
            else:  # the last one has arrived, or somebody else has decided
                del self._sent[key]
        try:
            return apply_edit(config, network, training)
        except ValueError:
            self._sent.clear()
            return config

    def edit(self, changes: Mapping[str, Any]) -> Settled:
        """Change live fields of the network or the training; the answer has to be told.

        Raises ValueError, and changes nothing, when no valid config comes of it.
        """
        network = {key: value for key, value in changes.items() if key in LIVE_NETWORK_FIELDS}
        training = {key: value for key, value in changes.items() if key not in LIVE_NETWORK_FIELDS}
        settled = settle(self.config, network, training)
        self.config = apply_edit(self.config, settled.network, settled.training)
        for key, value in (settled.network | settled.training).items():
            self._sent.setdefault(key, []).append(value)
        self._check(self.proposal)
        return settled

    def propose(self, changes: Mapping[str, Any]) -> None:
        """Change SHAPE_FIELDS of the proposal; back at the standing network there is none."""
        self._check({**self.proposal, **changes})

    def discard(self) -> None:
        """Forget the proposal."""
        self._check({})

    def refuse(self) -> None:
        """Forget the edits on their way: what was confirmed last holds."""
        self._sent.clear()
        self.config = self._confirmed
        self._check(self.proposal)

    def _check(self, proposal: Mapping[str, Any]) -> None:
        standing = self.config.network
        self.proposal = {key: value for key, value in proposal.items() if value != getattr(standing, key)}
        self.proposed, self.problem = None, ""
        if self.proposal:
            try:
                self.proposed = replace(standing, **self.proposal)
            except ValueError as problem:
                self.problem = sentence(problem)
