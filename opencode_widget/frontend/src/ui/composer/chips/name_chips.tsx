import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { NamedObject } from "../../../protocol";
import { t } from "../../../words/words";
import { classNames } from "../../lib/class_names";
import { Icon } from "../../lib/icons";
import { useView, type View } from "../../state/context";
import type { Draft } from "../../state/drafts";
import { namesIn } from "../../state/mentions";

/** Milliseconds after the last key before the kernel is asked what a name stands for. */
const ASK_AFTER = 250;

/** What the prompt names in the notebook, with what each name stands for. */
export function NameChips({ draft }: { draft: Draft }): JSX.Element | null {
  const view = useView();
  const names = useComputed(() => {
    const { text, shell } = draft.content.value;
    return shell || view.selection.instance.value?.restricted ? "" : namesIn(text).join(" ");
  }).value;
  const known = useNames(view, names);
  if (names === "") return null;
  const bad = known.flatMap(({ problem }) => problem ?? []);
  return (
    <>
      <ul class="ocw-chips" aria-label={t.composer.names}>
        {names.split(" ").map((name) => (
          <NameChip key={name} name={name} known={known.find((each) => each.name === name)} />
        ))}
      </ul>
      {bad.map(({ message, remedy }) => (
        <p key={message} class="ocw-composer-note ocw-bad" role="status">
          <Icon name="alert" />
          {[message, remedy].filter(Boolean).join(" ")}
        </p>
      ))}
    </>
  );
}

/** What the kernel says of the names; the last answer stays until the next one arrives. */
function useNames(view: View, names: string): NamedObject[] {
  const [known, setKnown] = useState<NamedObject[]>([]);
  useEffect(() => {
    if (names === "") return setKnown([]);
    let over = false;
    const timer = setTimeout(async () => {
      const found = await view.checkNames(names);
      if (!over) setKnown(found ?? []);
    }, ASK_AFTER);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [names]);
  return known;
}

function NameChip({ name, known }: { name: string; known: NamedObject | undefined }): JSX.Element {
  const view = useView();
  const preview = () => {
    view.panels.previewed.value = name;
    view.panels.panel.value = "preview";
  };
  return (
    <li
      class={classNames("ocw-chip", known?.problem && "ocw-bad")}
      title={known?.problem?.message ?? known?.detail ?? name}
    >
      <Icon name={known?.problem ? "alert" : "list"} />
      <span class="ocw-chip-name">{name}</span>
      <span class="ocw-chip-name ocw-muted">{known?.problem ? t.composer.notFound : known?.detail}</span>
      {!known?.problem && (
        <button type="button" class="ocw-link" aria-label={t.composer.previewOf(name)} onClick={preview}>
          {t.composer.preview}
        </button>
      )}
    </li>
  );
}
