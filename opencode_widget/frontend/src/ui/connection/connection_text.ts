import type { Connection } from "../../protocol";

/** The state in words; `left`: milliseconds to the next attempt. Pure. */
export function connectionText(connection: Connection, left: number): string {
  if (connection.state === "connected") return "Connected";
  if (connection.state === "connecting") return "Connecting";
  if (connection.state === "disconnected") return "Disconnected";
  const seconds = Math.ceil(left / 1000);
  const when = seconds > 0 ? ` in ${seconds} s` : "";
  return `Reconnecting${when}${attemptText(connection)}`;
}

function attemptText({ attempt, attempts }: Connection): string {
  if (attempt === undefined) return "";
  return attempts === undefined ? ` (attempt ${attempt})` : ` (${attempt} of ${attempts})`;
}
