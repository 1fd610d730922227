import type { JSX } from "preact";
import type { Request } from "../../protocol";
import { t } from "../../words/words";
import { Missing } from "../lib/boundary/missing";
import { useUnseen } from "../lib/boundary/unseen";
import { ProblemText } from "../lib/problem";
import type { FullRequest } from "./use_full_request";

/** Says that a part of the request is missing, and loads it; what is too large for a page can be read in Python. */
export function TruncatedBar({ whole }: { whole: FullRequest<Request> }): JSX.Element | null {
  const { missing, loaded, busy, problem, load } = whole;
  const words = missing && t.requests.ofCharacters(number(missing.characters), number(missing.of));
  useUnseen(words);
  if (words === undefined) return null;
  return (
    <>
      <Missing words={loaded ? <InPython words={words} id={whole.request.id} /> : t.requests.notShown(words)}>
        {!loaded && (
          <button type="button" class="ocw-button ocw-small" aria-disabled={busy} onClick={() => void load()}>
            {busy ? t.requests.loading : t.requests.showAll}
          </button>
        )}
      </Missing>
      {problem && (
        <p class="ocw-bad" role="alert">
          <ProblemText problem={problem} />
        </p>
      )}
    </>
  );
}

function InPython({ words, id }: { words: string; id: string }): JSX.Element {
  return (
    <>
      {t.requests.tooLargeForPage(
        words,
        <code>{`[r] = [r for i in oc.instances for r in i.pending if r.id == ${JSON.stringify(id)}]`}</code>,
        <>
          <code>r.metadata</code>, <code>await r.allow()</code>
        </>,
      )}
    </>
  );
}

function number(value: number): string {
  return value.toLocaleString("en");
}
