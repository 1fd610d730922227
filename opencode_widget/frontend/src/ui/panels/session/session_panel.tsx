import type { ComponentChildren, JSX } from "preact";
import type { Instance, Session } from "../../../protocol";
import { sessionRows } from "../../../store/session_tree";
import { t } from "../../../words/words";
import { copyAndAnnounce } from "../../lib/controls/clipboard";
import { features } from "../../lib/features";
import * as format from "../../lib/format";
import { useNow } from "../../lib/hooks/use_now";
import { Icon } from "../../lib/icons";
import { modelName } from "../../lib/models";
import { useView } from "../../state/context";
import { Panel } from "../panel";
import { Changes } from "./changes";
import { StatusDot } from "./status_dot";
import { TodoList } from "./todos";
import { ContextMeter, useUsage } from "./usage/context_meter";
import { allTokens, type Usage, usageWords } from "./usage/usage";
import { UsageChart } from "./usage/usage_chart";

/** Everything about the session on screen that its messages don't show. */
export function SessionPanel(): JSX.Element | null {
  const view = useView();
  const instance = view.selection.instance.value;
  const session = view.selection.session.value;
  if (!instance || !session) return null;
  const todos = view.store.transcript.value?.todos.value ?? [];
  return (
    <Panel title={t.session.session} wide>
      <p class="ocw-info-title">{format.sessionTitle(session)}</p>
      <Facts instance={instance} session={session} />
      <UsageChart />
      {todos.length > 0 && (
        <Section title={t.session.todo}>
          <TodoList todos={todos} />
        </Section>
      )}
      {features(instance).has("diff") && <Changes instance={instance} session={session} />}
      <Children instance={instance} session={session} />
    </Panel>
  );
}

interface Props {
  instance: Instance;
  session: Session;
}

function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="ocw-section" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Facts({ instance, session }: Props): JSX.Element {
  const now = useNow();
  const usage = useUsage();
  const model = session.model ?? usage?.model;
  const facts: Array<[string, ComponentChildren]> = [
    [t.session.context, <Context key="context" usage={usage} />],
    [t.session.tokens, <TokenWords key="tokens" session={session} answered={usage !== undefined} />],
    [t.session.cost, session.cost ? format.cost(session.cost) : undefined],
    [t.session.model, model && [modelName(instance, model), session.variant].filter(Boolean).join(" · ")],
    [t.session.agent, session.agent],
    [t.session.updated, <Time key="updated" at={session.updated} now={now} />],
    [t.session.created, <Time key="created" at={session.created} now={now} />],
    [t.session.archived, session.archived !== undefined && <Time key="archived" at={session.archived} now={now} />],
    [t.session.sharedAt, session.share && <CopyableText key="share" text={session.share} what={t.session.address} />],
    ["ID", <CopyableText key="id" text={session.id} what={t.session.sessionId} />],
  ];
  return <FactList facts={facts} />;
}

/** Names and values; a fact without a value is left out. */
export function FactList({ facts }: { facts: Array<[string, ComponentChildren]> }): JSX.Element {
  return (
    <dl class="ocw-fact-list">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Context({ usage }: { usage: Usage | undefined }): JSX.Element {
  if (!usage) return <span class="ocw-muted">{t.session.noAnswerYet}</span>;
  return (
    <span class="ocw-context">
      <ContextMeter usage={usage} />
      <span class="ocw-muted">{usageWords(usage)}</span>
    </span>
  );
}

function TokenWords({ session: { tokens }, answered }: { session: Session; answered: boolean }): JSX.Element {
  if (!tokens || allTokens(tokens) === 0) {
    return <span class="ocw-muted">{answered ? t.session.notReported : "none"}</span>;
  }
  const kinds: Array<[number, string]> = [
    [tokens.input, "in"],
    [tokens.output, "out"],
    [tokens.reasoning, "reasoning"],
    [tokens.cacheRead, t.session.fromCache],
    [tokens.cacheWrite, t.session.toCache],
  ];
  const words = kinds.filter(([value]) => value > 0).map(([value, kind]) => `${format.count(value)} ${kind}`);
  return (
    <>
      {format.count(allTokens(tokens))} <span class="ocw-muted">({words.join(", ")})</span>
    </>
  );
}

function Time({ at, now }: { at: number; now: number }): JSX.Element {
  return <time dateTime={format.isoTime(at)}>{`${format.ago(at, now)} (${format.dateAndTime(at)})`}</time>;
}

export function CopyableText({ text, what }: { text: string; what: string }): JSX.Element {
  const view = useView();
  return (
    <span class="ocw-copied">
      <code>{text}</code>
      <button
        type="button"
        class="ocw-bare ocw-tiny"
        aria-label={t.session.copyWhat(what)}
        title={t.session.copy}
        onClick={() => void copyAndAnnounce(view, text, t.session.copied(what))}
      >
        <Icon name="copy" />
      </button>
    </span>
  );
}

/** Links to the sub-agents' sessions. */
function Children({ instance, session }: Props): JSX.Element | null {
  const view = useView();
  const rows = sessionRows(view.selection.sessionsOf(instance.id));
  const at = rows.findIndex((row) => row.session.id === session.id);
  const depth = rows[at]?.depth ?? 0;
  const end = rows.findIndex((row, index) => index > at && row.depth <= depth);
  const below = rows.slice(at + 1, end < 0 ? undefined : end);
  if (below.length === 0) return null;
  return (
    <Section title={t.session.subagents}>
      <ul class="ocw-plain-list">
        {below.map((row) => (
          <li key={row.session.id} style={{ paddingLeft: `${(row.depth - depth - 1) * 16}px` }}>
            <button
              type="button"
              class="ocw-bare ocw-row"
              onClick={() => {
                view.panels.panel.value = undefined;
                void view.actions.selectSession(instance.id, row.session.id);
              }}
            >
              <StatusDot session={row.session} />
              <span class="ocw-tab-title">{format.sessionTitle(row.session)}</span>
              <span class="ocw-muted">
                {[row.session.agent, row.session.cost ? format.cost(row.session.cost) : undefined]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
