import type { JSX } from "preact";
import type { Description as Described } from "../../../protocol";
import { t } from "../../../words/words";
import { useAnswer } from "../../lib/hooks/use_answer";
import { PanelProblem } from "../../lib/problem";
import { Panel } from "../../panels/panel";
import { useView } from "../../state/context";
import { bytes } from "../../state/files/attached_files";

/** Exactly what would be sent for a name in the prompt. */
export function PreviewPanel(): JSX.Element {
  const name = useView().panels.previewed.value;
  const { answer } = useAnswer({ name: "preview_names", args: { text: name } }, name);
  return (
    <Panel title={t.composer.sentFor(name)} wide tall>
      {answer.state === "loading" && <p role="status">{t.composer.reading(name)}</p>}
      {answer.state === "failed" && <PanelProblem problem={answer.problem} />}
      {answer.state === "ready" &&
        answer.value?.descriptions.map((each) => <Description key={each.name} description={each} />)}
    </Panel>
  );
}

function Description({ description }: { description: Described }): JSX.Element {
  const { name, text, pictures, tokens, size } = description;
  return (
    <>
      <p class="ocw-muted">{t.composer.wouldGoWithPrompt(pictures.length, t.counts.tokens(tokens), bytes(size))}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, also by keyboard */}
      <pre class="ocw-preview" tabIndex={0}>
        {text}
      </pre>
      {pictures.map(({ filename, url }) => (
        <img key={filename} class="ocw-preview-picture" src={url} alt={name} />
      ))}
    </>
  );
}
