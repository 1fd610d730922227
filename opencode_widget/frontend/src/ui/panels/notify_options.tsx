import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Notify } from "../../protocol";
import { useView } from "../state/context";
import { askPermission, chooseNotify, chooseSound, notificationPermission, TITLE_ONLY } from "../state/options/notify";
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
        <span>When a reply is ready or the agent needs you while you're looking elsewhere</span>
        <select value={notify} onChange={({ currentTarget }) => void choose(currentTarget.value)}>
          <option value="on">Notify me, and mark the page title</option>
          <option value="ask">Mark the page title, and ask me once</option>
          <option value="off">Do nothing</option>
        </select>
      </label>
      {notify === "on" && permission !== "granted" && <p class="ocw-muted">{TITLE_ONLY}</p>}
      <label class="ocw-check">
        <input
          type="checkbox"
          checked={store.notifySound.value}
          disabled={!hasSound() || notify !== "on"}
          onChange={({ currentTarget }) => setSound(currentTarget.checked)}
        />{" "}
        {hasSound() ? "With a sound" : "With a sound (this host has none)"}
      </label>
    </>
  );
}
