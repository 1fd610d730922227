// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import type { LoggedEvent } from "../../../../opencode_widget/frontend/src/protocol";
import { placeMenu } from "../../../../opencode_widget/frontend/src/ui/lib/menu/menu_position";
import { handleListKey } from "../../../../opencode_widget/frontend/src/ui/panels/open/folder_choices";
import {
  addEvents,
  asLines,
  counted,
  shownEvents,
} from "../../../../opencode_widget/frontend/src/ui/panels/server/event_filter";
import { addLines, NO_LINES } from "../../../../opencode_widget/frontend/src/ui/panels/server/log_lines";
import { instanceOf, type Scene, sessionOf, settle, WidgetHarness } from "../harness";

let harness: WidgetHarness | undefined;

async function set(the: Scene): Promise<WidgetHarness> {
  harness = new WidgetHarness(the);
  await settle();
  return harness;
}

afterEach(() => {
  harness?.end();
  harness = undefined;
});

describe("The place of a menu", () => {
  const frame = { left: 100, top: 100, right: 500, bottom: 400 };
  const size = { width: 120, height: 100 };
  const anchor = (left: number, top: number) => ({ left, top, right: left + 20, bottom: top + 20 });

  it.each([
    ["below what it belongs to", anchor(120, 120), { x: 20, y: 44 }],
    ["to the left at the right edge", anchor(470, 120), { x: 270, y: 44 }],
    ["above at the end", anchor(120, 370), { x: 20, y: 166 }],
    ["inside, where the anchor is outside", anchor(20, 20), { x: 4, y: 4 }],
  ])("is %s", (_, at, expected) => expect(placeMenu(at, size, frame)).toEqual(expected));
});

describe("The lines of a log", () => {
  it("are gathered, and the last 2000 stay", () => {
    const first = addLines(NO_LINES, { lines: ["a", "b"], next: 2 });
    expect(addLines(first, { lines: ["c"], next: 3 })).toEqual({ lines: ["a", "b", "c"], next: 3 });
    expect(addLines(first, { lines: [], next: 2 })).toBe(first);
    const many = Array.from({ length: 2_500 }, (_, index) => String(index));
    expect(addLines(first, { lines: many, next: 2_502 }).lines.length).toBe(2_000);
  });

  it("start again with a new server", () => {
    expect(addLines({ lines: ["old"], next: 90 }, { lines: ["new"], next: 1 })).toEqual({ lines: ["new"], next: 1 });
  });
});

describe("The events of the inspector", () => {
  const event = (number: number, name = "a", session?: string): LoggedEvent => ({
    number,
    at: 0,
    name,
    data: {},
    ...(session ? { session } : {}),
  });

  it("come once each, the last 500", () => {
    const first = addEvents([], [event(0), event(1)]);
    expect(addEvents(first, [event(1), event(2)]).map(({ number }) => number)).toEqual([0, 1, 2]);
    expect(addEvents(first, [event(1)])).toBe(first);
    const many = Array.from({ length: 600 }, (_, index) => event(index + 2));
    expect(addEvents(first, many).at(0)?.number).toBe(102);
  });

  it("are filtered by type and session, and counted", () => {
    const events = [event(0, "a", "s"), event(1, "b", "s"), event(2, "a", "t"), event(3, "a")];
    expect(shownEvents(events, { name: "a", session: "s" }).map(({ number }) => number)).toEqual([0]);
    expect(shownEvents(events, { name: "", session: "" })).toEqual(events);
    const beat = event(4, "server.heartbeat");
    expect(shownEvents([...events, beat], { name: "", session: "" })).toEqual(events);
    expect(shownEvents([...events, beat], { name: "server.heartbeat", session: "" })).toEqual([beat]);
    expect(counted(events.map(({ name }) => name))).toEqual([
      ["a", 3],
      ["b", 1],
    ]);
    expect(asLines(events.slice(0, 2)).split("\n").length).toBe(2);
  });
});

describe("The server's panel", () => {
  const services = [
    { kind: "mcp", name: "github", state: "disabled" },
    { kind: "formatter", name: "ruff", state: "enabled", detail: ".py" },
  ];
  const script: Scene["script"] = ({ name, args }) => {
    if (name === "services") return { ok: true, result: { services, version: "1" } };
    if (name === "log") return { ok: true, result: { lines: ["hello"], next: 1, owned: true } };
    if (name !== "events") return undefined;
    const events = [
      { number: 4, at: 0, name: "session.status", session: "s", data: { busy: true } },
      { number: 5, at: 0, name: "server.connected", data: {} },
      { number: 6, at: 0, name: "server.heartbeat", data: {} },
    ];
    return { ok: true, result: { events: "after" in args && args.after < 4 ? events : [] } };
  };

  it("shows the server's facts and services, and connects a service", async () => {
    const harness = await set({ script, instance: instanceOf({ url: "http://127.0.0.1:4096", dialect: "1.x" }) });
    await harness.click("button", "Server");
    const panel = harness.get("dialog", "Server");
    for (const words of ["OpenCode 1.18.33", "1.x", "http://127.0.0.1:4096", "this kernel", "github", "ruff", ".py"]) {
      expect(panel.textContent).toContain(words);
    }
    await harness.click("button", "Connect github");
    expect(harness.sent("connect_mcp")).toEqual([{ instance: "i", name: "github", connected: true }]);
    expect(harness.sent("services").length).toBe(2);
  });

  it("says what to run where a server wants a sign-in, copyable, and looks whether that has happened", async () => {
    let state = "needs_auth";
    const copied: string[] = [];
    vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => void copied.push(text) } });
    const harness = await set({
      script: ({ name }) =>
        name === "services"
          ? { ok: true, result: { services: [{ kind: "mcp", name: "my locked", state }], version: "1" } }
          : undefined,
    });
    await harness.click("button", "Server");
    const panel = harness.get("dialog", "Server");
    await vi.waitFor(() => expect(panel.textContent).toContain("opencode mcp auth 'my locked'"));
    await harness.click("button", "Connect my locked");
    expect(panel.textContent).toContain("Sign in: run this in a terminal");
    await harness.click("button", "Copy");
    await vi.waitFor(() => expect(copied).toEqual(["opencode mcp auth 'my locked'"]));
    state = "connected";
    await vi.waitFor(() => expect(panel.textContent).not.toContain("opencode mcp auth"), 20_000);
    expect(harness.get("button", "Disconnect my locked")).toBeTruthy();
  });

  it("follows the log while it is open, and no longer", async () => {
    const harness = await set({ script });
    await harness.click("button", "Server");
    await harness.click("tab", "Log");
    expect(harness.get("log", "Server log").textContent).toBe("hello");
    await vi.waitFor(() => expect(harness.sent("log")).toContainEqual({ instance: "i", after: 1 }), 3_000);
    await harness.press("Escape");
    const asked = harness.sent("log").length;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(harness.sent("log").length).toBe(asked);
  });

  it("shows events, the latest first, and one as JSON", async () => {
    const harness = await set({ script });
    await harness.click("button", "Server");
    await harness.click("tab", "Events");
    const names = () => Array.from(harness.el.querySelectorAll(".ocw-event-name"), (each) => each.textContent);
    expect(names()).toEqual(["server.connected", "session.status"]);
    const type = harness.el.querySelector<HTMLSelectElement>("select[aria-label=Type]");
    if (!type) throw new Error("no filter");
    type.value = "session.status";
    type.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    expect(names()).toEqual(["session.status"]);
    const details = harness.el.querySelector<HTMLDetailsElement>(".ocw-events details");
    if (details) details.open = true;
    await settle();
    expect(harness.el.querySelector(".ocw-events pre")?.textContent).toContain('"busy": true');
  });

  it("asks before a restart that stops work, and not otherwise", async () => {
    const harness = await set({ script, sessions: [sessionOf({ status: "busy" })] });
    await harness.click("button", "Server");
    await harness.click("button", "Restart");
    expect(harness.sent("restart")).toEqual([]);
    expect(harness.get("dialog", "Restart the server of shop?").textContent).toContain("Fix the parser");
    await harness.click("button", "Cancel");
    harness.frame({ op: "session", instance: "i", session: sessionOf() });
    await settle();
    await harness.click("button", "Restart");
    expect(harness.sent("restart")).toEqual([{ instance: "i" }]);
  });

  it("neither restarts an attached server nor shows its log", async () => {
    const harness = await set({ script, instance: instanceOf({ owned: false }) });
    await harness.click("button", "Server");
    expect(harness.all("button", "Restart")).toEqual([]);
    await harness.click("tab", "Log");
    expect(harness.get("dialog", "Server").textContent).toContain("was started elsewhere");
    expect(harness.sent("log")).toEqual([]);
  });
});

describe("The panel of a session", () => {
  it("shows its usage, its changes and its sub-agents", async () => {
    const harness = await set({
      instance: instanceOf({
        models: [{ provider: "p", id: "m", name: "Model M", providerName: "P", variants: [], context: 1_000 }],
      }),
      sessions: [
        sessionOf({
          cost: 0.5,
          model: "p/m",
          tokens: { input: 10, output: 5, reasoning: 0, cacheRead: 0, cacheWrite: 0 },
          changed: { files: 1, additions: 2, deletions: 1 },
        }),
        sessionOf({ id: "c", title: "Look", parent: "s" }),
      ],
      messages: [
        {
          head: {
            id: "a",
            role: "assistant",
            state: "complete",
            created: 0,
            model: "p/m",
            tokens: { input: 500, output: 0, reasoning: 0, cacheRead: 0, cacheWrite: 0 },
          },
          parts: [],
        },
      ],
      script: ({ name }) =>
        name === "diff"
          ? { ok: true, result: { files: [{ file: "a.py", status: "added", additions: 2, deletions: 1 }] } }
          : undefined,
    });
    expect(harness.get("meter", "Context used").getAttribute("aria-valuenow")).toBe("50");
    await harness.click("button", "Session info");
    const panel = harness.get("dialog", "Session");
    for (const words of ["500 of 1k tokens (50 %)", "$0.5", "Model M", "a.py", "+2"]) {
      expect(panel.textContent).toContain(words);
    }
    await harness.click("button", "Look");
    expect(harness.sent("select_session")).toEqual([{ instance: "i", session: "c" }]);
    expect(harness.all("dialog", "Session")).toEqual([]);
  });

  it.each([
    ["none", undefined],
    ["not reported by the server", { input: 7, output: 2, reasoning: 0, cacheRead: 0, cacheWrite: 0 }],
  ])("says of a session without tokens: %s", async (words, tokens) => {
    const head = { id: "a", role: "assistant", state: "complete", created: 0 } as const;
    const harness = await set({ messages: [{ head: tokens ? { ...head, tokens } : head, parts: [] }] });
    await harness.click("button", "Session info");
    const rows = [...harness.get("dialog", "Session").querySelectorAll("dl > div")];
    expect(rows.map((row) => row.textContent)).toContain(`Tokens${words}`);
  });
});

describe("The field for a folder", () => {
  const script: Scene["script"] = ({ name, args }) => {
    if (name === "recent_folders") return { ok: true, result: { folders: ["~/papers"] } };
    if (name === "open") return { ok: false, problem: { name: "NotFound", message: "There is no such folder." } };
    if (name !== "complete_folder" || !("prefix" in args)) return undefined;
    return { ok: true, result: { folders: ["~/shop", "~/shop-api"].filter((each) => each.startsWith(args.prefix)) } };
  };

  async function open(): Promise<WidgetHarness> {
    const harness = await set({ script });
    await harness.click("button", "Open an instance");
    return harness;
  }

  const field = () => harness?.el.querySelector<HTMLInputElement>('[role="combobox"]');
  const options = () => harness?.all("option", "").map((each) => each.textContent);

  it("has the server complete a folder of the server, once its address is written", async () => {
    const harness = await open();
    const write = async (name: string, text: string) => {
      harness.el.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.focus();
      await harness.type(text);
    };
    harness.el.querySelector<HTMLInputElement>('input[value="server"]')?.click();
    await vi.waitFor(() => expect(field()?.labels?.[0]?.textContent).toBe("Folder on the server"));
    await write("directory", "~/sh");
    await write("url", "http://host:4096");
    expect(harness.sent("complete_folder")).toEqual([]);
    await write("directory", "~/sho");
    await vi.waitFor(() => expect(options()).toEqual(["~/shop", "~/shop-api"]));
    expect(harness.sent("complete_folder")).toEqual([{ prefix: "~/sho", url: "http://host:4096" }]);
    await harness.press("ArrowDown");
    await harness.press("Enter");
    await harness.click("button", "Attach");
    expect(harness.sent("attach")).toEqual([{ url: "http://host:4096", directory: "~/shop/" }]);
  });

  it("attaches with the headers that a gateway wants", async () => {
    const harness = await open();
    harness.el.querySelector<HTMLInputElement>('input[value="server"]')?.click();
    await vi.waitFor(() => expect(field()?.labels?.[0]?.textContent).toBe("Folder on the server"));
    harness.el.querySelector<HTMLInputElement>('input[name="url"]')?.focus();
    await harness.type("http://host:4096");
    const headers = harness.el.querySelector<HTMLTextAreaElement>("textarea[name=headers]");
    expect(headers?.labels?.[0]?.textContent).toBe("Headers");
    headers?.focus();
    await harness.type("X-Team: sheep\nX-Token: abc");
    await harness.click("button", "Attach");
    expect(harness.sent("attach")).toEqual([{ url: "http://host:4096", headers: "X-Team: sheep\nX-Token: abc" }]);
  });

  it("offers folders with this prefix, and Tab takes one", async () => {
    const harness = await open();
    await harness.type("~/sh");
    await vi.waitFor(() => expect(options()).toEqual(["~/shop", "~/shop-api"]));
    await harness.press("ArrowDown");
    await harness.press("ArrowDown");
    expect(field()?.getAttribute("aria-activedescendant")).toBe(harness.get("option", "~/shop-api").id);
    await harness.press("Tab");
    expect(field()?.value).toBe("~/shop-api/");
  });

  it("leaves the list with Escape, and the panel with another", async () => {
    const harness = await open();
    await harness.type("~/sh");
    await vi.waitFor(() => expect(options()?.length).toBe(2));
    await harness.press("Escape");
    expect(options()).toEqual([]);
    expect(harness.all("dialog", "Open").length).toBe(1);
    await harness.press("Escape");
    expect(harness.all("dialog", "Open")).toEqual([]);
  });

  it("shows the error until the path changes", async () => {
    const harness = await open();
    await harness.type("~/none");
    harness.el
      .querySelector(".ocw-panel form")
      ?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await settle();
    expect(harness.get("alert", "There is no such folder.")).toBeTruthy();
    await harness.type("~/other");
    expect(harness.all("alert", "There is no such folder.")).toEqual([]);
  });

  it("offers nothing once the only matching folder is written: the list would cover the button", async () => {
    const harness = await open();
    await harness.type("~/sh");
    await vi.waitFor(() => expect(options()?.length).toBe(2));
    await harness.type("~/shop-api");
    await vi.waitFor(() => expect(options()).toEqual([]));
    expect(field()?.value).toBe("~/shop-api");
    await harness.type("~/shop");
    await vi.waitFor(() => expect(options()?.length).toBe(2));
  });

  it("takes a recent folder with a click", async () => {
    const harness = await open();
    await harness.click("button", "~/papers");
    expect(field()?.value).toBe("~/papers");
  });

  it("leaves Tab to the next field once a folder is complete", () => {
    const keys = { folders: ["~/a/b"], active: -1, setActive: vi.fn(), take: vi.fn(), close: vi.fn() };
    expect(handleListKey("Tab", { ...keys, value: "~/a" })).toBe(true);
    expect(handleListKey("Tab", { ...keys, value: "~/a/" })).toBe(false);
    expect(handleListKey("Enter", { ...keys, value: "~/a" })).toBe(false);
    expect(handleListKey("Tab", { ...keys, value: "~/a", folders: [] })).toBe(false);
  });
});
