import type { JSX } from "preact";
import type { Notify } from "../../../protocol";
import { Icon } from "../../lib/icons";
import { useView } from "../../state/context";
import { askPermission, chooseNotify, TITLE_ONLY } from "../../state/options/notify";

/** Asks once, after something happened while nobody looked. The answer holds for good. */
export function NotifyOffer(): JSX.Element | null {
  const { store, panels } = useView();
  if (!store.offersNotify.value || store.notify.value !== "ask") return null;
  const answer = async (notify: Notify) => {
    store.offersNotify.value = false;
    store.notify.value = notify;
    chooseNotify(notify);
    if (notify === "on" && (await askPermission()) !== "granted") panels.announcement.value = TITLE_ONLY;
  };
  return (
    <section class="ocw-notify-offer" aria-label="Notifications">
      <Icon name="bell" />
      <span class="ocw-notify-words">
        Something happened while you were looking elsewhere. Do you want a notification when a reply is ready or the
        agent needs you?
      </span>
      <button type="button" class="ocw-button ocw-small" onClick={() => void answer("on")}>
        Notify me
      </button>
      <button type="button" class="ocw-button ocw-small" onClick={() => void answer("off")}>
        Never
      </button>
    </section>
  );
}
