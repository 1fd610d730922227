import type { JSX } from "preact";
import type { SendKey } from "../../protocol";
import { t } from "../../words/words";
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
      t.panels.prompt,
      [
        [enterSends ? t.panels.enterOrModEnter(MOD) : `${MOD}+Enter`, t.panels.send],
        [enterSends ? t.panels.shiftEnterCtrlJ : t.panels.enterShiftEnterCtrl, t.panels.newLine],
        ["Alt+Enter", t.panels.sendAfterReply],
        [t.panels.upDown, t.panels.earlierLaterPrompts],
        ["/", t.panels.commands],
        ["@", t.panels.mentions],
        ["!", t.panels.shell],
        [t.panels.tabEnter, t.panels.takeSuggestion],
      ],
    ],
    [
      t.panels.everywhere,
      [
        [`${MOD}+K`, t.panels.allCommands],
        [`${MOD}+F`, t.panels.searchConversation],
        [t.panels.escapeAnyLetter, t.panels.goToPrompt],
        [t.panels.escapeTwice, t.panels.stopAgent],
        [t.panels.arrowKeys, t.panels.moveBetween],
        [t.panels.oneToNine, t.panels.chooseAnswer],
        [t.panels.delete, t.panels.closeTab],
        ["Shift+F10", t.panels.menuOfTab],
        [t.panels.escape, t.panels.closeWhatIsOpen],
        ["?", t.panels.thisList],
      ],
    ],
  ];
}

/** All keys of the widget. Those that are not here go to the notebook. */
export function ShortcutsPanel(): JSX.Element {
  const { store } = useView();
  const sendKey = store.sendKey.value;
  return (
    <Panel title={t.panels.keyboardShortcuts}>
      <label class="ocw-field">
        <span>{t.panels.sendPromptWith}</span>
        <select
          value={sendKey}
          onChange={({ currentTarget: { value } }) => {
            const key: SendKey = value === "ctrl+enter" ? value : "enter";
            chooseSendKey(key);
            store.sendKey.value = key;
          }}
        >
          <option value="enter">{t.panels.enter}</option>
          <option value="ctrl+enter">{t.panels.modEnter(MOD)}</option>
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
      <p class="ocw-muted">{t.panels.otherKeysGoToNotebook}</p>
    </Panel>
  );
}
