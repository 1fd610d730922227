import { useComputed, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { NEW } from "../../kernel/actions";
import { lookUp } from "../../lookup";
import type { TranscriptCell } from "../../store/transcript";
import { t } from "../../words/words";
import { focusInPlace } from "../lib/controls/focus";
import { Spinner } from "../lib/controls/spinner";
import { Icon } from "../lib/icons";
import { isInField } from "../lib/keys/host_keys";
import { ProblemText } from "../lib/problem";
import { Todos } from "../panels/session/todos";
import { useView } from "../state/context";
import { MessageList } from "./message_list";
import { OlderMessages } from "./older_messages";
import { PendingRow } from "./pending_prompt";
import { RetryWait } from "./retry_wait";
import { AnswerLiveRegion } from "./screen_reader/live_region";
import { RowLayout } from "./scroll/row_layout";
import { Scroller } from "./scroll/scroller";
import { SearchBar } from "./search/search_bar";
import { Welcome } from "./welcome";

export function TranscriptView(): JSX.Element {
  const view = useView();
  const shown = view.store.transcript.value;
  const session = view.selection.sessionId.value;
  const isSelected = shown && shown.session === session && shown.instance === view.selection.instance.value?.id;
  const transcript = isSelected ? shown : undefined;
  return (
    <>
      <Log key={session ?? "none"} transcript={transcript} />
      <AnswerLiveRegion transcript={transcript} />
      {transcript && <Todos transcript={transcript} />}
    </>
  );
}

function Log({ transcript }: { transcript: TranscriptCell | undefined }): JSX.Element {
  const view = useView();
  const element = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [rows] = useState(() => new RowLayout());
  const [scroller, setScroller] = useState<Scroller>();
  useLayoutEffect(() => {
    if (!element.current || !content.current) return;
    const made = new Scroller(element.current, content.current, rows);
    setScroller(made);
    return () => made.dispose();
  }, []);
  useSignalEffect(() => {
    if (view.sends.value > 0) scroller?.toEnd();
  });
  return (
    <div class="ocw-log-frame">
      {transcript && scroller && view.panels.searching.value && (
        <SearchBar transcript={transcript} scroller={scroller} />
      )}
      <div
        class="ocw-log"
        role="log"
        aria-label={t.transcript.conversation}
        // `AnswerLiveRegion` announces new text.
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the transcript scrolls, also by keyboard
        tabIndex={0}
        ref={element}
        onKeyDown={(event) => {
          if (scroller && event.target === element.current) scrollByKey(event, scroller);
          writeInPrompt(event);
        }}
      >
        <div class="ocw-log-content" ref={content}>
          <Conversation transcript={transcript} rows={rows} scroller={scroller} />
        </div>
      </div>
      {scroller?.following.value === "away" && <JumpButton transcript={transcript} onJump={() => scroller.toEnd()} />}
    </div>
  );
}

interface JumpProps {
  transcript: TranscriptCell | undefined;
  onJump(): void;
}

/** Leads to the end, and says what has come there since the reader left it. */
function JumpButton({ transcript, onJump }: JumpProps): JSX.Element {
  const session = useView().selection.session.value;
  const last = transcript?.messages.value.findLast((cell) => cell.head.value.role === "assistant")?.id;
  const [before] = useState(last);
  const news = session?.waiting ? t.transcript.needsYou : last !== before ? t.transcript.newReply : undefined;
  return (
    <button
      type="button"
      class="ocw-button ocw-jump"
      aria-label={news && t.transcript.jumpToLatestNews(news)}
      onClick={onJump}
    >
      <Icon name="down" />
      {news ?? t.transcript.jumpToLatest}
    </button>
  );
}

const KEYS: Record<string, (scroller: Scroller) => void> = {
  PageUp: (scroller) => scroller.page(-0.9),
  PageDown: (scroller) => scroller.page(0.9),
  Home: (scroller) => scroller.toStart(),
  End: (scroller) => scroller.toEnd(),
};

/** Scrolls without the browser's animation, which stops when a message is inserted above. */
function scrollByKey(event: KeyboardEvent, scroller: Scroller): void {
  const act = lookUp(KEYS, event.key);
  if (!act || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  act(scroller);
}

/** A letter typed in the conversation, and Escape, go to the prompt: the browser writes it into what has the focus then. */
function writeInPrompt(event: KeyboardEvent): void {
  const { key, altKey, ctrlKey, metaKey, defaultPrevented } = event;
  const isWritten = [...key].length === 1 && key !== " " && key !== "?" && !altKey && !ctrlKey && !metaKey;
  if (defaultPrevented || isInField(event) || !(isWritten || key === "Escape")) return;
  const main = (event.currentTarget as Element).closest(".ocw-main");
  focusInPlace(main?.querySelector<HTMLElement>(".ocw-composer textarea"));
}

interface ContentProps {
  transcript: TranscriptCell | undefined;
  rows: RowLayout;
  scroller: Scroller | undefined;
}

/** The page of a saved notebook: the conversation is at the server. */
function NotSaved(): JSX.Element {
  return (
    <div class="ocw-blank">
      <p class="ocw-muted">{t.transcript.notInNotebook}</p>
    </div>
  );
}

function Conversation({ transcript, rows: messageRows, scroller }: ContentProps): JSX.Element {
  const view = useView();
  const pending = useComputed(() => {
    const instance = view.selection.instance.value?.id;
    const session = view.selection.sessionId.value;
    return view.store.pending.value.filter(
      (each) => each.instance === instance && (each.session === undefined || each.session === session),
    );
  }).value;
  const rows = pending.map((each) => <PendingRow key={each.key} pending={each} />);
  if (!transcript) {
    if (rows.length > 0) return <>{rows}</>;
    return view.selection.sessionId.value === undefined || view.selection.sessionId.value === NEW ? (
      <Welcome />
    ) : view.store.linkState.value === "saved" ? (
      <NotSaved />
    ) : (
      <Loading />
    );
  }
  if (transcript.state.value === "failed") return <Failed transcript={transcript} />;
  const messages = transcript.messages.value;
  if (messages.length === 0 && rows.length === 0) {
    return transcript.state.value === "loading" ? <Loading /> : <Welcome />;
  }
  return (
    <>
      <OlderMessages transcript={transcript} nearStart={messageRows.nearStart} />
      <MessageList transcript={transcript} rows={messageRows} scroller={scroller} />
      {rows}
      <Working transcript={transcript} />
    </>
  );
}

/** Shows work that no message shows: the time before the first word, and the wait before a retry. */
function Working({ transcript }: { transcript: TranscriptCell }): JSX.Element | null {
  const session = useView().selection.session.value;
  const last = transcript.messages.value.findLast((cell) => cell.head.value.state !== "queued")?.head.value;
  if (session?.status === "retry") return <RetryWait session={session} />;
  if (session?.status !== "busy" || last?.role !== "user") return null;
  return (
    <p class="ocw-thinking">
      <Spinner /> {t.transcript.working}
    </p>
  );
}

function Loading(): JSX.Element {
  return (
    <div class="ocw-skeleton" role="status" aria-label={t.transcript.loadingConversation}>
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
      <p class="ocw-blank-title">{t.transcript.couldNotBeLoaded}</p>
      {transcript.problem.value && (
        <p>
          <ProblemText problem={transcript.problem.value} />
        </p>
      )}
      <button type="button" class="ocw-button" onClick={() => void view.actions.selectSession(instance, session)}>
        {t.transcript.tryAgain}
      </button>
    </div>
  );
}
