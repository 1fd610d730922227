"""`python -m tests.regexes [ROOT PACKAGE]`: fails with place and attack where a regular expression can be made to take long."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from .python_patterns import as_json, patterns

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LIMIT = 300  # seconds


def main(root: Path = ROOT, package: str = "opencode_widget") -> int:
    """Check the Python files of `package` and the TypeScript files of its page; the exit code is 0 if all are sound."""
    node = shutil.which("node")
    if node is None:
        print("node was not found. Install Node.js 20 or later.", file=sys.stderr)
        return 2
    sys.path.insert(0, str(root))
    request = {"root": str(root), "scripts": f"{package}/frontend/src", "patterns": as_json(patterns(root, package))}
    checker = [node, str(HERE / "check.mjs")]
    return subprocess.run(checker, input=json.dumps(request), text=True, check=False, timeout=LIMIT).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]) if len(sys.argv) == 3 else main())
