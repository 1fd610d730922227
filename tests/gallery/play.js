import widget from "../../opencode_widget/static/widget.js";
import { bench } from "./bench.js";
import { calibrate, playAll, shapes, watched, weigh } from "./heavy.js";
import { corpus, poison } from "./hostile.js";
import { FakeKernel, FakeModel } from "./model.js";
import { partScenes } from "./parts.js";
import { markdown, scenes } from "./scenes.js";
import { turnScenes } from "./turns.js";

const options = new URLSearchParams(location.search);
const scene = options.get("scene") ?? "full";
const theme = options.get("theme") ?? "light";
if (options.get("fonts") === "own") {
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "./own_fonts.css" }));
}
/** Each host marks its theme in its own way. */
const MARKS = {
  jp: () => {
    document.body.dataset.jpThemeLight = String(theme === "light");
  },
  vscode: () => {
    document.body.className = `vscode-${theme}`;
  },
  none: () => {
    document.documentElement.className = theme;
  },
};
MARKS[options.get("host") ?? "jp"]();

/** A scene of this folder, or one that was made of recordings: see `recorded.py`. */
async function stateOf() {
  const data = options.get("data");
  return data
    ? (await fetch(data)).json()
    : { ...scenes, ...partScenes(scenes.full), ...turnScenes(scenes.calm) }[scene]();
}

const hostile = await corpus(options.get("hostile"));
const poisoned = (value) => (hostile === undefined ? value : poison(value, hostile));

const state = await stateOf();
const tabs = state.instances.map((each) => ({ ...each, sessions: state.sessions[each.id] ?? [] }));
const model = new FakeModel({
  tabs: poisoned(tabs),
  active_instance: state.activeInstance ?? null,
  active_session: null,
  height: Number(options.get("height") ?? 600),
});
const kernel = new FakeKernel(model, state);
const say = kernel.say.bind(kernel);
kernel.say = (message) => say(poisoned(message));
kernel.lastMessage = state.transcript?.messages.at(-1)?.head.id;

const element = document.getElementById("here");
if (options.get("width")) element.style.width = `${options.get("width")}px`;
const { initialize, render } = widget();
initialize({ model });
render({ model, el: element });

/** Streams the sample answer in pieces; resolves at its end. */
async function stream({ every = 20, size = 6, source = markdown } = {}) {
  for (let at = 0; at < source.length; at += size) {
    kernel.frame({
      op: "text",
      session: "s1",
      message: "a1",
      part: "a1t",
      field: "text",
      text: source.slice(at, at + size),
    });
    if (every > 0) await new Promise((resolve) => setTimeout(resolve, every));
  }
  const head = { id: "a1", role: "assistant", state: "complete", created: Date.now() - 9000, completed: Date.now() };
  kernel.frame(
    {
      op: "part",
      session: "s1",
      message: "a1",
      part: { kind: "text", id: "a1t", text: source, ended: true },
      after: null,
    },
    { op: "message", session: "s1", head, after: "m1" },
  );
}

/** Unfolds everything, also what is inside of what is folded. */
function openAll() {
  const unfold = () => {
    for (const fold of element.querySelectorAll(".ocw-log details:not([open])")) fold.open = true;
  };
  new MutationObserver(unfold).observe(element, { childList: true, subtree: true });
  unfold();
}

Object.assign(window, { kernel, model, stream, widget, bench: () => bench(kernel, scenes.stream) });
Object.assign(window, { calibrate, playAll: (...what) => playAll(kernel, scenes.stream, ...what) });
Object.assign(window, { shapes: shapes(), watched, weigh: (...what) => weigh(kernel, scenes.stream, ...what) });
if (scene === "stream" && options.get("play") !== "no") void stream();
if (options.get("open") === "all") openAll();
if (scene === "gone") setTimeout(() => model.emit("destroy"), 100);
