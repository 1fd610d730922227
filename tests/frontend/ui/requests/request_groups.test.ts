import { describe, expect, it } from "vitest";
import type { PermissionRequest, Session } from "../../../../opencode_widget/frontend/src/protocol";
import { questionOf, targetsOf } from "../../../../opencode_widget/frontend/src/ui/requests/permission/permission_text";
import { groupRequests, requestText } from "../../../../opencode_widget/frontend/src/ui/requests/request_groups";

const session = (id: string, parent?: string): Session => ({
  id,
  title: `Title ${id}`,
  status: "busy",
  unread: false,
  waiting: 0,
  created: 0,
  updated: 0,
  closed: false,
  ...(parent === undefined ? {} : { parent }),
});

const request = (id: string, of: string, more: Partial<PermissionRequest> = {}): PermissionRequest => ({
  kind: "permission",
  id,
  session: of,
  permission: "bash",
  patterns: [],
  always: [],
  metadata: {},
  title: "",
  ...more,
});

describe("Pending requests", () => {
  const sessions = [session("a"), session("b", "a"), session("c", "b"), session("other")];
  const all = [request("1", "other"), request("2", "c"), request("3", "a"), request("4", "b")];
  const ids = (here: string | undefined) => {
    const { here: shown, elsewhere } = groupRequests(all, sessions, here);
    return [shown.map(({ id }) => id), elsewhere.map(({ id }) => id)];
  };

  it("list a session's own first, then those of its sub-agents at any depth", () => {
    expect(ids("a")).toEqual([["3", "2", "4"], ["1"]]);
    expect(ids("b")).toEqual([
      ["4", "2"],
      ["1", "3"],
    ]);
    expect(ids("c")).toEqual([["2"], ["1", "3", "4"]]);
  });

  it("lose none if no session is on screen, or none is known", () => {
    expect(ids(undefined)).toEqual([[], ["1", "2", "3", "4"]]);
    expect(groupRequests(all, [], "a").here.map(({ id }) => id)).toEqual(["3"]);
  });

  it("end if sessions are each other's parents", () => {
    const circle = [session("x", "y"), session("y", "x")];
    expect(groupRequests([request("1", "x")], circle, "z").elsewhere).toHaveLength(1);
  });

  it("are announced in one line", () => {
    expect(requestText(request("1", "a", { title: "git push" }), "Fix it")).toBe(
      "OpenCode asks for permission in Fix it: bash, git push",
    );
  });
});

describe("A permission", () => {
  const targets = (more: Partial<PermissionRequest>) =>
    targetsOf(request("1", "a", more)).map(({ kind, text }) => `${kind}: ${text}`);

  it("says a command once", () => {
    expect(targets({ title: "rm -r x", patterns: ["rm -r x"], metadata: { command: "rm -r x" } })).toEqual([
      "command: rm -r x",
    ]);
  });

  it("shows the file and the change", () => {
    expect(
      targets({
        permission: "edit",
        title: "Edit a.py",
        patterns: ["a.py"],
        metadata: { filepath: "a.py", diff: "-old\n+new" },
      }),
    ).toEqual(["path: a.py", "words: Edit a.py", "diff: -old\n+new"]);
  });

  it("shows the commands and the changes of 2.x, which tells them in other places", () => {
    expect(targets({ permission: "shell", patterns: ["git add .", "git push"] })).toEqual([
      "command: git add .",
      "command: git push",
    ]);
    const files = [
      { file: "a.py", patch: "-a\n+b" },
      { file: "b.py", patch: "+c" },
    ];
    expect(targets({ permission: "edit", patterns: ["a.py", "b.py"], metadata: { files } })).toEqual([
      "words: a.py",
      "words: b.py",
      "diff: -a\n+b",
      "diff: +c",
    ]);
  });

  it("shows whose page it would fetch, whatever the letters look like", () => {
    expect(targets({ permission: "webfetch", metadata: { url: "https://аpple.com/x" } })).toEqual([
      "address: https://xn--pple-43d.com/x",
    ]);
  });

  it("shows every pattern, however much it is like another, but none twice", () => {
    const patterns = ["ls", "*", "ls; rm -rf ~", "ls ", "ls", "l"];
    expect(targets({ permission: "read", patterns, metadata: { filepath: "ls; rm -rf ~/x" } })).toEqual([
      "path: ls; rm -rf ~/x",
      "words: ls",
      "words: *",
      "words: ls; rm -rf ~",
      "words: ls ",
      "words: l",
    ]);
    const shell = { permission: "bash", patterns: ["ls", "rm -rf ~"], metadata: { command: "ls; rm -rf ~" } };
    expect(targets(shell)).toEqual(["command: ls; rm -rf ~", "words: ls", "words: rm -rf ~"]);
  });

  it("has words for a tool that nobody knows", () => {
    expect(questionOf("github_create_issue")).toEqual(["tool", "Use github create issue?"]);
  });
});
