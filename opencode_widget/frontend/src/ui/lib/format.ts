/** Formats numbers, times and sizes for people. Pure. */

import { t } from "../../words/words";

export function duration(ms: number): string {
  if (ms < 950) return t.lib.seconds(Math.max(0, Math.round(ms / 100) / 10));
  if (ms < 9_950) return t.lib.seconds((ms / 1000).toFixed(1));
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return t.lib.seconds(seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? t.lib.minutesSeconds(minutes, seconds % 60) : t.lib.minutes(minutes);
  return t.lib.hoursMinutes(Math.floor(minutes / 60), minutes % 60);
}

/** Shorter than this, a time is not worth a word: it would read "0 s". */
const BRIEF = 950;

/** The time between; undefined if it is unknown, or too short to matter. */
export function between(started?: number, finished?: number): string | undefined {
  if (started === undefined || finished === undefined) return undefined;
  return finished - started >= BRIEF ? duration(finished - started) : undefined;
}

export function cost(dollars: number): string {
  if (dollars >= 0.995) return `$${dollars.toFixed(2)}`;
  return `$${Number(dollars.toPrecision(2))}`;
}

/** A number in short: 950, 12.3k, 1.2M */
export function count(value: number): string {
  if (value < 1_000) return String(value);
  if (value < 999_500) return `${short(value / 1_000)}k`;
  return `${short(value / 1_000_000)}M`;
}

function short(value: number): string {
  return value < 100 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

export function clock(time: number): string {
  return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function clockWithSeconds(time: number): string {
  return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function dateAndTime(time: number): string {
  return new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

/** The ISO form of a time; undefined for an invalid one, since a server may send any number. */
export function isoTime(time: number): string | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

const DAY = 24 * 60;

/** How long ago, in the fewest words: "now", "5 min", "3 h", "2 d", then the date. */
export function age(time: number, now: number): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return t.lib.now;
  if (minutes < 60) return t.lib.minutes(minutes);
  if (minutes < DAY) return t.lib.hours(Math.floor(minutes / 60));
  if (minutes < 7 * DAY) return t.lib.days(Math.floor(minutes / DAY));
  return new Date(time).toLocaleDateString([], { month: "short", day: "numeric" });
}

/** A session's title for people: OpenCode ends a sub-agent's with " (@general subagent)". */
export function sessionTitle(session: { title?: string; parent?: string } | undefined): string {
  const title = session?.title ?? "";
  const own = session?.parent === undefined ? title : title.replace(/ \(@[\w.-]{1,80} subagent\)$/, "");
  return own || t.lib.newSession;
}

/** How long ago: "just now", "5 min ago", "Mar 3" */
export function ago(time: number, now: number): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return t.lib.justNow;
  return minutes < 7 * DAY ? t.lib.ago(age(time, now)) : age(time, now);
}

/** A number of bytes: "812 bytes", "1.2 MB". Pure. */
export function byteSize(bytes: number): string {
  const { lib } = t;
  const units = [lib.bytes, lib.kilobytes, lib.megabytes, lib.gigabytes];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return (units[power] as typeof lib.bytes)(value < 10 && power > 0 ? value.toFixed(1) : Math.round(value));
}
