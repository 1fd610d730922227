import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Queue, QueuedPrompt } from "../../protocol";
import { t } from "../../words/words";
import { Icon } from "../lib/icons";
import { PromptEditor } from "../lib/keys/prompt_editor";
import { useView, type View } from "../state/context";

/** The prompts of the session on screen that wait in the kernel for the end of the turn. */
export function QueueList(): JSX.Element | null {
  const view = useView();
  const session = view.selection.session.value;
  const queue = session?.queue;
  if (!session || !queue) return null;
  const gone = view.store.linkState.value === "gone";
  const goes = queue.stopped === undefined && !gone;
  const why = gone ? t.composer.promptsEndedWithKernel : `${queue.stopped} ${t.composer.promptsHeld}`;
  return (
    <section class="ocw-queue" aria-label={t.composer.queue}>
      <p class="ocw-state-mark" role="status">
        <Icon name={goes ? "clock" : "alert"} />
        {goes ? t.composer.queuedInOrder : why}
      </p>
      {gone ? (
        <LeftOver prompts={queue.prompts} />
      ) : (
        <ol aria-label={t.composer.queuedPrompts}>
          {queue.prompts.map((prompt, at) => (
            <Row key={prompt.id} prompt={prompt} at={at} queue={queue} session={session.id} />
          ))}
        </ol>
      )}
    </section>
  );
}

interface RowProps {
  prompt: QueuedPrompt;
  at: number;
  queue: Queue;
  session: string;
}

function Row({ prompt, at, queue, session }: RowProps): JSX.Element {
  const view = useView();
  const [words, setWords] = useState<string | undefined>(undefined);
  const where = { instance: view.selection.instanceId, session, queued: prompt.id };
  if (words !== undefined) {
    const save = async (text: string) => {
      setWords(undefined);
      if (text === "" || text === prompt.text) return;
      const reply = await view.actions.run({ name: "edit_queued", args: { ...where, text } });
      if (!reply.ok) setWords(text); // such as an unknown name: what the user wrote is not lost
    };
    return (
      <li>
        <PromptEditor
          sendKey={view.store.sendKey.value}
          words={words}
          onWords={setWords}
          onSave={(text) => void save(text)}
          onCancel={() => setWords(undefined)}
        />
      </li>
    );
  }
  const last = queue.prompts.length - 1;
  const move = (to: number) => void view.actions.run({ name: "move_queued", args: { ...where, to } });
  return (
    <li>
      <Words prompt={prompt} />
      <span class="ocw-queued-buttons">
        <Link label={t.composer.sendNow} act={() => void view.actions.run({ name: "send_queued", args: where })} />
        {!prompt.cut && <Link label={t.composer.edit} act={() => setWords(prompt.text)} />}
        {at > 0 && <Link label={t.composer.moveUp} act={() => move(at - 1)} />}
        {at < last && <Link label={t.composer.moveDown} act={() => move(at + 1)} />}
        <Link label={t.composer.remove} act={() => void remove(view, where, prompt)} />
      </span>
    </li>
  );
}

/** The prompts of a kernel that is gone. As a draft their words outlive this output: they are there when the cell is run again. */
function LeftOver({ prompts }: { prompts: QueuedPrompt[] }): JSX.Element {
  const view = useView();
  const [kept, setKept] = useState(false);
  const keep = () => {
    setKept(true);
    const text = prompts.map((prompt) => prompt.text).join("\n\n");
    view.composer.draft(view.selection.key).putBack({ content: { text, marks: [], shell: false }, files: [] });
  };
  return (
    <>
      <ol aria-label={t.composer.queuedPrompts}>
        {prompts.map((prompt) => (
          <li key={prompt.id}>
            <Words prompt={prompt} />
          </li>
        ))}
      </ol>
      {!kept && <Link label={t.composer.keepAsDraft} act={keep} />}
    </>
  );
}

function Words({ prompt }: { prompt: QueuedPrompt }): JSX.Element {
  return (
    <span class="ocw-queued-text" dir="auto" title={prompt.text}>
      {[prompt.text, ...prompt.files].filter((each) => each !== "").join(" · ")}
    </span>
  );
}

function Link({ label, act }: { label: string; act(): void }): JSX.Element {
  return (
    <button type="button" class="ocw-link" onClick={act}>
      {label}
    </button>
  );
}

async function remove(
  view: View,
  where: { instance: string; session: string; queued: string },
  { text, cut, files }: QueuedPrompt,
): Promise<void> {
  const reply = await view.actions.run({ name: "remove_queued", args: where });
  // Words are not lost by a slip: they return to the composer, unless something is written there, or they are not whole.
  const draft = view.composer.draft(view.selection.key);
  if (!reply.ok || cut || files.length > 0 || !draft.empty) return;
  view.composer.writeAgain(where.instance, where.session, { content: { text, marks: [], shell: false }, files: [] });
}
