import type { Connection } from "../../protocol";
import { t } from "../../words/words";

/** The state in words; `left`: milliseconds to the next attempt. Pure. */
export function connectionText(connection: Connection, left: number): string {
  if (connection.state === "connected") return t.connection.connected;
  if (connection.state === "connecting") return t.connection.connecting;
  if (connection.state === "disconnected") return t.connection.disconnected;
  return t.connection.reconnecting(Math.ceil(left / 1000), connection.attempt, connection.attempts);
}
