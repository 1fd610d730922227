"""What only a browser's layout can tell of the page without a kernel: distances, sizes, colours, and what the wheel moves."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from .harness.gallery import PAGE, GalleryPages

WIDTH, HEIGHT = 1000, 600

# Tops and bottoms of what a reader sees of each message.
EDGES = """() => Array.from(document.querySelectorAll(".ocw-row > article"), (article) => {
  const box = (article.querySelector(".ocw-bubble") ?? article).getBoundingClientRect();
  return { user: article.classList.contains("ocw-user"), top: box.top, bottom: box.bottom };
})"""
ROWS = """() => Array.from(document.querySelectorAll(".ocw-log .ocw-fold > summary"))
  .filter((row) => row.checkVisibility())
  .map((row) => {
    const { top, height } = row.getBoundingClientRect();
    return { top, height };
  })"""
# Contrast of text with its background, by the WCAG's formula; the colours are those of the elements themselves.
CONTRAST = """([selector, ground]) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const linear = Array.from(canvas.getImageData(0, 0, 1, 1).data, (value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const one = light(getComputedStyle(document.querySelector(selector)).color);
  const other = light(getComputedStyle(document.querySelector(ground)).backgroundColor);
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(pages: GalleryPages) -> AsyncIterator[Page]:
    async with pages.seat(WIDTH, HEIGHT + 40) as seat:
        yield seat.page


async def show(page: Page, gallery: str, scene: str, **options: object) -> None:
    """Draw a scene of `tests/gallery`."""
    more = "".join(f"&{name}={value}" for name, value in options.items())
    await page.goto(f"{gallery}{PAGE}?scene={scene}{more}")
    await page.get_by_role("tab").first.wait_for()


async def test_a_prompt_is_nearer_to_its_answer_than_to_the_answer_above(page: Page, gallery: str) -> None:
    await show(page, gallery, "turns", height=1600)
    await expect(page.get_by_role("article")).to_have_count(12)
    edges = await page.evaluate(EDGES)
    gaps = [(after["top"] - before["bottom"], after["user"]) for before, after in itertools.pairwise(edges)]
    starts = [gap for gap, user in gaps if user]
    answers = [gap for (gap, user), before in zip(gaps, edges, strict=False) if before["user"] and not user]
    assert starts == pytest.approx([32] * len(starts), abs=1)
    assert answers == pytest.approx([14] * len(answers), abs=1)


async def test_the_rows_of_a_turn_have_one_height_and_no_gaps(page: Page, gallery: str) -> None:
    await show(page, gallery, "tools", height=2400)
    rows = await page.evaluate(ROWS)
    assert len(rows) > 10
    assert [row["height"] for row in rows] == pytest.approx([28] * len(rows), abs=0.5)
    pitches = [after["top"] - before["top"] for before, after in itertools.pairwise(rows)]
    together = [pitch for pitch in pitches if pitch < 40]
    assert len(together) > 5
    assert together == pytest.approx([28] * len(together), abs=0.5)


# True if the middle of the conversation shows something of a message.
IS_DRAWN = """() => {
  const { left, top, width, height } = document.querySelector(".ocw-log").getBoundingClientRect();
  const at = [0.35, 0.5, 0.65].map((share) => document.elementFromPoint(left + width / 2, top + height * share));
  return at.some((element) => element?.closest(".ocw-row") !== null);
}"""


async def test_reads_of_many_steps_take_one_row(page: Page, gallery: str) -> None:
    await show(page, gallery, "exploring")
    explored = page.locator(".ocw-explored > details > summary")
    await expect(explored.last).to_contain_text("40 files")
    edges = [edge for edge in await page.evaluate(EDGES) if edge["bottom"] > edge["top"]]
    asked, looked, answered = edges[-3:]
    assert asked["user"]
    assert looked["bottom"] - looked["top"] == pytest.approx(28, abs=1)
    assert answered["top"] - looked["bottom"] == pytest.approx(12, abs=1)
    await page.get_by_role("log").press("Home")
    for _ in range(6):
        await page.wait_for_function(IS_DRAWN)
        await page.get_by_role("log").press("PageDown")
    await page.get_by_role("log").press("End")
    await expect(page.get_by_text("Part 5 has forty files.")).to_be_in_viewport()


async def test_the_search_unfolds_the_reads_of_earlier_steps(page: Page, gallery: str) -> None:
    await show(page, gallery, "exploring")
    await page.get_by_role("button", name="Search conversation").click()
    await page.get_by_role("textbox", name="Search conversation").fill("part1/file30.py")
    await expect(page.get_by_role("search").get_by_role("status")).to_have_text("1 of 1")
    await expect(page.get_by_text("src/part1/file30.py")).to_be_in_viewport()


async def test_nothing_lies_on_a_row_that_the_pointer_passes(page: Page, gallery: str) -> None:
    await page.set_viewport_size({"width": WIDTH, "height": 1700})
    await show(page, gallery, "turns", height=1600)
    rows = page.locator(".ocw-log .ocw-fold > summary:visible")
    for index in range(await rows.count()):
        row = rows.nth(index)
        await row.hover()
        covered = await page.evaluate(
            """async () => {
              const fades = document.getAnimations().filter((each) => each instanceof CSSTransition);
              await Promise.all(fades.map((fade) => fade.finished));
              const all = Array.from(document.querySelectorAll(".ocw-log .ocw-fold > summary"));
              const seen = (row) => {
                const { left, right, top, height } = row.getBoundingClientRect();
                return [0.1, 0.5, 0.9].every((share) => {
                  const x = left + (right - left) * share;
                  return row.contains(document.elementFromPoint(x, top + height / 2));
                });
              };
              return all.filter((row) => row.checkVisibility() && !seen(row)).length;
            }"""
        )
        assert covered == 0


@pytest.mark.parametrize(("theme", "host"), [("light", "jp"), ("dark", "jp"), ("light", "vscode"), ("dark", "vscode")])
async def test_quiet_words_are_quiet_and_readable(page: Page, gallery: str, theme: str, host: str) -> None:
    await show(page, gallery, "tools", theme=theme, host=host)
    quiet = await page.evaluate(CONTRAST, [".ocw-tool-title", ".ocw-frame"])
    loud = await page.evaluate(CONTRAST, [".ocw-tool-name", ".ocw-frame"])
    assert quiet >= 4.5
    assert quiet < 0.75 * loud


@pytest.mark.parametrize("width", [1400, 900, 420])
async def test_at_most_a_quarter_of_the_height_is_no_conversation(page: Page, gallery: str, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": HEIGHT + 40})
    await show(page, gallery, "turns")
    conversation = await page.locator(".ocw-log-frame").bounding_box()
    assert conversation is not None
    assert conversation["height"] >= 0.75 * HEIGHT


# Everything above the conversation that can be pressed: its name, its box within the frame, and whether a click near its start hits it.
PRESSED = """() => {
  const frame = document.querySelector(".ocw-frame").getBoundingClientRect();
  const log = document.querySelector(".ocw-log-frame").getBoundingClientRect();
  return Array.from(document.querySelectorAll(".ocw button:not(.ocw-skip, .ocw-tab-close)"), (button) => {
    const { left, right, top, bottom, width, height } = button.getBoundingClientRect();
    const hit = document.elementFromPoint(left + 12, (top + bottom) / 2);
    return {
      name: (button.ariaLabel ?? button.textContent).replace(/[0-9].*/, "").trim(),
      left: left - frame.left,
      right: right - frame.left,
      top: top - frame.top,
      bottom: bottom - frame.top,
      width,
      height,
      hit: button.contains(hit),
      above: bottom <= log.top + 1,
    };
  }).filter((each) => each.above && each.width > 0);
}"""
FOCUSED = """() => {
  const button = document.activeElement;
  return (button.ariaLabel ?? button.textContent).replace(/[0-9].*/, "").trim();
}"""
TOOLS = [
    "Open an instance",
    "Server",
    "New session",
    "All sessions",
    "Review changes",
    "Session info",
    "Search conversation",
    "Session actions",
]


@pytest.mark.parametrize("width", [599, 420, 320])
async def test_a_narrow_widget_has_one_row_above_the_conversation(page: Page, gallery: str, width: int) -> None:
    await page.set_viewport_size({"width": width + 32, "height": HEIGHT + 40})
    await show(page, gallery, "turns")
    frame = await page.locator(".ocw-frame").bounding_box()
    conversation = await page.locator(".ocw-log-frame").bounding_box()
    assert frame is not None
    assert conversation is not None
    assert frame["width"] == pytest.approx(width, abs=1)
    assert conversation["y"] - frame["y"] <= 40
    row = {each["name"]: each for each in await page.evaluate(PRESSED)}
    for name in [*TOOLS, "shop", "Fix the parser"]:
        tool = row[name]
        assert tool["hit"], f"{name} is covered"
        assert tool["left"] >= 0
        assert tool["right"] <= width
        assert min(tool["width"], tool["height"]) >= 24
        assert tool["top"] >= 0
        assert tool["bottom"] <= 40
    await expect(page.get_by_role("status").filter(has_text="Connected")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(420, 600), (320, 240)])
async def test_the_row_of_a_narrow_widget_has_room_for_several_instances(
    page: Page, gallery: str, width: int, height: int
) -> None:
    await page.set_viewport_size({"width": width + 32, "height": height + 40})
    await show(page, gallery, "full", height=height)
    instances = page.get_by_role("tablist", name="Instances")
    await page.get_by_role("button", name="All sessions").click()
    await page.get_by_role("dialog", name="All sessions").get_by_role("button", name="Close").click()
    for name in ("website", "notebooks", "shop"):
        await instances.get_by_role("tab", name=name).click()
        await expect(instances.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_role("tablist", name="Sessions").get_by_role("tab", selected=True)).to_be_in_viewport()


async def test_the_tools_of_a_narrow_widget_are_reached_by_tab_as_they_stand(page: Page, gallery: str) -> None:
    await page.set_viewport_size({"width": 420 + 32, "height": HEIGHT + 40})
    await show(page, gallery, "turns")
    await page.get_by_role("tablist", name="Instances").get_by_role("tab", selected=True).focus()
    reached = []
    for _ in range(20):
        reached.append(await page.evaluate(FOCUSED))
        if reached[-1] == "Session actions":
            break
        await page.keyboard.press("Tab")
    assert [name for name in reached if name in TOOLS] == TOOLS
    assert {"Fix the parser", "Close session", "Close instance"} <= set(reached)


async def test_a_click_on_the_tab_of_a_narrow_widget_closes_nothing(page: Page, gallery: str) -> None:
    await page.set_viewport_size({"width": 420 + 32, "height": HEIGHT + 40})
    await show(page, gallery, "full")
    tabs = page.get_by_role("tablist", name="Instances").get_by_role("tab")
    await expect(tabs).to_have_count(3)
    box = await tabs.nth(1).bounding_box()
    assert box is not None
    for share in (0.1, 0.5, 0.9):
        await page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        await expect(tabs).to_have_count(3)
        await tabs.nth(0).click()


@pytest.mark.parametrize(("scene", "width"), [("turns", 900), ("turns", 320), ("long", 320)])
async def test_a_conversation_in_a_low_widget_begins_at_its_end(
    page: Page, gallery: str, scene: str, width: int
) -> None:
    await page.set_viewport_size({"width": width + 32, "height": 280})
    await show(page, gallery, scene, height=240)
    await page.wait_for_function(
        """() => {
          const { scrollTop, scrollHeight, clientHeight } = document.querySelector(".ocw-log");
          return scrollHeight > 500 && scrollHeight - clientHeight - scrollTop <= 1;
        }"""
    )
    await expect(page.get_by_role("button", name="Jump to latest")).to_have_count(0)


async def test_an_empty_conversation_in_the_lowest_widget_shows_its_title(page: Page, gallery: str) -> None:
    await page.set_viewport_size({"width": 320 + 32, "height": 280})
    await show(page, gallery, "fresh", height=240)
    await expect(page.get_by_text("What are we working on?")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("button", name="Explain this project")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [1400, 900, 420])
async def test_a_question_with_three_answers_shows_the_field_for_an_answer_of_ones_own(
    page: Page, gallery: str, width: int
) -> None:
    await page.set_viewport_size({"width": width + 32, "height": HEIGHT + 40})
    await show(page, gallery, "questions")
    field = await page.get_by_placeholder("Type your own answer…").bounding_box()
    buttons = await page.get_by_role("button", name="Next", exact=True).bounding_box()
    assert field is not None
    assert buttons is not None
    assert field["y"] + field["height"] <= buttons["y"]


async def test_the_lowest_widget_shows_the_command_above_the_answers(page: Page, gallery: str) -> None:
    await page.set_viewport_size({"width": 320 + 32, "height": 280})
    await show(page, gallery, "asking", height=240)
    command = await page.locator(".ocw-target-command").bounding_box()
    answers = await page.locator(".ocw-answers").bounding_box()
    assert command is not None
    assert answers is not None
    assert answers["y"] - command["y"] >= 60
    assert answers["height"] <= 76


@pytest.mark.parametrize("width", [390, 320])
async def test_the_send_button_of_a_narrow_widget_is_an_icon_with_a_name(page: Page, gallery: str, width: int) -> None:
    await page.set_viewport_size({"width": width + 32, "height": HEIGHT + 40})
    await show(page, gallery, "turns")
    button = page.get_by_role("button", name="Send", exact=True)
    await expect(button.locator("svg")).to_be_visible()
    box = await button.bounding_box()
    assert box is not None
    assert 24 <= box["width"] <= 44


async def test_the_state_of_the_connection_takes_a_row_only_when_something_is_wrong(page: Page, gallery: str) -> None:
    await show(page, gallery, "turns")
    tabs = await page.locator(".ocw-instances").bounding_box()
    state = await page.get_by_role("status").filter(has_text="Connected").bounding_box()
    assert tabs is not None
    assert state is not None
    assert tabs["y"] <= state["y"] < tabs["y"] + tabs["height"]
    await show(page, gallery, "off")
    tabs = await page.locator(".ocw-instances").bounding_box()
    state = await page.get_by_role("status").filter(has_text="Disconnected").bounding_box()
    assert tabs is not None
    assert state is not None
    assert state["y"] >= tabs["y"] + tabs["height"]


async def test_what_can_be_pressed_is_large_enough(page: Page, gallery: str) -> None:
    await show(page, gallery, "full", height=900)
    small = await page.evaluate(
        """() => Array.from(document.querySelectorAll(".ocw button:not(.ocw-link)"), (button) => {
          const { width, height } = button.getBoundingClientRect();
          return [button.ariaLabel ?? button.textContent, width, height];
        }).filter(([, width, height]) => width > 0 && (width < 23.9 || height < 23.9))"""
    )
    assert small == []


ANSWERS = {
    "form": ["Submit", "Dismiss"],
    "asking": ["Allow once", "Always allow", "Reject"],
    "questions": ["Next", "Dismiss"],
}


@pytest.mark.parametrize("scene", list(ANSWERS))
@pytest.mark.parametrize(
    ("width", "height"),
    [(1400, 600), (1400, 240), (900, 400), (900, 240), (420, 600), (420, 300), (420, 240), (320, 600), (320, 240)],
)
async def test_the_answers_of_a_request_stay_in_view(
    page: Page, gallery: str, scene: str, width: int, height: int
) -> None:
    await page.set_viewport_size({"width": width, "height": height + 40})
    await show(page, gallery, scene, height=height)
    for name in [*ANSWERS[scene], "Write a message instead"]:
        await expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("textbox", name="Prompt")).to_have_count(0)


@pytest.mark.parametrize("width", [1400, 420])
async def test_a_problem_lies_on_no_prompt(page: Page, gallery: str, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": HEIGHT + 40})
    await show(page, gallery, "turns")
    await page.evaluate(
        """kernel.frame({ op: "problem", instance: "i1", problem: { name: "RequestFailed", message: "No. ".repeat(40) } })"""
    )
    toast = await page.get_by_role("region", name="Problems").bounding_box()
    prompt = await page.locator(".ocw-composer").bounding_box()
    status = await page.locator(".ocw-connection").bounding_box()
    assert toast is not None
    assert prompt is not None
    assert status is not None
    assert status["y"] + status["height"] <= toast["y"]
    assert toast["y"] + toast["height"] <= prompt["y"]


@pytest.mark.parametrize(("scene", "used"), [("fresh", False), ("fresh", True), ("turns", False), ("turns", True)])
async def test_the_wheel_moves_the_notebook_unless_the_conversation_is_in_use_and_scrolls(
    page: Page, gallery: str, scene: str, used: bool
) -> None:
    await show(page, gallery, scene, height=500)
    await page.evaluate("document.body.style.paddingBottom = '2000px'")
    if used:
        await page.get_by_role("textbox", name="Prompt").focus()
    await page.get_by_role("log").hover()
    await page.mouse.wheel(0, 150)  # at the end, where the conversation cannot go on
    held = used and scene == "turns"
    if held:  # a second turn of the wheel, beside the widget, shows that the first is over
        await page.mouse.move(5, 200)
        await page.mouse.wheel(0, 40)
    await page.wait_for_function("expected => scrollY === expected", arg=40 if held else 150, timeout=10_000)
