import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Todo } from "../../../protocol";
import type { TranscriptCell } from "../../../store/transcript";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { usePaged } from "../../lib/controls/paged";
import { Icon } from "../../lib/icons";
import { todoStatus } from "../../lib/statuses";
import { useView } from "../../state/context";
import { isStale } from "./todo_age";

const DONE = new Set(["completed", "cancelled"]);

/** The agent's to-do list, until a turn has passed without a change of it. */
export function Todos({ transcript }: { transcript: TranscriptCell }): JSX.Element | null {
  const { selection } = useView();
  const todos = transcript.todos.value;
  const open = todos.filter((todo) => !DONE.has(todo.status));
  const stale = useComputed(() => isStale(transcript.messages.value, selection.busy)).value;
  if (open.length === 0 || stale) return null;
  const current = open.find((todo) => todo.status === "in_progress") ?? open[0];
  return (
    <details class="ocw-todos">
      <summary>
        <Icon name="list" />
        <span class="ocw-hidden">{t.session.toDo} </span>
        <span class="ocw-muted">{t.session.doneOf(todos.length - open.length, todos.length)}</span>
        <span class="ocw-todos-current">{visible(current?.content)}</span>
        <Icon name="chevron" class="ocw-chevron" />
      </summary>
      <TodoList todos={todos} />
    </details>
  );
}

export function TodoList({ todos }: { todos: Todo[] }): JSX.Element {
  const { shown, more } = usePaged(todos);
  return (
    <ul class="ocw-todo-list">
      {shown.map((todo, index) => (
        <li key={`${index} ${todo.content}`} class={`ocw-todo-${todoStatus(todo.status)}`}>
          {todo.status === "completed" ? <Icon name="check" /> : <span class="ocw-box" aria-hidden="true" />}
          <span>{visible(todo.content)}</span>
          <span class="ocw-hidden"> ({t.parts.todoStates[todoStatus(todo.status)]})</span>
        </li>
      ))}
      {more && <li>{more}</li>}
    </ul>
  );
}
