"""How the server of a recording is spoken to: its client, and how its events are decoded."""

from __future__ import annotations

from typing import NamedTuple

from ..model.dialects import Decode, classic
from ..model.dialects.v1 import events as v1
from ..model.dialects.v2 import events as v2
from ..server.api import Client
from ..server.classic import ClassicClient
from ..server.v1.client import V1Client
from ..server.v1.early import EarlyClient
from ..server.v2.client import V2Client


class Spoken(NamedTuple):
    """One generation of servers."""

    client: type[Client]
    decode: Decode


# By the name that a recording has for it. The names stay, whatever the classes are called.
GENERATIONS = {
    "1.0": Spoken(EarlyClient, v1.decode),
    "1": Spoken(V1Client, v1.decode),
    "2": Spoken(V2Client, v2.decode),
    "classic": Spoken(ClassicClient, classic.decode),
}


def name_of(client: Client) -> str:
    """The name that a recording has for a client's generation."""
    return next(name for name, spoken in GENERATIONS.items() if type(client) is spoken.client)
