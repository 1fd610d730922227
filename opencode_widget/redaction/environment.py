"""Environment variables that hold secrets of the notebook's host, and those that a server of ours must not inherit."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Where httpx, OpenCode and npm look for a proxy or a registry, in lower case.
PROXIES = frozenset(
    {"http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy"}
    | {"npm_config_proxy", "npm_config_https_proxy", "npm_config_registry"}
)

# Variables that give npm a secret of its own. They stay in the environment of what we start.
NPM_TOKENS = re.compile(r"NPM_TOKEN|NODE_AUTH_TOKEN|NPM_CONFIG_.*_(?:AUTH|AUTHTOKEN|PASSWORD)", re.IGNORECASE)

# Variables whose value is a secret of the host: with it anyone can run code as the user.
HOST_TOKENS = re.compile(
    r"(?:JUPYTER|JPY|JUPYTERHUB|KERNEL|KG|EG|COLAB|KAGGLE|VSCODE|MARIMO|DEEPNOTE|BINDER|NB)(?:_[A-Z0-9]+)*?"
    r"_(?:TOKENS?|PASSWORD|PASSWD|SECRET|KEY|CREDENTIALS)(?:_[A-Z0-9]+)*"
)

# How variables and fields are called whose value is a secret: "OPENAI_API_KEY", "GITHUB_TOKEN", "PGPASSWORD".
SECRET_NAMES = re.compile(
    r"(?:(?:^|_)(?:KEY|PASS|PWD|PAT|AUTH|CREDENTIALS?|BEARER|COOKIE|DSN)|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|APIKEY|AUTHORIZATION)S?(?:_?\d+)?$"
)

# What JupyterLab, JupyterHub, a kernel gateway, Colab, Kaggle, VS Code and marimo leave in a kernel's environment for their own use:
# tokens, handles by which a process talks to its editor, names of the kernel. Keys of model providers are not among them: an agent needs
# those, and they are the user's own.
HOST = re.compile(
    r"""JPY_.*
    |JUPYTERHUB_.*
    |JUPYTER_GATEWAY_.*
    |KERNEL_.*
    |(?:KG|EG)_.*
    |COLAB_(?:JUPYTER|KERNEL|NOTEBOOK)_.*
    |TBE_.*
    |KAGGLE_(?:USER_SECRETS|DATA_PROXY|IAP)_.*
    |VSCODE_(?:IPC|GIT)_.*
    |VSCODE_.*(?:HANDLE|HOOK|SOCK|SOCKET)(?:_.*)?
    |MARIMO_.*""",
    re.VERBOSE,
)

# What an OpenCode that started *us* (from its terminal or editor) left in the environment for its own children.
INHERITED = frozenset(
    {"OPENCODE_CLIENT", "OPENCODE_EDITOR_SSE_PORT", "OPENCODE_PID", "OPENCODE_ROUTE", "OPENCODE_WORKSPACE_ID"}
    | {"OPENCODE_SERVER_USERNAME", "OPENCODE_SERVER_PASSWORD", "OPENCODE_PASSWORD"}
)


def without_host(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for a process of ours, without what belongs to the notebook's host, or to an OpenCode that started us."""
    return {name: value for name, value in environ.items() if not _belongs_to_host(name, value)}


def _belongs_to_host(name: str, value: str) -> bool:
    if name in INHERITED or HOST.fullmatch(name) or HOST_TOKENS.fullmatch(name):
        return True
    # VS Code's askpass helper needs a handle that is removed here, and Git would wait for it.
    return name in ("GIT_ASKPASS", "SSH_ASKPASS") and ".vscode" in value.replace("\\", "/").lower()
