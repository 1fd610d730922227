// A model like anywidget's, and behind it a kernel that answers commands from a scripted state.
export class FakeModel {
  constructor(traits) {
    this.traits = traits;
    this.handlers = new Map();
    this.sent = [];
    this.onSend = () => {};
  }

  get(name) {
    return this.traits[name];
  }

  on(event, handler) {
    this.handlers.set(event, [...(this.handlers.get(event) ?? []), handler]);
  }

  off(event, handler) {
    this.handlers.set(
      event,
      (this.handlers.get(event) ?? []).filter((each) => each !== handler),
    );
  }

  send(message) {
    this.sent.push(message);
    this.onSend(message);
  }

  emit(event, ...args) {
    for (const handler of this.handlers.get(event) ?? []) handler(...args);
  }
}

const PLACES = [
  { kind: "folder", path: "src/" },
  { kind: "file", path: "src/parser.py" },
  { kind: "file", path: "src/print tables.py" },
  { kind: "file", path: "tests/test_split.py" },
  { kind: "file", path: "README.md" },
  { kind: "symbol", path: "src/parser.py", name: "split", line: 12 },
];

export class FakeKernel {
  constructor(model, state) {
    this.model = model;
    this.state = state;
    if (state.transcript) state.transcripts[state.transcript.session] = state.transcript;
    this.seq = 0;
    this.muted = false;
    this.page = undefined;
    model.onSend = (message) => queueMicrotask(() => this.take(message));
  }

  say(message) {
    this.model.emit("msg:custom", message, []);
  }

  frame(...ops) {
    this.seq += 1;
    this.say({ type: "frame", epoch: "e1", seq: this.seq, ops });
  }

  take(message) {
    if (this.muted) return;
    if (message.type === "hello") {
      this.page = message.page;
      this.say(this.snapshot(message.page));
    }
    if (message.type === "command") this.command(message);
  }

  snapshot(to) {
    return structuredClone({ type: "snapshot", epoch: "e1", seq: this.seq, to, ...this.state });
  }

  async command({ page: to, id, name, args }) {
    this.say({ type: "received", to, id });
    const act = this[`do_${name}`];
    const reply = act ? await act.call(this, args) : { ok: true };
    this.say({ type: "reply", to, id, ...reply });
  }

  instance(id) {
    return this.state.instances.find((each) => each.id === id);
  }

  do_select_instance({ instance }) {
    this.state.activeInstance = instance;
    this.frame({ op: "active", instance });
    return this.do_select_session({ instance, session: this.instance(instance).activeSession });
  }

  do_select_session({ instance, session }) {
    const known = this.instance(instance);
    known.activeSession = session;
    const transcript = this.state.transcripts[session] ?? { messages: [], more: false, todos: [] };
    this.frame(
      { op: "instance", instance: known, after: this.before(known) },
      { op: "transcript", transcript: session ? { instance, session, state: "ready", ...transcript } : null },
    );
    return { ok: true };
  }

  before(instance) {
    return this.state.instances[this.state.instances.indexOf(instance) - 1]?.id ?? null;
  }

  do_open({ directory }) {
    return {
      ok: false,
      problem: {
        name: "DirectoryError",
        message: `There is no folder ${directory}.`,
        remedy: "Give the path of a folder that exists.",
      },
    };
  }

  do_close_session({ instance, session }) {
    this.frame({ op: "session-", instance, id: session });
    return { ok: true };
  }

  do_prompt({ session, text, key }) {
    if (text.includes("refuse")) {
      return { ok: false, problem: { name: "RequestFailed", message: "The server refused the prompt (400)." } };
    }
    const last = this.lastMessage ?? null;
    const head = { id: `u-${key}`, role: "user", state: "complete", created: Date.now(), key };
    const part = { kind: "text", id: `p-${key}`, text, ended: true };
    this.lastMessage = head.id;
    setTimeout(() => {
      this.frame(
        { op: "message", session, head, after: last },
        { op: "part", session, message: head.id, part, after: null },
      );
    }, 300);
    return { ok: true, result: { session, message: head.id } };
  }

  do_search({ query }) {
    const all = [...(this.state.older ?? []), ...this.state.transcript.messages].reverse();
    const matches = all.flatMap(({ head, parts }) =>
      parts.flatMap((part) => {
        const text = part.text ?? part.input?.filePath ?? "";
        const at = text.toLowerCase().indexOf(query.toLowerCase());
        if (at < 0) return [];
        const end = at + query.length;
        const [before, match, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
        return [{ message: head.id, part: part.id, before, match, after }];
      }),
    );
    return { ok: true, result: { matches: matches.slice(0, 200), complete: matches.length <= 200 } };
  }

  do_older({ session, until }) {
    if (this.state.older) {
      const found = this.state.older.findIndex(({ head }) => head.id === until);
      const messages = this.state.older.splice(found < 0 ? -100 : found);
      const more = this.state.older.length > 0;
      this.frame({ op: "older", session, messages, more });
      return { ok: true };
    }
    const messages = Array.from({ length: 12 }, (_, index) => ({
      head: { id: `old${index}-${this.seq}`, role: index % 2 ? "assistant" : "user", state: "complete", created: 1 },
      parts: [{ kind: "text", id: `oldp${index}`, text: `Older message ${index}\n\nwith a second line.`, ended: true }],
    }));
    setTimeout(() => this.frame({ op: "older", session, messages, more: false }), 100);
    return { ok: true };
  }

  session(instance, id) {
    return this.state.sessions[instance].find((each) => each.id === id);
  }

  changeSession(instance, id, change) {
    const session = Object.assign(this.session(instance, id), change);
    this.frame({ op: "session", instance, session: structuredClone(session) });
    return { ok: true };
  }

  do_rename_session({ instance, session, title }) {
    return this.changeSession(instance, session, { title });
  }

  do_archive_session({ instance, session, archived }) {
    return this.changeSession(instance, session, { archived: archived ? Date.now() : undefined });
  }

  do_share_session({ instance, session, shared }) {
    const share = shared ? `https://share.example/${session}` : undefined;
    this.changeSession(instance, session, { share });
    return { ok: true, result: { url: share } };
  }

  do_delete_session({ instance, session }) {
    this.state.sessions[instance] = this.state.sessions[instance].filter((each) => each.id !== session);
    this.frame({ op: "session-", instance, id: session });
    return { ok: true };
  }

  do_export({ session, format }) {
    return { ok: true, result: { filename: `${session}.${format}`, mime: "text/plain", text: "# A conversation" } };
  }

  do_diff() {
    return { ok: true, result: { files: this.state.files ?? [] } };
  }

  do_revert({ session, message }) {
    const all = this.state.transcripts[session];
    const at = all.messages.findIndex((each) => each.head.id === message);
    this.reverted = all.messages.splice(at);
    const text = this.reverted[0].parts[0].text;
    all.reverted = { message, count: this.reverted.length, text };
    this.frame({ op: "transcript", transcript: structuredClone(all) });
    return { ok: true };
  }

  do_unrevert({ session }) {
    const all = this.state.transcripts[session];
    all.messages.push(...this.reverted);
    delete all.reverted;
    this.frame({ op: "transcript", transcript: structuredClone(all) });
    return { ok: true };
  }

  do_services() {
    return { ok: true, result: { services: this.state.services ?? [], version: "1.18.33" } };
  }

  do_connect_mcp({ name, connected }) {
    const service = this.state.services.find((each) => each.name === name);
    service.state = connected ? "connected" : "disabled";
    return { ok: true };
  }

  do_log({ after }) {
    const words = ["session created", "provider found", "tool bash started", "service=lsp waiting for the client"];
    const count = after === 0 ? 120 : 1;
    const lines = Array.from(
      { length: count },
      (_, index) => `INFO  +${after + index}ms ${words[(after + index) % 4]}`,
    );
    return { ok: true, result: { lines, next: after + count, owned: true } };
  }

  do_events({ after }) {
    const names = ["message.part.delta", "session.status", "message.part.updated", "server.heartbeat"];
    const count = after < 0 ? 60 : 1;
    const events = Array.from({ length: count }, (_, index) => {
      const number = after + 1 + index;
      const data = { type: names[number % 4], properties: { sessionID: "s1", delta: "a", number } };
      return {
        number,
        at: Date.now() + number,
        name: names[number % 4],
        data,
        ...(number % 4 < 3 && { session: "s1" }),
      };
    });
    return { ok: true, result: { events } };
  }

  do_report() {
    return { ok: true, result: { text: "opencode_widget on Linux" } };
  }

  do_complete_folder({ prefix }) {
    const all = ["~/projects/shop", "~/projects/shop-api", "~/projects/website", "~/papers", "~/downloads"];
    return { ok: true, result: { folders: all.filter((each) => each.startsWith(prefix)) } };
  }

  do_recent_folders() {
    return {
      ok: true,
      result: { folders: ["~/projects/website", "~/papers/2026", "/srv/data/a/long/path/to/models"] },
    };
  }

  do_find({ query }) {
    const letters = query.toLowerCase();
    const has = ({ path, name }) => `${path} ${name ?? ""}`.toLowerCase().includes(letters);
    return { ok: true, result: { found: PLACES.filter(has) } };
  }

  /** The file that was built, in pieces. */
  async do_read_mermaid({ offset }) {
    this.mermaid ??= fetch(new URL("../../opencode_widget/static/mermaid.js.gz", import.meta.url)).then((file) =>
      file.arrayBuffer(),
    );
    const whole = new Uint8Array(await this.mermaid);
    const piece = Array.from(whole.subarray(offset, offset + 150_000), (byte) => String.fromCharCode(byte));
    return { ok: true, result: { base64: btoa(piece.join("")), size: whole.length } };
  }

  do_run_command({ session, command, arguments: words, key }) {
    return this.do_prompt({ session, text: `/${command} ${words}`, key });
  }

  do_shell({ session, command, key }) {
    return this.do_prompt({ session, text: `! ${command}`, key });
  }

  do_answer_permission({ instance, request }) {
    return this.answered(instance, request);
  }

  do_answer_question({ instance, request }) {
    return this.answered(instance, request);
  }

  answered(instance, request) {
    const left = this.state.requests[instance].filter((each) => each.id !== request);
    this.state.requests[instance] = left;
    this.frame({ op: "requests", instance, requests: left });
    return { ok: true };
  }
}
