// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { Session } from "../../../opencode_widget/frontend/src/protocol";
import { families } from "../../../opencode_widget/frontend/src/store/families";
import { sessionRows } from "../../../opencode_widget/frontend/src/store/session_tree";
import { AnsiSink } from "../../../opencode_widget/frontend/src/text/ansi/sink";
import { parseDiff } from "../../../opencode_widget/frontend/src/text/diff/parse";
import { countSplit, countUnified } from "../../../opencode_widget/frontend/src/text/diff/rows";
import { completeTail } from "../../../opencode_widget/frontend/src/text/markdown/blocks/unfinished";
import { highlight } from "../../../opencode_widget/frontend/src/text/markdown/code/highlight";
import { MarkdownStream } from "../../../opencode_widget/frontend/src/text/markdown/stream";
import { lex, noLinks } from "../../../opencode_widget/frontend/src/text/markdown/syntax";
import { shortPath } from "../../../opencode_widget/frontend/src/text/paths";
import { contentOf } from "../../../opencode_widget/frontend/src/ui/parts/tools/read_file";
import { DIFFS, MARKDOWN, NESTING, READ, TERMINAL } from "../../gallery/heavy";

/** The maximum growth of the cost when the input doubles; 2 is linear, 4 is quadratic. */
const RATIO = 2.5;
/**
 * Below this many milliseconds a measurement says nothing of growth; a quadratic cost would be far above it at the
 * largest size.
 */
const NOISE = 15;
const SIZES = [25_000, 50_000, 100_000];
const TRIES = 6;

/** Milliseconds of this process's own work, whatever else the machine does. */
function cost(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Checks that the cost is linear. It measures again if not: a disturbance passes, a quadratic cost stays. */
function expectLinear(act: (size: number) => () => unknown, sizes = SIZES): void {
  const best = sizes.map(() => Number.POSITIVE_INFINITY);
  // Over all doublings together, as a single one may meet the garbage collector in each attempt.
  const ratio = () => ((best.at(-1) ?? 0) / Math.max(best[0] ?? 0, NOISE)) ** (1 / (sizes.length - 1));
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    for (const [at, size] of sizes.entries()) best[at] = Math.min(best[at] ?? 0, cost(act(size)));
    if (ratio() <= RATIO) return;
  }
  expect(ratio(), `took ${best.map(Math.round)} ms for ${sizes}`).toBeLessThanOrEqual(RATIO);
}

const all = <Value>(table: Record<string, Value>) => Object.entries(table);

describe("Twice the input costs twice", () => {
  it.each(all(TERMINAL))("a terminal's output: %s", (_, make) => {
    expectLinear(
      (size) => {
        const output = make(size);
        return () => new AnsiSink(document.createElement("pre")).append(output);
      },
      [12_500, 25_000, 50_000],
    );
  });

  it.each(all(DIFFS))("a diff: %s", (_, make) => {
    expectLinear((size) => {
      const diff = make(size);
      return () => parseDiff(diff).map((file) => countUnified(file) + countSplit(file));
    });
  });

  it.each(all(READ))("what a file's reading gave: %s", (_, make) => {
    expectLinear((size) => {
      const output = make(size);
      return () => contentOf(output);
    });
  });

  it.each(all(MARKDOWN))("an open block of Markdown: %s", (_, make) => {
    expectLinear(
      (size) => {
        const source = make(size);
        return () => [completeTail(source), lex(source, noLinks())];
      },
      [7_500, 15_000, 30_000],
    );
  });

  it("a path of slashes", () => {
    expectLinear((size) => () => shortPath("/a", `${"/".repeat(size)}x`));
  });

  it("sessions below each other", () => {
    expectLinear(
      (size) => {
        const sessions = Array.from(
          { length: size },
          (_, at) =>
            ({ id: `s${at}`, title: "", created: at, updated: at, parent: at ? `s${at - 1}` : undefined }) as Session,
        );
        return () => {
          expect(sessionRows(sessions)).toHaveLength(size);
          expect(families(sessions, "").current).toHaveLength(1);
        };
      },
      [5_000, 10_000, 20_000],
    );
  });
});

describe("Link definitions in a stream", () => {
  it.each([
    ["behind each paragraph", "a definition behind each paragraph"],
    ["of a label that all name", "a definition of what all name"],
  ])("%s cost as much as they are", (_, name) => {
    expectLinear(
      (size) => {
        const source = MARKDOWN[name]?.(size) ?? "";
        return () => {
          const stream = new MarkdownStream(document.createElement("div"));
          for (let at = 0; at < source.length; at += 500) stream.append(source.slice(at, at + 500));
          stream.finish();
          stream.flush();
        };
      },
      [4_000, 8_000, 16_000],
    );
  });
});

/** The maximum nesting of the elements. */
function depth(root: Node): number {
  let [deepest, level] = [0, 0];
  for (let node: Node | null = root; node; ) {
    if (node.firstChild) {
      deepest = Math.max(deepest, ++level);
      node = node.firstChild;
      continue;
    }
    while (node && node !== root && !node.nextSibling) {
      node = node.parentNode;
      level -= 1;
    }
    node = node && node !== root ? node.nextSibling : null;
  }
  return deepest;
}

describe("Code that opens something again and again", () => {
  const cases = Object.entries(NESTING).flatMap(([language, units]) => units.map((unit) => [language, unit] as const));

  it.each(cases)("%s: %j keeps its words, and nests no deeper than forty", (language, unit) => {
    const code = unit.repeat(Math.ceil(18_000 / unit.length));
    const drawn = document.createElement("code");
    drawn.append(highlight(code, language));
    expect(drawn.textContent === code).toBe(true);
    expect(depth(drawn)).toBeLessThanOrEqual(42);
  });

  it("swallows nothing behind it", () => {
    const element = document.createElement("div");
    const stream = new MarkdownStream(element);
    stream.write(`Before.\n\n\`\`\`bash\n${'"$('.repeat(5_000)}\n\`\`\`\n\nAFTER.`);
    stream.flush();
    expect(element.textContent).toContain("AFTER.");
  });
});
