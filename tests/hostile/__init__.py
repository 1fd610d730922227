"""The hostile corpus: what an agent, or what it has read, may write to do harm. Data, read by the tests of both languages.

Each file is a family, a list of texts; `{"text": ..., "times": ...}` is a text that is repeated. Whatever is carried out shows in one of
three ways, which a test can watch for: it calls `alert`, it asks the host `evil.example`, or it writes Jupyter's `/api/contents/pwned.txt`.
"""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent


def _text(entry: str | dict[str, str | int]) -> str:
    return entry if isinstance(entry, str) else str(entry["text"]) * int(entry["times"])


def _family(path: Path) -> tuple[str, ...]:
    return tuple(_text(entry) for entry in json.loads(path.read_text(encoding="utf-8")))


# By the name of the family.
CORPUS: dict[str, tuple[str, ...]] = {path.stem: _family(path) for path in sorted(FOLDER.glob("*.json"))}
# Every text, with a name for it.
TEXTS: dict[str, str] = {
    f"{family}-{number}": text for family, texts in CORPUS.items() for number, text in enumerate(texts)
}
