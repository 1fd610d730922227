import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Actions, NEW } from "../../../opencode_widget/frontend/src/kernel/actions";
import { Link } from "../../../opencode_widget/frontend/src/kernel/link";
import {
  type FromKernel,
  PROTOCOL,
  type Snapshot,
  type ToKernel,
} from "../../../opencode_widget/frontend/src/protocol";
import { Store } from "../../../opencode_widget/frontend/src/store/store";

const PAGE = "page";
const snapshot = (seq = 1): Snapshot => ({
  type: "snapshot",
  epoch: "e",
  seq,
  to: PAGE,
  instances: [],
  sessions: {},
  requests: {},
});

let store: Store;
let link: Link;
let sent: ToKernel[];
let broken: boolean;
let kernelRunsCell: boolean;

const hellos = () => sent.filter((message) => message.type === "hello").length;
const commands = () => sent.filter((message) => message.type === "command");
const receive = (message: FromKernel) => link.receive(message);

beforeEach(() => {
  vi.useFakeTimers();
  store = new Store();
  sent = [];
  broken = false;
  kernelRunsCell = false;
  const send = (message: ToKernel) => {
    if (broken) throw new Error("comm closed");
    sent.push(message);
  };
  link = new Link(store, { send }, PAGE, undefined, () => kernelRunsCell);
  link.start();
});

afterEach(() => {
  link.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("Asked whether it is there", () => {
  it("the page answers at once, for timers wait in a tab in the background", () => {
    receive(snapshot(7));
    sent = [];
    receive({ type: "ping" });
    expect(sent).toEqual([{ type: "ack", page: PAGE, epoch: "e", seq: 7 }]);
  });
});

describe("Without an answer", () => {
  it("what is shown counts as saved after five seconds, until a snapshot arrives", () => {
    vi.advanceTimersByTime(4_900);
    expect(store.linkState.value).toBe("waiting");
    vi.advanceTimersByTime(200);
    expect(store.linkState.value).toBe("saved");
    receive(snapshot());
    expect(store.linkState.value).toBe("live");
    vi.advanceTimersByTime(60_000);
    expect(store.linkState.value).toBe("live");
  });
});

describe("A probe", () => {
  const acks = () => sent.filter((message) => message.type === "ack").length;

  it("is sent when the user turns to the widget, and not again for a while", () => {
    receive(snapshot());
    vi.advanceTimersByTime(10_000);
    const before = acks();
    for (let times = 0; times < 20; times += 1) link.probe();
    expect(acks()).toBe(before + 1);
    vi.advanceTimersByTime(5_100);
    link.probe();
    expect(acks()).toBe(before + 2);
    vi.advanceTimersByTime(600_000);
    expect(acks()).toBe(before + 2);
  });

  it("finds out that the kernel was shut down", () => {
    receive(snapshot());
    broken = true;
    expect(store.linkState.value).toBe("live");
    link.probe();
    expect(store.linkState.value).toBe("gone");
  });
});

describe("Hello", () => {
  it("is sent at the start, and again until a snapshot arrives", () => {
    expect(hellos()).toBe(1);
    vi.advanceTimersByTime(4_100);
    expect(hellos()).toBe(3);
    receive(snapshot());
    vi.advanceTimersByTime(60_000);
    expect(hellos()).toBe(3);
  });

  it("is sent once at a gap, and again until a snapshot arrives", () => {
    receive(snapshot());
    receive({ type: "frame", epoch: "e", seq: 3, ops: [] });
    receive({ type: "frame", epoch: "e", seq: 4, ops: [] });
    expect(hellos()).toBe(2);
    vi.advanceTimersByTime(2_100);
    expect(hellos()).toBe(3);
    receive(snapshot(4));
    expect(receive({ type: "frame", epoch: "e", seq: 5, ops: [] })).toBeUndefined();
    expect(store.seq).toBe(5);
  });
});

describe("Acknowledgements", () => {
  const acks = () => sent.filter((message) => message.type === "ack");

  it("name the last frame, when frames rest", () => {
    receive(snapshot());
    for (let seq = 2; seq <= 40; seq += 1) {
      receive({ type: "frame", epoch: "e", seq, ops: [] });
      vi.advanceTimersByTime(50);
    }
    expect(acks()).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(acks()).toEqual([{ type: "ack", page: PAGE, epoch: "e", seq: 40 }]);
    vi.advanceTimersByTime(10_000);
    expect(acks().length).toBe(1);
  });

  it("come every five seconds while frames do not rest", () => {
    receive(snapshot());
    for (let seq = 2; seq <= 240; seq += 1) {
      vi.advanceTimersByTime(50);
      receive({ type: "frame", epoch: "e", seq, ops: [] });
    }
    expect(acks().length).toBe(2);
  });
});

describe("A page that is left", () => {
  it("says so", () => {
    link.bye();
    expect(sent.at(-1)).toEqual({ type: "bye", page: PAGE });
  });
});

describe("A command", () => {
  beforeEach(() => receive(snapshot()));

  it("gets the reply with its number, and no other page's", async () => {
    const reply = link.command({ name: "new_session", args: { instance: "i" } });
    expect(commands()).toMatchObject([{ page: PAGE, id: 1, name: "new_session", args: { instance: "i" } }]);
    receive({ type: "reply", to: "other", id: 1, ok: false });
    receive({ type: "reply", to: PAGE, id: 1, ok: true, result: { session: "s" } });
    await expect(reply).resolves.toMatchObject({ ok: true, result: { session: "s" } });
  });

  it("without an acknowledgement in 500 ms means: kernel busy, until it arrives", () => {
    void link.command({ name: "reconnect", args: { instance: "i" } });
    vi.advanceTimersByTime(450);
    expect(store.kernelBusy.value).toBe(false);
    vi.advanceTimersByTime(100);
    expect(store.kernelBusy.value).toBe(true);
    receive({ type: "received", to: PAGE, id: 1 });
    expect(store.kernelBusy.value).toBe(false);
  });

  it("that was received in time never means busy, however long it takes", () => {
    void link.command({ name: "reconnect", args: { instance: "i" } });
    receive({ type: "received", to: PAGE, id: 1 });
    vi.advanceTimersByTime(60_000);
    expect(store.kernelBusy.value).toBe(false);
  });
});

describe("A kernel of another version", () => {
  const other = () => receive({ ...snapshot(), protocol: "another" });

  it("makes the page say so, and draw nothing that it may not understand", async () => {
    const waiting = link.command({ name: "reconnect", args: { instance: "i" } });
    other();
    expect(store.linkState.value).toBe("outdated");
    expect(store.instances.value).toEqual([]);
    await expect(waiting).resolves.toMatchObject({ ok: false, problem: { name: "PageOutdated" } });
  });

  it("gets no more commands", async () => {
    other();
    const before = sent.length;
    vi.advanceTimersByTime(60_000);
    const outcome = await link.command({ name: "reconnect", args: { instance: "i" } });
    expect(outcome).toMatchObject({ ok: false, problem: { remedy: "Reload the page." } });
    expect(sent.length).toBe(before);
  });

  it("that sends the page's own mark, or none because it is older, is understood", () => {
    receive({ ...snapshot(), protocol: PROTOCOL });
    expect(store.linkState.value).toBe("live");
    receive(snapshot());
    expect(store.linkState.value).toBe("live");
  });
});

describe("The kernel's end", () => {
  it("settles open commands, and every later one, with the reason", async () => {
    receive(snapshot());
    const open = link.command({ name: "reconnect", args: { instance: "i" } });
    link.gone();
    expect(store.linkState.value).toBe("gone");
    await expect(open).resolves.toMatchObject({
      ok: false,
      problem: { message: "The kernel has stopped. Run the cell again." },
    });
    await expect(link.command({ name: "reconnect", args: { instance: "i" } })).resolves.toMatchObject({ ok: false });
    expect(commands().length).toBe(1);
  });

  it("is noticed when the comm throws", () => {
    receive(snapshot());
    broken = true;
    link.visible(false);
    expect(store.linkState.value).toBe("gone");
  });

  it("is suspected when the comm changes, and refuted by a snapshot", () => {
    receive(snapshot());
    link.checkAlive();
    receive(snapshot(2));
    vi.advanceTimersByTime(10_000);
    expect(store.linkState.value).toBe("live");
    link.checkAlive();
    vi.advanceTimersByTime(10_000);
    expect(store.linkState.value).toBe("gone");
  });
});

describe("A kernel that a cell blocks", () => {
  it("is never taken for gone, and what is shown never for saved, for the host says that it is busy", () => {
    kernelRunsCell = true;
    vi.advanceTimersByTime(60_000);
    expect(store.linkState.value).toBe("waiting");
    expect(store.kernelBusy.value).toBe(true);
    receive(snapshot());
    expect(store.kernelBusy.value).toBe(false);
    link.checkAlive();
    vi.advanceTimersByTime(60_000);
    expect(store.linkState.value).toBe("stale");
    receive(snapshot(2));
    expect(store.linkState.value).toBe("live");
  });

  it("that does not answer after its cell is gone", () => {
    receive(snapshot());
    kernelRunsCell = true;
    link.checkAlive();
    vi.advanceTimersByTime(10_000);
    kernelRunsCell = false;
    vi.advanceTimersByTime(3_100);
    expect(store.linkState.value).toBe("gone");
  });
});

describe("The Jupyter server", () => {
  beforeEach(() => receive(snapshot()));

  it("that is lost gets no hellos, and one when it is reached again", () => {
    link.lost();
    expect(store.linkState.value).toBe("lost");
    const before = hellos();
    vi.advanceTimersByTime(60_000);
    expect(hellos()).toBe(before);
    link.resume();
    expect(hellos()).toBe(before + 1);
    expect(store.linkState.value).toBe("stale");
    receive(snapshot(9));
    expect(store.linkState.value).toBe("live");
  });

  it("that is reached again while a cell blocks the kernel does not make the kernel gone", () => {
    link.lost();
    link.resume();
    vi.advanceTimersByTime(60_000);
    expect(store.linkState.value).toBe("stale");
  });

  it("that is lost keeps what the user does", async () => {
    link.lost();
    const open = link.command({ name: "reconnect", args: { instance: "i" } });
    expect(commands().length).toBe(1);
    link.resume();
    receive(snapshot(2));
    receive({ type: "reply", to: PAGE, id: 1, ok: true });
    await expect(open).resolves.toMatchObject({ ok: true });
  });

  it("does not bring back a kernel that is gone", () => {
    link.gone();
    link.lost();
    link.resume();
    expect(store.linkState.value).toBe("gone");
  });

  it("that is lost while the first snapshot is awaited does not make the page a saved one", () => {
    store = new Store();
    link.stop();
    link = new Link(store, { send: (message: ToKernel) => sent.push(message) }, PAGE);
    link.start();
    link.lost();
    vi.advanceTimersByTime(60_000);
    expect(store.linkState.value).toBe("lost");
  });
});

describe("A prompt", () => {
  let actions: Actions;
  const prompt = () => actions.send({ name: "prompt", args: { instance: "i", session: "s", text: "Hi" } }, "Hi");
  const transcript = { instance: "i", session: "s", state: "ready" as const, messages: [], more: false, todos: [] };
  const key = () => store.pending.value[0]?.key ?? "";

  beforeEach(() => {
    actions = new Actions(store, link);
    receive({ ...snapshot(), transcript });
  });

  it("is shown at once, and replaced by the kernel's message with its key", async () => {
    const sending = prompt();
    expect(store.pending.value).toMatchObject([{ session: "s", text: "Hi" }]);
    const head = { id: "m", role: "user" as const, state: "queued" as const, created: 0, key: key() };
    receive({ type: "frame", epoch: "e", seq: 2, ops: [{ op: "message", session: "s", head, after: null }] });
    expect(store.pending.value).toEqual([]);
    receive({ type: "reply", to: PAGE, id: 1, ok: true, result: { session: "s", message: "m" } });
    await expect(sending).resolves.toBeUndefined();
    expect(store.pending.value).toEqual([]);
  });

  it("is replaced by the message that the reply named, if that has no key", async () => {
    const sending = prompt();
    receive({ type: "reply", to: PAGE, id: 1, ok: true, result: { session: "s", message: "m" } });
    await sending;
    expect(store.pending.value.length).toBe(1);
    const head = { id: "m", role: "user" as const, state: "complete" as const, created: 0 };
    receive({ type: "frame", epoch: "e", seq: 2, ops: [{ op: "message", session: "s", head, after: null }] });
    expect(store.pending.value).toEqual([]);
  });

  it("that is refused disappears, and the reason is returned", async () => {
    const sending = prompt();
    receive({ type: "reply", to: PAGE, id: 1, ok: false, problem: { name: "X", message: "No.", remedy: "Wait." } });
    await expect(sending).resolves.toBe("No. Wait.");
    expect(store.pending.value).toEqual([]);
  });

  it("that is refused after the kernel showed it gives its reason all the same", async () => {
    const sending = prompt();
    const head = { id: "m", role: "user" as const, state: "sending" as const, created: 0, key: key() };
    receive({ type: "frame", epoch: "e", seq: 2, ops: [{ op: "message", session: "s", head, after: null }] });
    receive({ type: "frame", epoch: "e", seq: 3, ops: [{ op: "message-", session: "s", id: "m" }] });
    receive({ type: "reply", to: PAGE, id: 1, ok: false, problem: { name: "X", message: "No." } });
    await expect(sending).resolves.toBe("No.");
  });

  it("stays here while the kernel is busy, and can be taken back", async () => {
    void prompt();
    vi.advanceTimersByTime(600);
    expect(store.kernelBusy.value).toBe(true);
    const held = [prompt(), prompt(), prompt()];
    expect(commands().length).toBe(1);
    expect(store.pending.value.map((each) => each.ours)).toEqual([false, true, true, true]);
    expect(actions.withdraw(store.pending.value[0]?.key ?? "")).toBeUndefined();
    expect(actions.withdraw(store.pending.value[2]?.key ?? "")?.args).toMatchObject({ text: "Hi" });
    await expect(held[1]).resolves.toBeUndefined();
    const [, second, third] = store.pending.value.map((each) => each.key);
    receive({ type: "received", to: PAGE, id: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(commands().map((command) => "args" in command && "key" in command.args && command.args.key)).toEqual([
      store.pending.value[0]?.key,
      second,
      third,
    ]);
  });

  it("whose reply names no message is removed when the kernel has it", async () => {
    const args = { instance: "i", session: "s", command: "review", arguments: "" };
    const sending = actions.send({ name: "run_command", args }, "/review");
    expect(store.pending.value).toMatchObject([{ text: "/review" }]);
    receive({ type: "reply", to: PAGE, id: 1, ok: true, result: { session: "s" } });
    await sending;
    expect(store.pending.value).toEqual([]);
  });

  it("is not shown twice when a snapshot has it already", () => {
    void prompt();
    const head = { id: "m", role: "user" as const, state: "complete" as const, created: 0, key: key() };
    link.checkAlive();
    receive({ ...snapshot(5), transcript: { ...transcript, messages: [{ head, parts: [] }] } });
    expect(store.pending.value).toEqual([]);
  });
});

describe("A session that the kernel is creating", () => {
  const nextTasks = () => vi.advanceTimersByTimeAsync(0);

  it("is on screen at once, and what is sent to it meanwhile goes to it", async () => {
    receive(snapshot());
    const actions = new Actions(store, link);
    const making = actions.newSession("i");
    expect(store.wanted.value).toEqual({ instance: "i", session: NEW });
    const sending = actions.send({ name: "prompt", args: { instance: "i", session: NEW, text: "Hi" } }, "Hi");
    expect(store.pending.value).toMatchObject([{ session: NEW, text: "Hi" }]);
    await nextTasks();
    expect(commands()).toMatchObject([{ name: "new_session" }]);
    receive({ type: "reply", to: PAGE, id: 1, ok: true, result: { session: "s1" } });
    await nextTasks();
    expect(await making).toBe("s1");
    expect(commands()[1]).toMatchObject({ name: "prompt", args: { instance: "i", session: "s1", text: "Hi" } });
    expect(store.pending.value).toMatchObject([{ session: "s1" }]);
    expect(store.wanted.value).toBeUndefined();
    receive({ type: "reply", to: PAGE, id: 2, ok: true, result: { session: "s1", message: "m" } });
    await expect(sending).resolves.toBeUndefined();
  });

  it("that cannot be created returns the text with the reason", async () => {
    receive(snapshot());
    const actions = new Actions(store, link);
    const making = actions.newSession("i");
    const sending = actions.send({ name: "prompt", args: { instance: "i", session: NEW, text: "Hi" } }, "Hi");
    await nextTasks();
    receive({ type: "reply", to: PAGE, id: 1, ok: false, problem: { name: "X", message: "No." } });
    await expect(sending).resolves.toMatch(/could not create/);
    expect(await making).toBeUndefined();
    expect(commands().length).toBe(1);
    expect(store.pending.value).toEqual([]);
    expect(store.wanted.value).toBeUndefined();
  });
});

describe("A selection", () => {
  it("is shown at once and given up when the kernel refuses", async () => {
    receive(snapshot());
    const selecting = new Actions(store, link).selectSession("i", "s");
    expect(store.wanted.value).toEqual({ instance: "i", session: "s" });
    receive({ type: "reply", to: PAGE, id: 1, ok: false, problem: { name: "NotFound", message: "No such session." } });
    await selecting;
    expect(store.wanted.value).toBeUndefined();
    expect(store.toasts.value.map((toast) => toast.problem.message)).toEqual(["No such session."]);
  });
});
