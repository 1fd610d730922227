"""Notebooks for the tests' hosts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def notebook_json(cells: Sequence[str]) -> str:
    """A notebook of code cells that have not run, as JSON."""
    document = {
        "cells": [_cell(number, source) for number, source in enumerate(cells)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document)


def _cell(number: int, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"cell-{number}",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
    }
