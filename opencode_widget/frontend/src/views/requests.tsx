import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PermissionRequest, Request } from "../protocol";
import { useView } from "./context";
import { PermissionView } from "./permission";
import { QuestionView } from "./question";

/** All that waits for an answer in this instance, each answerable by itself; those of the session on screen first. */
export function Requests(): JSX.Element | null {
  const view = useView();
  const instance = view.instance.value?.id ?? "";
  const here = view.sessionId.value;
  const requests = view.store.requests.value[instance] ?? [];
  if (requests.length === 0) return null;
  const sorted = [...requests].sort((one, two) => Number(two.session === here) - Number(one.session === here));
  return (
    <section class="ocw-requests" aria-label="Waiting for you" aria-live="assertive">
      {sorted.map((request) => (
        <Waiting key={request.id}>
          {isPermission(request) ? <PermissionView request={request} /> : <QuestionView request={request} />}
        </Waiting>
      ))}
    </section>
  );
}

/** A request that goes while it has the focus hands it on: to the next one, else to the composer. */
function Waiting({ children }: { children: ComponentChildren }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const root = element.current?.closest(".ocw-main");
    return () => {
      if (element.current?.contains(document.activeElement)) queueMicrotask(() => focusNext(root));
    };
  }, []);
  return (
    <div class="ocw-request" ref={element}>
      {children}
    </div>
  );
}

function focusNext(root: Element | null | undefined): void {
  const next = root?.querySelector<HTMLElement>(".ocw-request button, .ocw-request input, .ocw-composer textarea");
  next?.focus({ preventScroll: true });
}

function isPermission(request: Request): request is PermissionRequest {
  return request.kind === "permission";
}

/** Which session asks, as a way to it; nothing where it is the one on screen. */
export function From({ request }: { request: Request }): JSX.Element | null {
  const view = useView();
  if (request.session === view.sessionId.value) return null;
  const instance = view.instance.value?.id ?? "";
  const session = view.sessionsOf(instance).find((each) => each.id === request.session);
  return (
    <button type="button" class="ocw-link" onClick={() => void view.actions.selectSession(instance, request.session)}>
      in “{session?.title || "another session"}”
    </button>
  );
}
