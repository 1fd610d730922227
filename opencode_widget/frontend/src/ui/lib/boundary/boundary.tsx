/** What cannot be drawn costs itself alone: its place says so and shows its words, all around it lives on. */
import { effect } from "@preact/signals";
import { Component, type ComponentChildren, type JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Store } from "../../../store/store";
import { plural } from "../format";
import { Icon } from "../icons";
import { LongText } from "./long_text";
import { Missing } from "./missing";
import { type RawText, rawText } from "./raw_text";
import { reportError } from "./report_error";
import { useUnseen } from "./unseen";

const NOTHING: RawText = { words: "", left: 0 };

interface Props {
  /** What it is, at the beginning of a sentence: "This message". */
  what: string;
  /** What stands in its place as words; absent: nothing. */
  raw?: () => unknown;
  /** Reads the signals after whose change it is tried again. */
  watch: () => unknown;
  /** Stands below the words. */
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
  const more = left > 0 ? `${plural(left, "more character")}` : undefined;
  useUnseen(more);
  return (
    <div class="ocw-broken" role="note">
      <p>
        <Icon name="alert" /> {what} cannot be drawn.
      </p>
      {words && <LongText label="As it came" text={words} class="ocw-io" />}
      {more && <Missing words={`${more} are not shown.`} />}
      {children}
    </div>
  );
}

/** All that the areas of the widget (tabs, panels, the conversation) are drawn from. */
export function allOf({
  instances,
  sessions,
  requests,
  activeInstance,
  transcript,
  linkState: standing,
}: Store): () => unknown {
  return () => [instances, sessions, requests, activeInstance, transcript, standing].map((each) => each.value);
}
