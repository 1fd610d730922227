import type { JSX } from "preact";
import type { ToolPart } from "../../../protocol";
import { visible } from "../../../text/visible";
import { t } from "../../../words/words";
import { usePaged } from "../../lib/controls/paged";
import { Icon } from "../../lib/icons";
import { todoStatus } from "../../lib/statuses";
import { type Json, object, objects, string } from "./read_json";
import type { ToolKind, ToolProps } from "./tool_kind";

/** The list as the server reports it, or else as the arguments request it. */
function todosOf(part: ToolPart): Json[] {
  const done = objects(object(part.metadata).todos);
  return done.length > 0 ? done : objects(part.input.todos);
}

function Body({ part }: ToolProps): JSX.Element {
  const { shown, more } = usePaged(todosOf(part));
  return (
    <ul class="ocw-checklist">
      {shown.map((todo, at) => (
        <Item key={at} todo={todo} />
      ))}
      {more && <li>{more}</li>}
    </ul>
  );
}

function Item({ todo }: { todo: Json }): JSX.Element {
  const status = todoStatus(todo.status);
  const priority = string(todo.priority);
  return (
    <li class={`ocw-todo-${status}`}>
      {status === "completed" ? <Icon name="check" /> : <span class="ocw-box" aria-hidden="true" />}
      <span class="ocw-todo-text">{visible(todo.content)}</span>
      <span class="ocw-hidden"> ({t.parts.todoStates[status]})</span>
      {status === "in_progress" && <span class="ocw-tool-facts">{t.parts.todoStates.in_progress}</span>}
      {priority === "high" && <span class="ocw-tool-facts">{t.parts.highPriority}</span>}
    </li>
  );
}

function title(part: ToolPart): string {
  const todos = todosOf(part);
  const current =
    todos.find((todo) => todo.status === "in_progress") ?? todos.find((todo) => todo.status === "pending");
  return string(current?.content) ?? part.title ?? "";
}

function facts(part: ToolPart): string {
  const todos = todosOf(part);
  const done = todos.filter((todo) => todo.status === "completed").length;
  return todos.length > 0 ? t.parts.ofDone(done, todos.length) : "";
}

function name(part: ToolPart): string | undefined {
  const count = todosOf(part).length;
  return count > 0 ? t.parts.planned(count) : undefined;
}

export const todo: ToolKind = { icon: "list", name, title, facts, Body };
