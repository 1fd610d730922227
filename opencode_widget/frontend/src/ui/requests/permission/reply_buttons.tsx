import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { lookUp } from "../../../lookup";
import type { PermissionRequest } from "../../../protocol";
import { t } from "../../../words/words";
import type { Reach, Unseen } from "../../lib/boundary/unseen";
import { Spinner } from "../../lib/controls/spinner";
import { features } from "../../lib/features";
import { ProblemText } from "../../lib/problem";
import { rootOf } from "../../panels/session/allow_all";
import { useView } from "../../state/context";
import { isText } from "../../state/kept";
import { LinesInput } from "../lines_input";
import { useReply } from "../use_reply";
import { Recorded } from "./recorded";

/** "all": everything in the session, also for its sub-agents. */
type PermissionReply = "once" | "always" | "all" | "reject";

interface Props {
  request: PermissionRequest;
  unseen: Unseen;
}

export function ReplyButtons(props: Props): JSX.Element {
  return useView().selection.instance.value?.replay ? <Recorded /> : <LiveButtons {...props} />;
}

/**
 * The buttons of a permission. While a part of the request is not visible the user can only reject it, however the
 * button is pressed.
 */
function LiveButtons({ request, unseen }: Props): JSX.Element {
  const view = useView();
  const { selection, kept } = view;
  const instance = selection.instance.value;
  const reason = `reason ${request.id}`;
  const restricted = instance?.restricted === true;
  const id = useId();
  const [why, setWhy] = useState(() => kept.read(reason, isText));
  const [refused, setRefused] = useState<Reach>();
  const { busy, problem, send } = useReply();
  const hidden = { once: unseen.before("now"), always: unseen.before("always"), all: unseen.before("now"), reject: [] };
  const answer = (reply: PermissionReply) => {
    if (hidden[reply].length > 0) return setRefused(reply === "always" ? "always" : "now");
    if (reply === "all") {
      const session = rootOf(selection.sessionsOf(instance?.id), request.session);
      void send(reply, { name: "allow_all", args: { instance: instance?.id ?? "", session, allowed: true } });
      return;
    }
    const message = reply === "reject" ? why?.trim() : undefined;
    const args = { instance: instance?.id ?? "", request: request.id, reply, ...(message ? { message } : {}) };
    void send(reply, { name: "answer_permission", args }).then((done) => done && kept.write(reason, undefined));
  };
  const write = (words: string) => {
    setWhy(words);
    kept.write(reason, words);
  };
  const choice = (reply: PermissionReply, label: string) => (
    <Choice
      reply={reply}
      label={label}
      busy={busy}
      about={hidden[reply].length > 0 ? id : undefined}
      onAnswer={answer}
    />
  );
  return (
    <div class="ocw-answers" aria-busy={busy !== undefined}>
      {why !== undefined && (
        <LinesInput
          label={{ "aria-label": t.requests.reasonForRejecting }}
          placeholder={t.requests.whatInstead}
          value={why}
          focused={why === ""}
          onValue={write}
          onSend={() => answer("reject")}
        />
      )}
      {!restricted && <Hidden id={id} unseen={unseen} refused={refused} />}
      <div class="ocw-request-buttons">
        {restricted ? (
          <span class="ocw-muted">{t.requests.onlyAuthor}</span>
        ) : (
          <>
            {choice("once", t.requests.allowOnce)}
            {choice("always", t.requests.alwaysAllow)}
          </>
        )}
        {choice("reject", t.requests.reject)}
        {!restricted && choice("all", t.requests.allowEverything)}
        {why === undefined && features(instance).has("reject_message") && (
          <button type="button" class="ocw-link" onClick={() => write("")}>
            {t.requests.sayWhy}
          </button>
        )}
      </div>
      {problem && (
        <p class="ocw-bad" role="alert">
          <ProblemText problem={problem} />
        </p>
      )}
    </div>
  );
}

/** Why the request cannot be allowed yet; announced once the user tried. */
function Hidden({ id, unseen, refused }: { id: string; unseen: Unseen; refused: Reach | undefined }) {
  const now = unseen.before("now");
  const words = now.length > 0 ? now : unseen.before("always");
  if (words.length === 0) return null;
  const what = now.length > 0 ? t.requests.toAllow : t.requests.toAlwaysAllow;
  return (
    <p id={id} class={refused ? "ocw-request-unread ocw-bad" : "ocw-request-unread"} role={refused ? "alert" : "note"}>
      {t.requests.viewAllFirst(what, words.join("; "))}
    </p>
  );
}

interface ChoiceProps {
  reply: PermissionReply;
  label: string;
  busy: string | undefined;
  /** The element that says why the button is unavailable. */
  about: string | undefined;
  onAnswer: (reply: PermissionReply) => void;
}

const LOOKS: Partial<Record<PermissionReply, string>> = { once: "ocw-button ocw-primary", all: "ocw-link" };

function Choice({ reply, label, busy, about, onAnswer }: ChoiceProps): JSX.Element {
  return (
    <button
      type="button"
      class={lookUp(LOOKS, reply) ?? "ocw-button"}
      aria-disabled={busy !== undefined || about !== undefined}
      aria-describedby={about}
      onClick={() => onAnswer(reply)}
    >
      {busy === reply && <Spinner />}
      {label}
    </button>
  );
}
