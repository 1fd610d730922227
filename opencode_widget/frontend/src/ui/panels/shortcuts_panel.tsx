import type { JSX } from "preact";
import type { SendKey } from "../../protocol";
import { MOD } from "../lib/keys/mod_key";
import { useView } from "../state/context";
import { chooseSendKey } from "../state/options/send_key";
import { NotifyOptions } from "./notify_options";
import { Panel } from "./panel";

type Shortcut = [keys: string, meaning: string];

function shortcuts(sendKey: SendKey): Array<[where: string, Shortcut[]]> {
  const enterSends = sendKey === "enter";
  return [
    [
      "Prompt",
      [
        [enterSends ? `Enter, ${MOD}+Enter` : `${MOD}+Enter`, "send"],
        [enterSends ? "Shift+Enter, Ctrl+J" : "Enter, Shift+Enter, Ctrl+J", "new line"],
        ["Alt+Enter", "send it after the reply that is being written"],
        ["Up, Down", "earlier and later prompts"],
        ["/", "commands"],
        ["@", "files and agents; variables, cells and the last error of the notebook"],
        ["!", "the project's shell; Escape leaves it"],
        ["Tab, Enter", "take the suggestion"],
      ],
    ],
    [
      "Everywhere in the widget",
      [
        [`${MOD}+K`, "all commands"],
        [`${MOD}+F`, "search the conversation"],
        ["Escape, or any letter", "in the conversation: go to the prompt"],
        ["Escape twice", "stop the agent"],
        ["Arrow keys", "move between tabs, in menus and in lists"],
        ["1 to 9", "choose an answer to a question"],
        ["Delete", "close the tab"],
        ["Shift+F10", "menu of a tab"],
        ["Escape", "close what is open"],
        ["?", "this list, outside a text field"],
      ],
    ],
  ];
}

/** All keys of the widget. Those that are not here go to the notebook. */
export function ShortcutsPanel(): JSX.Element {
  const { store } = useView();
  const sendKey = store.sendKey.value;
  return (
    <Panel title="Keyboard shortcuts">
      <label class="ocw-field">
        <span>Send a prompt with</span>
        <select
          value={sendKey}
          onChange={({ currentTarget: { value } }) => {
            const key: SendKey = value === "ctrl+enter" ? value : "enter";
            chooseSendKey(key);
            store.sendKey.value = key;
          }}
        >
          <option value="enter">Enter</option>
          <option value="ctrl+enter">{MOD}+Enter</option>
        </select>
      </label>
      <NotifyOptions />
      {shortcuts(sendKey).map(([where, keys]) => (
        <table key={where} class="ocw-shortcuts">
          <caption>{where}</caption>
          <tbody>
            {keys.map(([key, meaning]) => (
              <tr key={key}>
                <th scope="row">
                  <kbd>{key}</kbd>
                </th>
                <td>{meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
      <p class="ocw-muted">Every other key goes to the notebook.</p>
    </Panel>
  );
}
