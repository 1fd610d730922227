/** Display options that the user chose for this page; a reload resets them. */
import { signal } from "@preact/signals";

/** Shows old and new of a diff side by side, where there is room. */
export const sideBySide = signal(false);

/** Opens reasoning while it streams. */
export const liveReasoning = signal(false);
