/** Gets the program that draws diagrams from the kernel, in pieces, once for each widget of the page. */
import type { Actions } from "../../../kernel/actions";
import { t } from "../../../words/words";

/** Milliseconds in which a piece must arrive. */
const LIMIT = 30_000;

const programs = new WeakMap<Actions, Promise<string>>();

/** Rejects with the reason in words; the next call tries again. */
export function drawingProgram(actions: Actions): Promise<string> {
  const known = programs.get(actions);
  if (known) return known;
  const loading = load(actions);
  programs.set(actions, loading);
  loading.catch(() => programs.delete(actions));
  return loading;
}

async function load(actions: Actions): Promise<string> {
  const pieces: Uint8Array[] = [];
  for (let [at, size] = [0, 1]; at < size; ) {
    const reply = await inTime(actions.ask({ name: "read_mermaid", args: { offset: at } }));
    if (!reply.ok) throw new Error([reply.problem.message, reply.problem.remedy].filter(Boolean).join(" "));
    const piece = bytesOf(reply.result?.base64 ?? "");
    if (piece.length === 0) throw new Error(t.shell.kernelSentOnlyPart);
    pieces.push(piece);
    at += piece.length;
    size = reply.result?.size ?? 0;
  }
  return unzipped(pieces);
}

/** A busy kernel answers late, and a message of the comm may be lost. */
function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(t.shell.kernelDidNotSend)), LIMIT);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function unzipped(pieces: Uint8Array[]): Promise<string> {
  const packed = new ReadableStream<BufferSource>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece as BufferSource);
      controller.close();
    },
  });
  return new Response(packed.pipeThrough(new DecompressionStream("gzip"))).text();
}
