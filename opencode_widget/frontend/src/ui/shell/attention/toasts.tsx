import type { JSX } from "preact";
import type { Toast } from "../../../store/store";
import { t } from "../../../words/words";
import { copyReport } from "../../lib/controls/report";
import { Icon } from "../../lib/icons";
import { ProblemText } from "../../lib/problem";
import { useView } from "../../state/context";

export function Toasts(): JSX.Element {
  const { store } = useView();
  return (
    <section class="ocw-toasts" aria-label={t.shell.problems} aria-live="assertive">
      {store.toasts.value.map((toast) => (
        <ToastView key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastView({ toast }: { toast: Toast }): JSX.Element {
  const view = useView();
  const { store } = view;
  const instance = store.instances.value.find((each) => each.id === toast.instance);
  const several = store.instances.value.length > 1;
  return (
    <div class="ocw-toast">
      <Icon name="alert" />
      <div class="ocw-toast-text">
        {several && instance && !toast.problem.message.includes(instance.title) && (
          <span class="ocw-muted">{instance.title} </span>
        )}
        <ProblemText problem={toast.problem} />
        {!instance?.restricted && (
          <button type="button" class="ocw-link" onClick={() => void copyReport(view, toast.instance)}>
            {t.shell.copyReport}
          </button>
        )}
        {toast.times > 1 && <span class="ocw-muted"> {t.shell.times(toast.times)}</span>}
      </div>
      <button type="button" class="ocw-bare" aria-label={t.shell.dismiss} onClick={() => store.dismiss(toast.id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
