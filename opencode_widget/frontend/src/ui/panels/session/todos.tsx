import type { JSX } from "preact";
import type { Todo } from "../../../protocol";
import type { TranscriptCell } from "../../../store/transcript";
import { visible } from "../../../text/visible";
import { usePaged } from "../../lib/controls/paged";
import { Icon } from "../../lib/icons";
import { todoStatus } from "../../lib/statuses";

const DONE = new Set(["completed", "cancelled"]);

/** The agent's to-do list. */
export function Todos({ transcript }: { transcript: TranscriptCell }): JSX.Element | null {
  const todos = transcript.todos.value;
  const open = todos.filter((todo) => !DONE.has(todo.status));
  if (open.length === 0) return null;
  const current = open.find((todo) => todo.status === "in_progress") ?? open[0];
  return (
    <details class="ocw-todos">
      <summary>
        <span class="ocw-muted">
          {todos.length - open.length} of {todos.length}
        </span>
        <span class="ocw-tab-title">{visible(current?.content)}</span>
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
          <span class="ocw-hidden"> ({visible(todo.status).replace("_", " ")})</span>
        </li>
      ))}
      {more && <li>{more}</li>}
    </ul>
  );
}
