import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { NEW } from "../actions";
import type { TranscriptCell } from "../store/cells";
import { useView } from "./context";
import { Icon, Spinner } from "./icons";
import { MessageView } from "./message";
import { PendingRow } from "./pending_row";
import { ProblemText } from "./problem";
import { Scroller } from "./scroller";
import { Todos } from "./todos";

/** So near to its beginning older messages are fetched. */
const NEAR_TOP = 200;

export function TranscriptView(): JSX.Element {
  const view = useView();
  const shown = view.store.transcript.value;
  const session = view.sessionId.value;
  const right = shown && shown.session === session && shown.instance === view.instance.value?.id;
  const transcript = right ? shown : undefined;
  return (
    <>
      <Log key={session ?? "none"} transcript={transcript} />
      {transcript && <Todos transcript={transcript} />}
    </>
  );
}

function Log({ transcript }: { transcript: TranscriptCell | undefined }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [scroller, setScroller] = useState<Scroller>();
  useLayoutEffect(() => {
    if (!element.current || !content.current) return;
    const made = new Scroller(element.current, content.current);
    setScroller(made);
    return () => made.dispose();
  }, []);
  useOlder(element, content, scroller, transcript);
  return (
    <div class="ocw-log-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the transcript scrolls, also by keyboard */}
      <div class="ocw-log" role="log" aria-label="Conversation" aria-live="polite" tabIndex={0} ref={element}>
        <div class="ocw-log-content" ref={content}>
          <Content transcript={transcript} />
        </div>
      </div>
      {scroller?.following.value === "away" && (
        <button type="button" class="ocw-button ocw-jump" onClick={() => scroller.toEnd()}>
          <Icon name="down" />
          Jump to latest
        </button>
      )}
    </div>
  );
}

function Content({ transcript }: { transcript: TranscriptCell | undefined }): JSX.Element {
  const view = useView();
  const pending = useComputed(() => {
    const instance = view.instance.value?.id;
    const session = view.sessionId.value;
    return view.store.pending.value.filter(
      (each) => each.instance === instance && (each.session === undefined || each.session === session),
    );
  }).value;
  const rows = pending.map((each) => <PendingRow key={each.key} pending={each} />);
  if (!transcript) {
    if (rows.length > 0) return <>{rows}</>;
    return view.sessionId.value === undefined || view.sessionId.value === NEW ? <Welcome /> : <Loading />;
  }
  if (transcript.state.value === "failed") return <Failed transcript={transcript} />;
  const messages = transcript.messages.value;
  if (messages.length === 0 && rows.length === 0) {
    return transcript.state.value === "loading" ? <Loading /> : <Welcome />;
  }
  return (
    <>
      {transcript.more.value && (
        <p class="ocw-older ocw-muted">
          <Spinner /> Older messages
        </p>
      )}
      {messages.map((cell) => (
        <MessageView key={cell.id} cell={cell} session={transcript.session} />
      ))}
      {rows}
      <Working transcript={transcript} />
    </>
  );
}

/** What goes on where no message says it: the time before the first word, and the wait for another try. */
function Working({ transcript }: { transcript: TranscriptCell }): JSX.Element | null {
  const session = useView().session.value;
  const last = transcript.messages.value.findLast((cell) => cell.head.value.state !== "queued")?.head.value;
  if (session?.status === "retry") {
    return (
      <p class="ocw-state-mark">
        <Icon name="clock" /> {session.statusText ?? "Waiting to try again"}
      </p>
    );
  }
  if (session?.status !== "busy" || last?.role !== "user") return null;
  return (
    <p class="ocw-thinking">
      <Spinner /> Working
    </p>
  );
}

function Welcome(): JSX.Element {
  const view = useView();
  const instance = view.instance.value;
  const ready = instance?.connection.state === "connected";
  return (
    <div class="ocw-blank">
      <p class="ocw-blank-title">{ready ? "What shall we do?" : "Not connected"}</p>
      <p class="ocw-muted">
        {ready ? `OpenCode works in ${instance.directory ?? instance.title}.` : "A prompt can be written already."}
      </p>
    </div>
  );
}

function Loading(): JSX.Element {
  return (
    <div class="ocw-skeleton" role="status" aria-label="Loading the conversation">
      <i />
      <i />
      <i />
    </div>
  );
}

function Failed({ transcript }: { transcript: TranscriptCell }): JSX.Element {
  const view = useView();
  const { instance, session } = transcript;
  return (
    <div class="ocw-blank">
      <p class="ocw-blank-title">The conversation could not be loaded</p>
      {transcript.problem.value && (
        <p>
          <ProblemText problem={transcript.problem.value} />
        </p>
      )}
      <button type="button" class="ocw-button" onClick={() => void view.actions.selectSession(instance, session)}>
        Try again
      </button>
    </div>
  );
}

type Ref<T> = { current: T | null };

/** Fetches older messages near the top; what the reader looks at stays where it is when they come. */
function useOlder(
  element: Ref<HTMLElement>,
  content: Ref<HTMLElement>,
  scroller: Scroller | undefined,
  transcript: TranscriptCell | undefined,
): void {
  const view = useView();
  const asked = useRef(false);
  const first = transcript?.messages.value[0]?.id;
  const before = useRef<{ first: string | undefined; put?: () => void }>({ first });
  if (scroller && before.current.first !== first && scroller.following.peek() === "away") {
    before.current.put = scroller.hold(content.current?.querySelector("article") ?? null);
  }
  useLayoutEffect(() => {
    before.current.put?.();
    before.current = { first };
  }, [first]);
  useEffect(() => {
    const log = element.current;
    if (!log || !transcript) return;
    const ask = async () => {
      if (asked.current || !transcript.more.peek() || log.scrollTop > NEAR_TOP || log.clientHeight === 0) return;
      asked.current = true;
      const { instance, session } = transcript;
      await view.actions.run({ name: "older", args: { instance, session } });
      asked.current = false;
    };
    const onScroll = () => void ask();
    log.addEventListener("scroll", onScroll, { passive: true });
    if (transcript.state.peek() === "ready") void ask();
    return () => log.removeEventListener("scroll", onScroll);
  }, [transcript, first]);
}
