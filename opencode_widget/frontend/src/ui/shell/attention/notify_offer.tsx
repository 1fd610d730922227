import type { JSX } from "preact";
import type { Notify } from "../../../protocol";
import { t } from "../../../words/words";
import { Icon } from "../../lib/icons";
import { useView } from "../../state/context";
import { askPermission, chooseNotify } from "../../state/options/notify";

/** Asks once, after something happened while nobody looked. The answer holds for good. */
export function NotifyOffer(): JSX.Element | null {
  const { store, panels } = useView();
  if (!store.offersNotify.value || store.notify.value !== "ask") return null;
  const answer = async (notify: Notify) => {
    store.offersNotify.value = false;
    store.notify.value = notify;
    chooseNotify(notify);
    if (notify === "on" && (await askPermission()) !== "granted") panels.announcement.value = t.state.titleOnly;
  };
  return (
    <section class="ocw-notify-offer" aria-label={t.shell.notifications}>
      <Icon name="bell" />
      <span class="ocw-notify-words">{t.shell.offerNotifications}</span>
      <button type="button" class="ocw-button ocw-small" onClick={() => void answer("on")}>
        {t.shell.notifyMe}
      </button>
      <button type="button" class="ocw-button ocw-small" onClick={() => void answer("off")}>
        {t.shell.never}
      </button>
    </section>
  );
}
