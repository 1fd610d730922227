"""Makes `notebooks/replay.jsonl` anew, on the demo's server: python -m tests.replay.sample"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from opencode_widget import OpenCode

TARGET = Path(__file__).parent.parent.parent / "notebooks" / "replay.jsonl"
PROMPTS = ("Why does test_split fail?", "Run the tests", "Ask a sub-agent to explore the project")


async def make(path: Path) -> None:
    widget = OpenCode.demo()
    await widget.ready()
    with widget.record(path) as recording:
        await recording.ready()
        session = await widget.new_session()
        for prompt in PROMPTS:
            answer = asyncio.ensure_future(session.ask(prompt))
            while not answer.done():
                await asyncio.sleep(0.5)
                for request in widget.pending:
                    await asyncio.sleep(2)  # so that a reader of the replay sees it
                    await request.allow()  # type: ignore[union-attr]
            await answer
        await asyncio.sleep(1)
        folder = widget.instances[0].directory or ""
    await widget.close()
    text = await asyncio.to_thread(path.read_text)
    # Where this machine keeps its programs and folders is nobody's business.
    for own, public in ((sys.executable, "python"), (folder, "/sample-project"), (folder.rsplit("/", 1)[0], "/tmp")):
        text = text.replace(own, public)
    await asyncio.to_thread(TARGET.write_text, text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(make(Path(folder) / "sample.jsonl"))
