/**
 * Contains a failure to draw: the failed place says so and shows its content as plain words; everything around it works
 * on.
 */
import { effect } from "@preact/signals";
import { Component, type ComponentChildren, type JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Store } from "../../../store/store";
import { t } from "../../../words/words";
import { Icon } from "../icons";
import { LongText } from "./long_text";
import { Missing } from "./missing";
import { type RawText, rawText } from "./raw_text";
import { reportError } from "./report_error";
import { useUnseen } from "./unseen";

const NOTHING: RawText = { words: "", left: 0 };

interface Props {
  /** What it holds, as the start of a sentence: "This message". */
  what: string;
  /** The content to show as plain words instead; absent: nothing. */
  raw?: () => unknown;
  /** Reads signals; when one of them changes, drawing is tried again. */
  watch: () => unknown;
  /** Shown below the words. */
  below?: ComponentChildren;
  children: ComponentChildren;
}

interface State {
  failed: boolean;
}

export class Boundary extends Component<Props, State> {
  override state: State = { failed: false };
  #reported = false;

  override componentDidCatch(error: unknown): void {
    this.setState({ failed: true });
    if (this.#reported) return;
    this.#reported = true;
    reportError(this.props.what, error);
  }

  override render({ what, raw, watch, below, children }: Props): ComponentChildren {
    if (!this.state.failed) return children;
    return (
      <Fallback what={what} raw={raw} watch={watch} onChange={() => this.setState({ failed: false })}>
        {below}
      </Fallback>
    );
  }
}

interface BrokenProps extends Pick<Props, "what" | "watch"> {
  raw: Props["raw"];
  onChange: () => void;
  children: ComponentChildren;
}

function Fallback({ what, raw, watch, onChange, children }: BrokenProps): JSX.Element {
  useEffect(() => {
    let known = false;
    return effect(() => {
      watch();
      if (known) queueMicrotask(onChange);
      known = true;
    });
  }, []);
  const { words, left } = raw ? rawText(raw) : NOTHING;
  const more = left > 0 ? t.counts.moreCharacters(left) : undefined;
  useUnseen(more);
  return (
    <div class="ocw-broken" role="note">
      <p>
        <Icon name="alert" /> {t.lib.cannotBeDrawn(what)}
      </p>
      {words && <LongText label={t.lib.rawData} text={words} class="ocw-io" />}
      {more && <Missing words={t.lib.notShown(more)} />}
      {children}
    </div>
  );
}

/** Reads every signal that the widget's areas (tabs, panels, the conversation) draw from. */
export function allOf({ instances, sessions, requests, activeInstance, transcript, linkState }: Store): () => unknown {
  return () => [instances, sessions, requests, activeInstance, transcript, linkState].map((each) => each.value);
}
