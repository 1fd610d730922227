import type { JSX } from "preact";
import type { Replay } from "../../protocol";
import { t } from "../../words/words";
import { useView } from "../state/context";

/** At once is 0. */
const SPEEDS = [1, 2, 4, 16, 0];

export function replayState({ paused, ended }: Replay): string {
  if (ended) return t.connection.replayEnded;
  return paused ? t.connection.replayPaused : t.connection.replay;
}

/** What a user can do with a replay that has not ended. */
export function ReplayControls({ replay: { paused, speed, ended } }: { replay: Replay }): JSX.Element | null {
  const { actions } = useView();
  if (ended) return null;
  const speeds = SPEEDS.includes(speed) ? SPEEDS : [speed, ...SPEEDS];
  return (
    <span class="ocw-replay-controls">
      <button
        type="button"
        class="ocw-button ocw-small"
        onClick={() => void actions.run({ name: "control_replay", args: { paused: !paused } })}
      >
        {paused ? t.connection.resumeReplay : t.connection.pauseReplay}
      </button>
      <select
        class="ocw-replay-speed"
        aria-label={t.connection.replaySpeed}
        value={speed}
        onChange={({ currentTarget }) =>
          void actions.run({ name: "control_replay", args: { speed: Number(currentTarget.value) } })
        }
      >
        {speeds.map((each) => (
          <option key={each} value={each}>
            {each === 0 ? t.connection.atOnce : t.connection.timesFaster(each)}
          </option>
        ))}
      </select>
    </span>
  );
}
