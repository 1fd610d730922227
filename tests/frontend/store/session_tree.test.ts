import { describe, expect, it } from "vitest";
import type { Session } from "../../../opencode_widget/frontend/src/protocol";
import { filterSessions, openSessions, sessionRows } from "../../../opencode_widget/frontend/src/store/session_tree";

function session(id: string, updated: number, more: Partial<Session> = {}): Session {
  const created = updated;
  return {
    id,
    title: `Title ${id}`,
    status: "idle",
    unread: false,
    waiting: 0,
    created,
    updated,
    closed: false,
    ...more,
  };
}

const rows = (sessions: Session[]) =>
  sessionRows(sessions).map(({ session: { id }, depth }) => `${"-".repeat(depth)}${id}`);

describe("The rows of the session list", () => {
  it("list the latest first, and sub-agents under their parent in starting order", () => {
    const sessions = [
      session("old", 1),
      session("new", 9),
      session("second", 5, { parent: "old" }),
      session("first", 3, { parent: "old" }),
      session("deep", 4, { parent: "first" }),
    ];
    expect(rows(sessions)).toEqual(["new", "old", "-first", "--deep", "-second"]);
  });

  it("show a session without its parent as a root", () => {
    expect(rows([session("a", 1, { parent: "missing" }), session("b", 2)])).toEqual(["b", "a"]);
  });

  it("show each session once although parents form a cycle", () => {
    expect(rows([session("a", 1, { parent: "b" }), session("b", 2, { parent: "a" }), session("c", 0)])).toEqual(["c"]);
  });

  it("handle 5,000 sessions", () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      session(`s${index}`, index, index % 2 ? { parent: `s${index - 1}` } : {}),
    );
    expect(sessionRows(many).length).toBe(5000);
  });
});

describe("Closed tabs", () => {
  it("are away, unless selected", () => {
    const sessions = [session("a", 1), session("b", 2, { closed: true })];
    expect(openSessions(sessions, "a").map(({ id }) => id)).toEqual(["a"]);
    expect(openSessions(sessions, "b").map(({ id }) => id)).toEqual(["a", "b"]);
  });
});

describe("The filter", () => {
  it("wants every word, in any order and case", () => {
    const sessions = [session("a", 1, { title: "Fix the Parser" }), session("b", 2, { title: "Write docs" })];
    expect(filterSessions(sessions, "parser FIX").map(({ id }) => id)).toEqual(["a"]);
    expect(filterSessions(sessions, " ").length).toBe(2);
  });
});
