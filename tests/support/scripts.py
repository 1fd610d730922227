"""Prompts that tell the scripted model exactly what to do; the language is that of `opencode_widget/demo/script.py`."""

from __future__ import annotations

import json
from typing import Any

Step = dict[str, Any]


def script(*steps: Step, title: str = "A scripted session") -> str:
    """Return a prompt that makes the model carry out these steps."""
    return "script: " + json.dumps({"title": title, "steps": steps})


def say(text: str, **more: Any) -> Step:
    return {"text": text, **more}


def think(text: str, **more: Any) -> Step:
    return {"reasoning": text, **more}


def tokens(count: int, interval: float = 0.0, **more: Any) -> Step:
    """`t000001 t000002 ...`, a delta each."""
    return {"tokens": count, "interval": interval, **more}


def tool(name: str, /, **input: Any) -> Step:
    return {"tool": name, "input": input}


def bash(command: str) -> Step:
    return tool("bash", command=command, description="Run a command")


def gate(name: str) -> Step:
    """Wait until the test opens the gate."""
    return {"gate": name}


def fail(status: int, message: str, **more: Any) -> Step:
    return {"fail": status, "message": message, **more}


def ask(question: str, *labels: str, **more: Any) -> Step:
    """The model asks the user to choose."""
    options = [{"label": label, "description": f"{label}, please"} for label in labels]
    return tool("question", questions=[{"question": question, "header": "Choice", "options": options, **more}])


def delegate(prompt: str, description: str = "Look around") -> Step:
    """The model hands a prompt to a sub-agent."""
    return tool("task", description=description, prompt=prompt, subagent_type="general")
