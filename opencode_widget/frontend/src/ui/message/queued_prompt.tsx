import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Delivery, SessionId } from "../../protocol";
import type { MessageCell } from "../../store/transcript";
import { t } from "../../words/words";
import { features } from "../lib/features";
import { Icon } from "../lib/icons";
import { PromptEditor } from "../lib/keys/prompt_editor";
import { useView } from "../state/context";
import { isText } from "../state/kept";
import { promptText } from "../state/written";

interface Props {
  cell: MessageCell;
  session: SessionId;
}

/**
 * A prompt queued behind the running turn. Until that ends the user can change or withdraw it, if the server supports
 * that.
 */
export function Queued({ cell, session }: Props): JSX.Element {
  const view = useView();
  const name = `queued ${cell.id}`;
  const [words, setWords] = useState(() => view.kept.read(name, isText));
  const instance = view.selection.instance.value;
  const can = features(instance);
  const args = { instance: instance?.id ?? "", session, message: cell.id };
  const { delivery } = cell.head.value;
  const write = (text: string | undefined) => {
    setWords(text);
    view.kept.write(name, text);
  };
  const save = async (text: string) => {
    write(undefined);
    if (text === "" || text === wordsOf(cell)) return;
    const reply = await view.actions.run({ name: "edit_prompt", args: { ...args, text } });
    if (!reply.ok) write(text);
  };
  if (words !== undefined) {
    return (
      <PromptEditor
        sendKey={view.store.sendKey.value}
        words={words}
        onWords={write}
        onSave={(text) => void save(text)}
        onCancel={() => write(undefined)}
      />
    );
  }
  return (
    <p class="ocw-state-mark">
      <Icon name="clock" /> {WORDS[delivery === "steer" ? "steer" : "queue"]()}
      {delivery && can.has("redeliver") && (
        <button
          type="button"
          class="ocw-link"
          onClick={() =>
            void view.actions.run({
              name: "deliver_prompt",
              args: { ...args, delivery: delivery === "steer" ? "queue" : "steer" },
            })
          }
        >
          {delivery === "steer" ? t.message.sendAfterReply : t.message.sendAtNextStep}
        </button>
      )}
      {can.has("edit_prompt") && (
        <button type="button" class="ocw-link" onClick={() => write(wordsOf(cell))}>
          {t.message.edit}
        </button>
      )}
      {can.has("cancel_prompt") && (
        <button type="button" class="ocw-link" onClick={() => void view.actions.run({ name: "cancel_prompt", args })}>
          {t.message.remove}
        </button>
      )}
    </p>
  );
}

const WORDS: Record<Delivery, () => string> = {
  steer: () => t.message.steering,
  queue: () => t.message.queued,
};

function wordsOf(cell: MessageCell): string {
  return promptText(cell.parts.peek().map((part) => part.part.peek()));
}
