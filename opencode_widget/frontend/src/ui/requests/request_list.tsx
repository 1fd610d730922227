import type { ComponentChildren, ComponentType, JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { lookUp } from "../../lookup";
import type { InstanceId, Request } from "../../protocol";
import { visible } from "../../text/visible";
import { t } from "../../words/words";
import { focusInPlace } from "../lib/controls/focus";
import { usePaged } from "../lib/controls/paged";
import { focusedNear } from "../lib/controls/tree_root";
import { useView } from "../state/context";
import { PermissionView } from "./permission/permission";
import { questionOf } from "./permission/permission_text";
import { chooseByNumber } from "./question/number_keys";
import { QuestionView } from "./question/question";
import { RequestBoundary } from "./request_boundary";
import { groupRequests, requestText } from "./request_groups";
import { useSessionTitle } from "./request_origin";

/** The number of requests drawn at once; when the user answers one, the next is drawn. */
const DRAWN = 20;
/** The number of requests that are announced. */
const READ = 5;

interface Props {
  /** The button that stops the turn; it is the composer's, whose place a request takes. */
  stop: ComponentType<{ within: RefObject<HTMLElement | null> }>;
}

/** The instance's pending requests, each answerable by itself; those of other sessions are folded. */
export function Requests({ stop }: Props): JSX.Element {
  const view = useView();
  const instance = view.selection.instanceId;
  const requests = lookUp(view.store.requests.value, instance) ?? [];
  const { here, elsewhere } = groupRequests(
    requests,
    view.selection.sessionsOf(instance),
    view.selection.sessionId.value,
  );
  const first = usePaged(here, DRAWN);
  const others = usePaged(elsewhere, DRAWN);
  return (
    <>
      <RequestAnnouncement instance={instance} requests={requests} />
      {requests.length > 0 && (
        <section
          class="ocw-requests"
          aria-label={t.requests.waitingForYou}
          // A digit chooses an answer wherever the focus is in here.
          onKeyDown={(event) => chooseByNumber(event, event.currentTarget)}
        >
          <div class="ocw-requests-list">
            {first.shown.map((request) => (
              <RequestFrame key={request.id} request={request}>
                <RequestView request={request} />
              </RequestFrame>
            ))}
            {first.more}
            {others.shown.map((request) => (
              <RequestFrame key={request.id} request={request}>
                <FoldedRequest request={request} />
              </RequestFrame>
            ))}
            {others.more}
          </div>
          {here.length > 0 && !view.panels.writing.value && !view.selection.instance.value?.replay && (
            <InsteadBar stop={stop} />
          )}
        </section>
      )}
    </>
  );
}

/** True while something of the conversation on screen waits for the user. */
export function useIsAsked(): boolean {
  const view = useView();
  const instance = view.selection.instanceId;
  const requests = lookUp(view.store.requests.value, instance) ?? [];
  return groupRequests(requests, view.selection.sessionsOf(instance), view.selection.sessionId.value).here.length > 0;
}

/** True while a request stands in the composer's place. */
export function useComposerReplaced(): boolean {
  const isAsked = useIsAsked();
  return isAsked && !useView().panels.writing.value;
}

/** The way back to the composer, and what else of it is needed meanwhile. */
function InsteadBar({ stop: Stop }: Props): JSX.Element {
  const view = useView();
  const bar = useRef<HTMLDivElement>(null);
  const write = () => {
    view.panels.writing.value = true;
    view.composer.focusPrompt();
  };
  return (
    <div class="ocw-instead" ref={bar}>
      <button type="button" class="ocw-link" onClick={write}>
        {t.requests.writeMessageInstead}
      </button>
      <Stop within={bar} />
    </div>
  );
}

/** Announces new requests to screen readers. It is in the page before they arrive, as a live region must be. */
function RequestAnnouncement({ instance, requests }: { instance: InstanceId; requests: Request[] }): JSX.Element {
  const view = useView();
  const known = useRef(new Set<string>());
  const [words, setWords] = useState("");
  useEffect(() => {
    const fresh = requests.filter(({ id }) => !known.current.has(id));
    known.current = new Set(requests.map(({ id }) => id));
    const titles = new Map(view.selection.sessionsOf(instance).map((session) => [session.id, session.title]));
    if (fresh.length > 0) {
      const words = fresh.slice(0, READ).map((each) => visible(requestText(each, titles.get(each.session))));
      if (fresh.length > READ) words.push(t.counts.moreRequests(fresh.length - READ));
      setWords(words.join(". "));
    } else if (requests.length === 0) setWords("");
  }, [requests]);
  return (
    <div class="ocw-hidden" aria-live="assertive">
      {words}
    </div>
  );
}

function RequestView({ request }: { request: Request }): JSX.Element {
  return request.kind === "permission" ? <PermissionView request={request} /> : <QuestionView request={request} />;
}

/** A request of a session that is not on screen: one line that opens. */
function FoldedRequest({ request }: { request: Request }): JSX.Element {
  const what =
    request.kind === "permission"
      ? `${questionOf(request.permission)[1]} ${request.title}`
      : request.questions[0]?.question;
  return (
    <details class="ocw-elsewhere">
      <summary>
        <span class="ocw-muted">{useSessionTitle(request)}</span>
        <span class="ocw-elsewhere-what">{visible(what ?? "")}</span>
      </summary>
      <RequestView request={request} />
    </details>
  );
}

/** When a focused request disappears, the focus moves to the next one, or to the composer. */
function RequestFrame({ request, children }: { request: Request; children: ComponentChildren }): JSX.Element {
  const view = useView();
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const own = element.current;
    const root = own?.closest(".ocw-main");
    return () => {
      if (own?.contains(focusedNear(own))) queueMicrotask(() => focusNext(root) || view.composer.focusPrompt());
    };
  }, []);
  return (
    <div class="ocw-request" ref={element}>
      <RequestBoundary request={request}>{children}</RequestBoundary>
    </div>
  );
}

/** Returns true if there was something to focus. */
function focusNext(root: Element | null | undefined): boolean {
  const next = root?.querySelector<HTMLElement>(
    ".ocw-request summary, .ocw-request button, .ocw-request input, .ocw-composer textarea",
  );
  focusInPlace(next);
  return next !== null && next !== undefined;
}
