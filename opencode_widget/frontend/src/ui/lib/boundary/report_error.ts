/** Logs an error to the console in one line, without raising it. */
export function reportError(what: string, error: unknown): void {
  console.warn(`opencode_widget: ${what} cannot be drawn: ${error}`);
}
