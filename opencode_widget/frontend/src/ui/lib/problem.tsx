import type { ComponentChildren, JSX } from "preact";
import type { Problem } from "../../protocol";
import { t } from "../../words/words";

/** What went wrong, what to do, and details for those who want them. */
export function ProblemText({ problem }: { problem: Problem }): JSX.Element {
  return (
    <>
      <span class="ocw-problem-message">
        <Words text={problem.message} />
      </span>
      {problem.remedy && !problem.message.includes(problem.remedy) && (
        <span class="ocw-remedy">
          {" "}
          <Words text={problem.remedy} />
        </span>
      )}
      {problem.details && (
        <details class="ocw-more">
          <summary>{t.lib.details}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long logs scroll, also by keyboard */}
          <pre tabIndex={0}>{problem.details}</pre>
        </details>
      )}
    </>
  );
}

/** Text with `code` in it. */
function Words({ text }: { text: string }): JSX.Element {
  const pieces = text.split("`");
  if (pieces.length % 2 === 0) return <>{text}</>;
  return <>{pieces.map((piece, index) => (index % 2 ? <code key={index}>{piece}</code> : piece))}</>;
}

/** A problem shown in the panel or form where it occurred. */
export function PanelProblem({ problem, children }: { problem: Problem; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="ocw-form-problem" role="alert">
      <ProblemText problem={problem} /> {children}
    </div>
  );
}
