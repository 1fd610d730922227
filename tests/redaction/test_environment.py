"""What of the notebook host's environment a server of ours is given."""

from __future__ import annotations

import pytest

from opencode_widget.redaction import without_host
from opencode_widget.server.process.process import environment

HOST = [
    "JUPYTER_TOKEN", "JPY_API_TOKEN", "JPY_PARENT_PID", "JPY_SESSION_NAME", "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL",
    "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_OAUTH_CALLBACK_URL", "JUPYTER_GATEWAY_AUTH_TOKEN", "JUPYTER_GATEWAY_HTTP_PWD", "KERNEL_ID",
    "KERNEL_USERNAME", "KG_AUTH_TOKEN", "EG_AUTH_TOKEN", "COLAB_JUPYTER_TOKEN", "COLAB_KERNEL_MANAGER_PROXY_HOST", "TBE_CREDS_ADDR",
    "KAGGLE_USER_SECRETS_TOKEN", "KAGGLE_DATA_PROXY_TOKEN", "VSCODE_IPC_HOOK_CLI", "VSCODE_IPC_HOOK", "VSCODE_GIT_IPC_HANDLE",
    "VSCODE_GIT_IPC_AUTH_TOKEN", "VSCODE_GIT_ASKPASS_MAIN", "MARIMO_SERVER_TOKEN", "DEEPNOTE_API_TOKEN", "OPENCODE_SERVER_PASSWORD",
    "OPENCODE_PASSWORD", "OPENCODE_PID",
]  # fmt: skip
KEPT = [
    "PATH", "HOME", "LANG", "HTTP_PROXY", "NO_PROXY", "VIRTUAL_ENV", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR", "JUPYTER_PLATFORM_DIRS",
    "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK", "GOOGLE_APPLICATION_CREDENTIALS", "AZURE_API_KEY", "GITHUB_TOKEN", "GITLAB_TOKEN", "HF_TOKEN",
    "DATABRICKS_TOKEN", "CLOUDFLARE_API_TOKEN", "OPENCODE_CONFIG", "OPENCODE_CONFIG_CONTENT", "OPENCODE_API_KEY", "COLAB_GPU", "VSCODE_PID",
]  # fmt: skip


@pytest.mark.parametrize("name", HOST)
def test_what_is_the_hosts_is_not_handed_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "of-the-host")
    assert environment("secret").get(name) != "of-the-host"
    assert name not in without_host({name: "of-the-host"})


@pytest.mark.parametrize("name", KEPT)
def test_what_an_agent_needs_is_handed_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/of/the/user")
    assert environment("secret")[name] == "/of/the/user"


def test_what_is_asked_for_by_name_is_handed_on() -> None:
    given = environment("secret", {"JUPYTER_TOKEN": "wanted", "OPENCODE_PASSWORD": "not wanted"})
    assert (given["JUPYTER_TOKEN"], given["OPENCODE_PASSWORD"]) == ("wanted", "secret")


def test_git_asks_no_editor_whose_handle_was_taken_away() -> None:
    assert without_host({"GIT_ASKPASS": "/root/.vscode-server/bin/1/extensions/git/dist/askpass.sh"}) == {}
    assert without_host({"GIT_ASKPASS": "/usr/bin/ksshaskpass"}) == {"GIT_ASKPASS": "/usr/bin/ksshaskpass"}


def test_a_server_with_a_data_folder_of_its_own_does_not_use_the_users_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENCODE_DB", "/of/the/user.db")
    assert environment("secret")["OPENCODE_DB"] == "/of/the/user.db"
    assert "OPENCODE_DB" not in environment("secret", {"XDG_DATA_HOME": "/own"})
    given = environment("secret", {"XDG_DATA_HOME": "/own", "OPENCODE_DB": "/own/one.db"})
    assert given["OPENCODE_DB"] == "/own/one.db"
