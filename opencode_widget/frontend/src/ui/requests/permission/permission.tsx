import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { PermissionRequest } from "../../../protocol";
import { shortPath } from "../../../text/paths";
import { exact, exactLine, visible } from "../../../text/visible";
import { yaml } from "../../../text/yaml";
import { t } from "../../../words/words";
import { LongText } from "../../lib/boundary/long_text";
import { Unseen, UnseenContext, useUnseen } from "../../lib/boundary/unseen";
import { Icon } from "../../lib/icons";
import { useView } from "../../state/context";
import { RequestOrigin } from "../request_origin";
import { TruncatedBar } from "../truncated_bar";
import { useFullRequest } from "../use_full_request";
import { completeDiff } from "./complete_diff";
import { detailsOf, questionOf, type Target, targetsOf } from "./permission_text";
import { ReplyButtons } from "./reply_buttons";
import { RequestedChange } from "./requested_change";

export function PermissionView(props: { request: PermissionRequest }): JSX.Element {
  const whole = useFullRequest(props.request);
  const { request, version } = whole;
  const unseen = useMemo(() => new Unseen(), [request.id]);
  const [icon, question] = questionOf(request.permission);
  return (
    <UnseenContext.Provider value={unseen}>
      <section aria-label={t.requests.permission(exactLine(request.permission))}>
        <p class="ocw-request-head">
          <Icon name={icon} class="ocw-warn" />
          <strong>{exactLine(question)}</strong>
          <span class="ocw-tag">{exactLine(request.permission)}</span>
          <RequestOrigin request={request} />
        </p>
        {request.note && <p class="ocw-request-note">{visible(request.note)}</p>}
        <What key={version} request={request} />
        <TruncatedBar whole={whole} />
        <Covered key={`covered ${version}`} patterns={request.always} />
        <ReplyButtons request={props.request} unseen={unseen} />
      </section>
    </UnseenContext.Provider>
  );
}

/** More patterns than this, or longer ones, go into a list that opens. */
const IN_LINE = 10;
const IN_LINE_CHARACTERS = 1_000;

/** The patterns that "Always allow" would cover. */
function Covered({ patterns }: { patterns: string[] }): JSX.Element | null {
  const [opened, setOpened] = useState(false);
  const few = patterns.length <= IN_LINE && patterns.join().length <= IN_LINE_CHARACTERS;
  const count = t.counts.patterns(patterns.length);
  useUnseen(few || opened ? undefined : t.requests.coveredPatterns(count), "always");
  if (patterns.length === 0) return null;
  if (!few)
    return (
      <details class="ocw-more ocw-always" onToggle={() => setOpened(true)}>
        <summary>{t.requests.alwaysCoversCount(count)}</summary>
        {opened && <LongText label={t.requests.alwaysCovers} text={asLines(patterns)} class="ocw-io" />}
      </details>
    );
  return (
    <p class="ocw-muted ocw-always">
      {t.requests.alwaysCoversThese(
        patterns.map((pattern, index) => (
          <>
            {index > 0 && ", "}
            <code>{exactLine(pattern)}</code>
          </>
        )),
      )}
    </p>
  );
}

/** Up to this many targets get a box each; more of them are lines of one box, and so are the patterns beside them. */
const BOXES = 20;

/** What exactly the agent would do. */
function What({ request }: { request: PermissionRequest }): JSX.Element {
  const directory = useView().selection.instance.value?.directory;
  const targets = useMemo(() => withoutHeads(targetsOf(request, directory), directory), [request, directory]);
  const lists = (["command", "path", "address", "words"] as const).map((kind) => ({
    kind,
    texts: targets.filter((target) => target.kind === kind).map(({ text }) => text),
  }));
  return (
    <>
      {lists.map(({ kind, texts }) =>
        texts.length > (kind === "words" ? 1 : BOXES) ? (
          <Plain key={kind} kind={kind} text={asLines(texts)} />
        ) : (
          texts.map((text) => <Plain key={kind + text} kind={kind} text={text} />)
        ),
      )}
      {targets
        .filter(({ kind }) => kind === "diff")
        .map(({ text, path }, index) => (
          <RequestedChange key={index} diff={text} path={path} />
        ))}
      <Details request={request} />
    </>
  );
}

/** Leaves out a path that the head of a change below already shows. */
function withoutHeads(targets: Target[], directory: string | undefined): Target[] {
  const heads = targets
    .filter(({ kind }) => kind === "diff")
    .flatMap(({ text }) => completeDiff(text) ?? [])
    .map(({ from, to }) => shortPath(to ?? from ?? "", directory));
  return targets.filter(({ kind, text }) => kind !== "path" || !heads.includes(shortPath(text, directory)));
}

/** One text a line; a line break within a text is written out. */
function asLines(texts: string[]): string {
  return texts.map(exactLine).join("\n");
}

const LABELS = {
  command: () => t.requests.command,
  path: () => t.requests.path,
  address: () => t.requests.address,
  words: () => t.requests.whatIsAskedFor,
};

function Plain({ kind, text }: { kind: Exclude<Target["kind"], "diff">; text: string }): JSX.Element {
  return <LongText label={LABELS[kind]()} text={text} class={`ocw-io ocw-request-target ocw-target-${kind}`} />;
}

/** More lines than this are folded. */
const IN_SIGHT = 12;
/** `yaml` nests no deeper. */
const DEEPEST = 7;

/** The request's other data: shown if short, else folded. */
function Details({ request }: { request: PermissionRequest }): JSX.Element | null {
  const text = useMemo(() => exact(asText(detailsOf(request))), [request]);
  const lines = text === "" ? 0 : text.split("\n").length;
  const [opened, setOpened] = useState(false);
  useUnseen(lines <= IN_SIGHT || opened ? undefined : t.requests.linesOfDetails(t.counts.lines(lines)));
  if (lines === 0) return null;
  return (
    <details
      class="ocw-more"
      open={lines <= IN_SIGHT || opened}
      onToggle={({ currentTarget }) => setOpened((was) => was || currentTarget.open)}
    >
      <summary>{lines <= IN_SIGHT ? t.requests.details : t.requests.detailsLines(t.counts.lines(lines))}</summary>
      <LongText label={t.requests.details} text={text} class="ocw-io" />
    </details>
  );
}

function asText(details: Record<string, unknown>): string {
  return depthOf(details) > DEEPEST ? JSON.stringify(details, null, 2) : yaml(details);
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((deepest, each) => Math.max(deepest, depthOf(each)), 0);
}
