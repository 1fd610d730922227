import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useView } from "../../state/context";

const SHOWN_FOR = 2_500;

/** Announces what was done where nothing else shows it ("Copied"). It disappears by itself. */
export function Announcement(): JSX.Element {
  const {
    panels: { announcement },
  } = useView();
  const words = announcement.value;
  useEffect(() => {
    if (words === "") return;
    const timer = setTimeout(() => {
      announcement.value = "";
    }, SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <div class="ocw-announcement" aria-live="polite">
      {words && <span>{words}</span>}
    </div>
  );
}
