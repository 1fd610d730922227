/** What the person chose for all parts of this page; it lives as long as the page. */
import { signal } from "@preact/signals";

/** Old and new of a diff side by side, where there is room. */
export const sideBySide = signal(false);

/** Reasoning is open while it streams. */
export const liveReasoning = signal(false);
