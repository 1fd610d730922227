/** Files attached to a prompt, as `data:` URLs. */

import { t } from "../../../words/words";
import { scaledPicture } from "./pictures";

export interface Attached {
  id: string;
  name: string;
  mime: string;
  url: string;
  /** The file's size in bytes. */
  size: number;
  /** True if the kernel made text of it. */
  converted?: boolean;
}

/** Makes text of a file that models don't take as it is; returns the reason if that cannot be. */
export type Convert = (file: Attached) => Promise<Attached | string>;

/**
 * The maximum size of all files of a prompt, in bytes. They travel in one websocket message to the kernel, which
 * Jupyter limits to 10 MiB by default (a longer one closes the socket); base64 makes 4 bytes of 3.
 */
export const BOUND = 7_000_000;
/** The maximum length of a whole prompt with its files, for the same reason. */
export const MESSAGE_BOUND = 10_000_000;

/** Text files that read better when the kernel has made text of them. */
const DOCUMENT = /\.ipynb$/i;
/** Types that models accept directly; every other text file is sent as plain text. */
const AS_IT_IS = /^(image\/(png|jpeg|gif|webp)|application\/pdf)$/;

/** Why a file cannot be attached; undefined if it can. */
export function refusalOf(name: string, size: number, others: readonly Attached[]): string | undefined {
  const bound = t.state.limitForPrompt(bytes(BOUND));
  if (size === 0) return t.state.emptyOrFolder(name);
  if (size > BOUND) return t.state.fileTooLarge(name, bytes(size), bound);
  const sum = others.reduce((total, file) => total + file.size, size);
  if (sum > BOUND) return t.state.filesAddUp(name, bytes(sum), bound);
  return undefined;
}

/**
 * Reads a file. Large pictures are scaled, and what models don't take as it is becomes text. Returns the reason if it
 * cannot be sent. Throws the browser's error if the file cannot be read.
 *
 * Args:
 *  others: the files that go with the same prompt.
 */
export async function attached(file: File, others: readonly Attached[], convert: Convert): Promise<Attached | string> {
  const scaled = await scaledPicture(file);
  const refusal = refusalOf(file.name, (scaled ?? file).size, others);
  if (refusal) return refusal;
  const content = new Uint8Array(await (scaled ?? file).arrayBuffer());
  const mime = mimeOf(scaled?.type ?? file.type, content);
  const name = file.name || "pasted";
  const read = { id: newId(), name, mime, url: dataUrl(mime, content), size: content.length };
  const isReady = mime === "text/plain" ? !DOCUMENT.test(name) : AS_IT_IS.test(mime) || /^(audio|video)\//.test(mime);
  return isReady ? read : convert(read);
}

export function mimeOf(type: string, content: Uint8Array): string {
  if (AS_IT_IS.test(type)) return type;
  return isText(content) ? "text/plain" : type || "application/octet-stream";
}

function isText(content: Uint8Array): boolean {
  try {
    return !new TextDecoder("utf-8", { fatal: true }).decode(content).includes("\0");
  } catch {
    return false;
  }
}

/** Encodes in pieces, as the number of arguments of a call is limited. */
function dataUrl(mime: string, content: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < content.length; at += 0x8000) {
    pieces.push(String.fromCharCode(...content.subarray(at, at + 0x8000)));
  }
  return `data:${mime};base64,${btoa(pieces.join(""))}`;
}

let made = 0;

function newId(): string {
  made += 1;
  return `file${made}`;
}

export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  if (size < 999_500) return t.state.kilobytes(Math.round(size / 1_000));
  return t.state.megabytes((size / 1_000_000).toFixed(size < 9_950_000 ? 1 : 0).replace(/\.0$/, ""));
}
