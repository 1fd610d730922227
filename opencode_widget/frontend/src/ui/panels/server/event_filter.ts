/** The inspector's events: the last 500, and which of them are shown. Pure. */
import type { LoggedEvent } from "../../../protocol";

const KEPT = 500;

export interface Filter {
  /** Empty: all events but heartbeats, which say nothing and would be most of them. */
  name: string;
  session: string;
}

const HEARTBEATS = new Set(["heartbeat", "server.heartbeat"]);

export function addEvents(before: LoggedEvent[], events: LoggedEvent[]): LoggedEvent[] {
  const last = before.at(-1)?.number ?? -1;
  const fresh = events.filter(({ number }) => number > last);
  return fresh.length === 0 ? before : [...before, ...fresh].slice(-KEPT);
}

export function shownEvents(events: LoggedEvent[], { name, session }: Filter): LoggedEvent[] {
  return events.filter(
    (event) =>
      (name === "" ? !HEARTBEATS.has(event.name) : event.name === name) &&
      (session === "" || event.session === session),
  );
}

/** Each value with the number of times it occurred, in alphabetical order. */
export function counted(values: Array<string | undefined>): Array<[string, number]> {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

/** The events as JSON lines, which tools read well. */
export function asLines(events: LoggedEvent[]): string {
  return events.map((event) => JSON.stringify(event)).join("\n");
}
