import type { ComponentChild } from "preact";

export const connection = {
  noKernel: "Not connected to a kernel",
  noJupyterServer: "Not connected to the Jupyter server",
  waitingForKernel: "Waiting for the kernel…",
  replay: "Replay",
  replayPaused: "Replay, paused",
  replayEnded: "Replay, ended",
  replayHint: "Plays a recording. It can be read; nothing in it can be changed.",
  pauseReplay: "Pause",
  resumeReplay: "Resume",
  replaySpeed: "Speed of the replay",
  timesFaster: (speed: number) => `${speed}×`,
  atOnce: "At once",
  copyReport: "Copy report",
  server: "Server",
  serverHint: "Server: services, log, events",
  reconnect: "Reconnect",
  retryNow: "Retry now",
  reconnectNow: "Reconnect: retry now",
  apiVersion: (dialect: string) => `API version ${dialect}`,
  connected: "Connected",
  connecting: "Connecting",
  disconnected: "Disconnected",
  /** `seconds`: until the next attempt, 0 while it runs. */
  reconnecting: (seconds: number, attempt: number | undefined, attempts: number | undefined) => {
    const when = seconds > 0 ? ` in ${seconds} s` : "";
    const which = attempts === undefined ? `attempt ${attempt}` : `${attempt} of ${attempts}`;
    return `Reconnecting${when}${attempt === undefined ? "" : ` (${which})`}`;
  },
  /** Stands before the reason; `clock` is drawn. */
  since: (clock: ComponentChild) => ["since ", clock, ":"],
};
