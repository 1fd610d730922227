"""What a server that states large parts again and again costs the kernel's memory, and the frames to the page."""

from __future__ import annotations

import json
import os
import subprocess
import sys

# A process of its own, whose peak is that of this alone. The peak before is taken with one part stated.
SCRIPT = """
import asyncio, json, resource, sys
from opencode_widget.sync.stream.event_log import EventLog
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.model.patch import Patch
from opencode_widget.model.bounds.frame_budget import Room
from opencode_widget.server.stream import _decode
from tests.model import builders
from opencode_widget.model.reduce import apply

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

state, log = builders.streaming(), EventLog()
patch = Patch("i", state)
patch.show("ses")
patch.drain(Room())
sent = 0

def say(number, grow):
    global sent
    text = "x" * 5_000_000 + grow * number * 10
    part = {"id": "prt", "sessionID": "ses", "messageID": "msg", "type": "text", "text": text}
    event = {"directory": "/work", "payload": {"type": "message.part.updated", "properties": {"part": part}}}
    decoded = _decode(json.dumps(event), v1.decode)
    assert decoded.events, "it is understood"
    log.add(decoded, number)
    for event in decoded.events:
        patch.add(apply(state, event))
    while not patch.is_empty:
        sent += len(json.dumps(patch.drain(Room())))

say(0, "y")
before = peak()
for number in range(1, int(sys.argv[1])):
    say(number, "y")
print(json.dumps({"grown": peak() - before, "sent": sent}))
"""


# How often it is stated: by night 500 times.
TIMES = int(os.environ.get("STATED", "40"))


def test_a_part_of_five_megabytes_that_is_stated_again_and_again() -> None:
    command = [sys.executable, "-c", SCRIPT, str(TIMES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100 + TIMES, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["grown"] < 100, "MiB: the whole events alone would be 200"
    assert found["sent"] < 2_000_000, "what a page gets is what it can draw, once"
