"""The recordings that the other tests replay are all described, and hold `sync` events in one only."""

from __future__ import annotations

import re

from .recorded import RECORDINGS, ROOT


def test_the_table_names_every_recording_and_no_other() -> None:
    table = [line.split("|")[1] for line in (ROOT.parent / "README.md").read_text().splitlines() if line[:3] == "| `"]
    assert set(re.findall(r"`([^`]+)`", " ".join(table))) == {recording.folder.name for recording in RECORDINGS}


def test_one_recording_keeps_the_events_of_replication() -> None:
    kept = {recording.folder.name for recording in RECORDINGS if b'"payload":{"type":"sync"' in recording.raw}
    assert kept == {"cold-start"}
