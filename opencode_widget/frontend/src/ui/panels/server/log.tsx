import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Instance, Problem } from "../../../protocol";
import { t } from "../../../words/words";
import { CopyButton } from "../../lib/controls/copy_button";
import { usePolling } from "../../lib/hooks/use_polling";
import { PanelProblem } from "../../lib/problem";
import { useView } from "../../state/context";
import { addLines, type Lines, NO_LINES } from "./log_lines";

const EVERY = 1_000;
/** Within this many pixels of its end the log follows the end. */
const AT_END = 24;

/** The server's output, live. */
export function LogTab({ instance }: { instance: Instance }): JSX.Element {
  if (instance.owned) return <OwnLog instance={instance.id} />;
  return <p class="ocw-muted">{t.server.logIsElsewhere}</p>;
}

function OwnLog({ instance }: { instance: string }): JSX.Element {
  const { log, problem } = useLog(instance);
  return (
    <>
      <div class="ocw-panel-buttons">
        <span class="ocw-muted">{t.counts.lines(log.lines.length)}</span>
        <CopyButton text={() => log.lines.join("\n")} announcement={t.server.logCopied} />
      </div>
      {problem && <PanelProblem problem={problem} />}
      <Printed log={log} />
    </>
  );
}

function useLog(instance: string): { log: Lines; problem: Problem | undefined } {
  const { actions } = useView();
  const [log, setLog] = useState<Lines>(NO_LINES);
  const [problem, setProblem] = useState<Problem>();
  const ask = async () => {
    const reply = await actions.ask({ name: "log", args: { instance, after: log.next } });
    setProblem(reply.ok ? undefined : reply.problem);
    if (reply.ok) setLog((before) => addLines(before, reply.result ?? {}));
  };
  usePolling(ask, EVERY, instance);
  return { log, problem };
}

/** The lines so far. The view follows the end unless the reader scrolled up. */
function Printed({ log }: { log: Lines }): JSX.Element {
  const element = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (follows.current && element.current) element.current.scrollTop = element.current.scrollHeight;
  }, [log.next]);
  return (
    <pre
      class="ocw-server-log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long log scrolls, also by keyboard
      tabIndex={0}
      role="log"
      aria-label={t.server.serverLog}
      aria-live="off"
      ref={element}
      onScroll={({ currentTarget: box }) => {
        follows.current = box.scrollHeight - box.scrollTop - box.clientHeight < AT_END;
      }}
    >
      {log.lines.length > 0 ? log.lines.join("\n") : t.server.noOutputYet}
    </pre>
  );
}
