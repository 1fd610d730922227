import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { QuestionRequest, Request } from "../../protocol";
import { t } from "../../words/words";
import { Boundary } from "../lib/boundary/boundary";
import { Unseen, UnseenContext, useUnseen } from "../lib/boundary/unseen";
import { ProblemText } from "../lib/problem";
import { useView } from "../state/context";
import { ReplyButtons } from "./permission/reply_buttons";
import { useReply } from "./use_reply";

interface Props {
  request: Request;
  children: ComponentChildren;
}

/**
 * A request that cannot be drawn is shown as plain words and can still be answered, but allowed only if all its words
 * are visible.
 */
export function RequestBoundary({ request, children }: Props): JSX.Element {
  const { store } = useView();
  const unseen = useMemo(() => new Unseen(), [request.id]);
  return (
    <UnseenContext.Provider value={unseen}>
      <Boundary
        what={t.requests.thisRequest}
        raw={() => request}
        watch={() => store.requests.value}
        below={<PlainAnswers request={request} unseen={unseen} />}
      >
        {children}
      </Boundary>
    </UnseenContext.Provider>
  );
}

function PlainAnswers({ request, unseen }: { request: Request; unseen: Unseen }): JSX.Element {
  useUnseen(request.cut ? t.requests.leftOut : undefined);
  return request.kind === "question" ? (
    <Dismiss request={request} />
  ) : (
    <ReplyButtons request={request} unseen={unseen} />
  );
}

function Dismiss({ request }: { request: QuestionRequest }): JSX.Element {
  const view = useView();
  const { busy, problem, send } = useReply();
  const args = { instance: view.selection.instanceId, request: request.id, answers: null };
  return (
    <div class="ocw-request-buttons">
      <button
        type="button"
        class="ocw-button"
        aria-disabled={busy !== undefined}
        onClick={() => void send("dismiss", { name: "answer_question", args })}
      >
        {t.requests.dismiss}
      </button>
      {problem && (
        <p class="ocw-bad" role="alert">
          <ProblemText problem={problem} />
        </p>
      )}
    </div>
  );
}
