import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { PermissionRequest } from "../protocol";
import { useView } from "./context";
import { Icon } from "./icons";
import { inputText } from "./parts/input";
import { From } from "./requests";

type Answer = "once" | "always" | "reject";

export function PermissionView({ request }: { request: PermissionRequest }): JSX.Element {
  const view = useView();
  const [busy, setBusy] = useState(false);
  const answer = async (reply: Answer) => {
    if (busy) return;
    const instance = view.instance.peek()?.id ?? "";
    setBusy(true);
    await view.actions.run({ name: "answer_permission", args: { instance, request: request.id, reply } });
    setBusy(false);
  };
  const always = request.always.join(", ");
  return (
    <section aria-label={`Permission: ${request.permission}`}>
      <p class="ocw-request-head">
        <Icon name="alert" class="ocw-warn" />
        <strong>Allow {request.permission}?</strong>
        <From request={request} />
      </p>
      <What request={request} />
      <div class="ocw-request-buttons">
        <button type="button" class="ocw-button ocw-primary" aria-disabled={busy} onClick={() => void answer("once")}>
          Allow once
        </button>
        <button
          type="button"
          class="ocw-button"
          aria-disabled={busy}
          title={always && `Always allow ${always}`}
          onClick={() => void answer("always")}
        >
          Always allow
        </button>
        <button type="button" class="ocw-button" aria-disabled={busy} onClick={() => void answer("reject")}>
          Reject
        </button>
        {always && (
          <span class="ocw-muted ocw-always">
            Always covers <code>{always}</code>
          </span>
        )}
      </div>
    </section>
  );
}

/** What exactly would be done. */
function What({ request }: { request: PermissionRequest }): JSX.Element {
  const { title, patterns, metadata, permission } = request;
  const said = [title, ...patterns].join("\n");
  const more = Object.fromEntries(Object.entries(metadata).filter(([, value]) => !said.includes(String(value))));
  const text = [title, ...patterns.filter((pattern) => !title.includes(pattern))].filter(Boolean).join("\n");
  const details = inputText({ tool: permission, input: more });
  return (
    <>
      {text && <pre class="ocw-io ocw-request-what">{text}</pre>}
      {details && (
        <details class="ocw-more" open={details.length < 400}>
          <summary>Details</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls, also by keyboard */}
          <pre class="ocw-io" tabIndex={0}>
            {details}
          </pre>
        </details>
      )}
    </>
  );
}
