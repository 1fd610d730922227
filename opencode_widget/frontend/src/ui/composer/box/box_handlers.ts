import type { RefObject } from "preact";
import { focusInPlace } from "../../lib/controls/focus";
import { features } from "../../lib/features";
import { insertText } from "../../lib/keys/insert_text";
import type { View } from "../../state/context";
import type { Draft } from "../../state/drafts";
import type { Attached } from "../../state/files/attached_files";
import type { PromptMark } from "../../state/mentions";
import { distinct, type PromptEntry } from "../../state/prompt_history";
import type { Completion } from "../completion/completion";
import type { Option } from "../completion/completion_options";
import { canQueue, send } from "../send";
import { takesArgument } from "../widget_commands";
import { actionOf, type KeyAction } from "./box_keys";
import { foldedWords, isLong } from "./paste";

function recalled({ entry, files }: { entry: PromptEntry; files: Attached[] }): PromptEntry {
  return { ...entry, files: () => files };
}

/** Handles typing, pasting and choosing in the box. It always acts on the draft on screen. */
export class BoxHandlers {
  #recalledFiles: ReadonlySet<Attached> = new Set();

  constructor(
    readonly view: View,
    readonly completion: Completion,
    readonly box: RefObject<HTMLTextAreaElement | null>,
  ) {}

  readonly onInput = (event: InputEvent): void => {
    const box = event.currentTarget as HTMLTextAreaElement;
    if (this.#entersShell(box.value)) this.#enterShell(box);
    else this.#draft.write(box.value);
    this.#look(box);
  };

  readonly onSelect = (event: Event): void => this.#look(event.currentTarget as HTMLTextAreaElement);

  readonly onKeyDown = (event: KeyboardEvent): void => {
    const { text, shell } = this.#draft.content.peek();
    const action = actionOf(event, {
      completing: this.completion.open,
      shell,
      editing: this.#edited !== undefined,
      empty: text === "",
      sendKey: this.view.store.sendKey.peek(),
      canQueue: canQueue(this.view),
    });
    if (action === undefined || !this.#carryOut(action)) return;
    event.preventDefault();
  };

  readonly onPaste = (event: ClipboardEvent): void => {
    const box = event.currentTarget as HTMLTextAreaElement;
    const text = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n");
    const { marks, shell } = this.#draft.content.peek();
    if (shell || !isLong(text)) return;
    event.preventDefault();
    const words = foldedWords(text, marks);
    const start = box.selectionStart;
    insertText(box, start, box.selectionEnd, words);
    this.#draft.mark(start, words, { kind: "paste", text });
  };

  /** Inserts the chosen option; "accept" also runs a command that needs no argument. */
  accept(option: Option, how: "accept" | "complete"): void {
    const box = this.box.current;
    const trigger = this.completion.trigger.peek();
    if (!box || !trigger) return;
    const goesOn = how === "complete" && option.kind === "folder";
    const complete = option.written === `/${trigger.query}`;
    const runs = option.kind === "command" && how === "accept" && (complete || !this.#takesArgument(option));
    const space = runs || goesOn || /\s/.test(box.value[trigger.end] ?? "") ? "" : " ";
    insertText(box, trigger.start, trigger.end, option.written + space);
    if (option.meaning && !goesOn) this.#draft.mark(trigger.start, option.written, option.meaning);
    if (!goesOn) this.completion.dismiss();
    if (runs) void send(this.view);
  }

  /** Replaces marked words. */
  replace(mark: PromptMark, words: string): void {
    const box = this.box.current;
    focusInPlace(box);
    if (box) insertText(box, mark.start, mark.end, words);
  }

  get #draft(): Draft {
    return this.view.composer.draft(this.view.selection.key);
  }

  get #conversation() {
    const { selection } = this.view;
    return { instance: selection.instanceId, session: selection.sessionId.peek() ?? "" };
  }

  get #edited() {
    return this.view.rewind.edited(this.#conversation);
  }

  #takesArgument(option: Option): boolean {
    return takesArgument(this.view.selection.instance.peek(), option.written.slice(1));
  }

  #look(box: HTMLTextAreaElement): void {
    const { shell, ...written } = this.#draft.content.peek();
    this.completion.look(written, box.selectionStart === box.selectionEnd ? box.selectionEnd : -1, shell);
  }

  #entersShell(text: string): boolean {
    const { text: before, shell } = this.#draft.content.peek();
    return (
      !shell && text === `!${before || text.slice(1)}` && features(this.view.selection.instance.peek()).has("shell")
    );
  }

  #enterShell(box: HTMLTextAreaElement): void {
    this.#draft.write(box.value.slice(1));
    this.#draft.setShell(true);
    this.#show(box, this.#draft.text, Math.max(0, box.selectionEnd - 1));
  }

  /** Returns false if there was nothing to do, so that the box handles the key. */
  #carryOut(action: KeyAction): boolean {
    const chosen = this.completion.chosen;
    if (action === "send") void send(this.view);
    else if (action === "queue") void send(this.view, "queue");
    else if (action === "leave shell") this.#draft.setShell(false);
    else if (action === "cancel edit") void this.view.rewind.cancelEdit(this.#conversation);
    else if (action === "back" || action === "forward") return this.#recall(action);
    else if (action === "dismiss") this.completion.dismiss();
    else if (action === "next" || action === "previous") this.completion.move(action === "next" ? 1 : -1);
    else if (chosen) this.accept(chosen, action);
    return true;
  }

  #recall(action: "back" | "forward"): boolean {
    const box = this.box.current;
    const history = this.view.composer.history(this.view.selection.key);
    const now = this.#draft.content.peek();
    if (!box || box.selectionStart !== box.selectionEnd) return false;
    const caret = box.selectionEnd;
    const entry = action === "back" ? history.back(now, caret, () => this.#entries()) : history.forward(now, caret);
    if (!entry) return false;
    this.#draft.content.value = { text: entry.text, marks: entry.marks, shell: entry.shell };
    void this.#recallFiles(entry);
    this.#show(box, entry.text, action === "back" ? 0 : entry.text.length);
    return true;
  }

  /**
   * Prompts to go back to: those sent from this page in other conversations, this conversation's own, and those sent
   * here with their mentions.
   */
  #entries(): PromptEntry[] {
    const {
      selection: { key },
      composer: { sent },
    } = this.view;
    const here = sent.filter((each) => each.key === key);
    const elsewhere = sent.filter((each) => each.key !== key);
    const prompts = this.view
      .prompts()
      .map((prompt) => ({ ...this.view.contentOf(prompt), files: () => this.view.filesOf(prompt) }));
    return distinct([...elsewhere.map(recalled), ...prompts, ...here.map(recalled)]);
  }

  /** The files of the recalled prompt take the place of those recalled before; the user's own stay. */
  async #recallFiles(entry: PromptEntry): Promise<void> {
    const draft = this.#draft;
    const own = () => draft.files.peek().filter((file) => !this.#recalledFiles.has(file));
    draft.files.value = own();
    const files = (await entry.files?.()) ?? [];
    if (draft.text !== entry.text) return;
    draft.files.value = [...own(), ...files];
    this.#recalledFiles = new Set(files);
  }

  /** Shows the text at once, so that the caret can be placed in it. */
  #show(box: HTMLTextAreaElement, text: string, caret: number): void {
    box.value = text;
    box.setSelectionRange(caret, caret);
    box.scrollTop = caret === 0 ? 0 : box.scrollHeight;
  }
}
