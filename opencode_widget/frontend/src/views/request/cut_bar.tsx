import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Request } from "../../protocol";
import { Icon } from "../icons";
import { ProblemText } from "../problem";
import { useUnseen } from "./unseen";
import type { Whole } from "./whole";

/**
 * Says that a part of the request is not here, and brings it. Where it cannot be brought, the person may answer all the same, but
 * only after saying so.
 */
export function CutBar({ whole }: { whole: Whole<Request> }): JSX.Element | null {
  const [confirmed, setConfirmed] = useState(false);
  const { missing, loaded, busy, problem, load } = whole;
  const words = missing && `${number(missing.characters)} of ${number(missing.of)} characters`;
  useUnseen(words === undefined || confirmed ? undefined : words);
  if (words === undefined) return null;
  return (
    <div class="ocw-cut" role="note">
      <Icon name="alert" class="ocw-warn" />
      <span>
        {loaded ? (
          <>
            {words} cannot be shown in a page. Python has them: <code>oc.instances[…].pending</code>
          </>
        ) : (
          `${words} are not shown.`
        )}
      </span>
      {!loaded && (
        <button type="button" class="ocw-button ocw-small" aria-disabled={busy} onClick={() => void load()}>
          {busy ? "Loading…" : "Show all"}
        </button>
      )}
      {problem && (
        <p class="ocw-bad" role="alert">
          <ProblemText problem={problem} />
        </p>
      )}
      {(loaded || problem) && (
        <label>
          <input
            type="checkbox"
            checked={confirmed}
            onChange={({ currentTarget }) => setConfirmed(currentTarget.checked)}
          />{" "}
          Answer without having read all of it
        </label>
      )}
    </div>
  );
}

function number(value: number): string {
  return value.toLocaleString("en");
}
