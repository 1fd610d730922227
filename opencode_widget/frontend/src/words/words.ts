/**
 * Every word that the page shows, in one place. The page's code names a message, `t.composer.send`, and never spells one.
 *
 * A language is an object of the type `Words`: for each message a string, or a function of the values that its sentence
 * holds. `speak` chooses it before the page is drawn. `t` is a live binding, so read it where the words are drawn, never
 * while a module is loaded. What the kernel sends (errors, titles, names) is not the page's, and not here.
 */
import { english, type Words } from "./english";

export let t: Words = english;

export function speak(language: Words): void {
  t = language;
}
