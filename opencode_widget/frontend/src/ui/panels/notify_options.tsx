import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Notify } from "../../protocol";
import { t } from "../../words/words";
import { useView } from "../state/context";
import { askPermission, chooseNotify, chooseSound, notificationPermission } from "../state/options/notify";
import { hasSound, playSound } from "../state/options/sound";

/** The user's choice of what tells about ended turns and waiting requests while nobody looks. */
export function NotifyOptions(): JSX.Element {
  const { store } = useView();
  const notify = store.notify.value;
  const [permission, setPermission] = useState(notificationPermission);
  const choose = async (value: string) => {
    const chosen: Notify = value === "on" || value === "off" ? value : "ask";
    store.notify.value = chosen;
    chooseNotify(chosen);
    if (chosen === "on") setPermission(await askPermission());
  };
  const setSound = (sound: boolean) => {
    store.notifySound.value = sound;
    chooseSound(sound);
    if (sound) playSound();
  };
  return (
    <>
      <label class="ocw-field">
        <span>{t.panels.notifyWhen}</span>
        <select value={notify} onChange={({ currentTarget }) => void choose(currentTarget.value)}>
          <option value="on">{t.panels.notifyAndMarkTitle}</option>
          <option value="ask">{t.panels.markTitleAskOnce}</option>
          <option value="off">{t.panels.doNothing}</option>
        </select>
      </label>
      {notify === "on" && permission !== "granted" && <p class="ocw-muted">{t.state.titleOnly}</p>}
      <label class="ocw-check">
        <input
          type="checkbox"
          checked={store.notifySound.value}
          disabled={!hasSound() || notify !== "on"}
          onChange={({ currentTarget }) => setSound(currentTarget.checked)}
        />{" "}
        {hasSound() ? t.panels.withSound : t.panels.withSoundNone}
      </label>
    </>
  );
}
