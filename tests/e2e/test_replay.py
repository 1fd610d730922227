"""A replay in JupyterLab: it streams what was recorded, and can be read alone."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from .harness.lab_browser import LabBrowser

RECORDING = Path(__file__).parent.parent.parent / "notebooks" / "replay.jsonl"


async def test_a_replay_streams_and_is_read_only(lab_browser: LabBrowser) -> None:
    widget = await lab_browser.show(f"OpenCode.replay({str(RECORDING)!r}, speed=1)")
    await expect(widget.root.get_by_role("status").filter(has_text="Replay")).to_be_visible()
    await expect(widget.answers.first).to_contain_text("I look at the test")
    await widget.watch_growth()
    await expect(widget.log).to_contain_text("switch quoting off")
    assert len(set(await widget.growth())) > 20, "letter by letter, or nearly"
    await expect(widget.requests).to_contain_text("nothing can be answered here")
    await expect(widget.requests.get_by_role("button", name="Allow once")).to_have_count(0)
    await expect(widget.requests).to_have_count(0, timeout=15_000)
    await expect(widget.prompt).to_be_disabled()
    await expect(widget.prompt).to_have_attribute("placeholder", "This is a replay; nothing can be sent.")
    for name in ("Send", "Stop", "New session", "Reconnect", "Server", "Open an instance"):
        button = widget.button(name)
        assert await button.count() == 0 or await button.is_disabled(), name
    await widget.python("await oc.replayed()")
    await expect(widget.root.get_by_role("status").filter(has_text="Replay, ended")).to_be_visible()
    assert await widget.python("print(len(oc.sessions[0].messages) > 5)") == "True\n"


async def test_a_replay_is_paused_in_the_page(lab_browser: LabBrowser) -> None:
    widget = await lab_browser.show(f"OpenCode.replay({str(RECORDING)!r}, speed=2)")
    await expect(widget.answers.first).to_contain_text("I look at")
    await widget.button("Pause").click()
    await expect(widget.root.get_by_role("status").filter(has_text="Replay, paused")).to_be_visible()
    before = await widget.log.inner_text()
    assert await widget.python("print(oc.playback.paused)") == "True\n"
    await widget.page.wait_for_timeout(500)
    assert await widget.log.inner_text() == before
    await widget.root.get_by_label("Speed of the replay").select_option("At once")
    await widget.button("Resume").click()
    await expect(widget.root.get_by_role("status").filter(has_text="Replay, ended")).to_be_visible()
    await expect(widget.button("Resume")).to_have_count(0)
