"""Programs that pretend to be OpenCode."""

from __future__ import annotations

from pathlib import Path


def pretender(folder: Path, url: str, version: str) -> Path:
    """A program of this version that says it listens where another server does. It writes its process id into `folder/pid`."""
    path = folder / "opencode"
    path.write_text(f"""#!/bin/sh
if [ "$1" = --version ]; then echo {version}; exit; fi
echo $$ > {folder}/pid
echo 'opencode server listening on {url}'
exec sleep 300
""")
    path.chmod(0o755)
    return path
