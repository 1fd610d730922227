/** One line for whoever looks into the console; it is no uncaught error. */
export function reportError(what: string, error: unknown): void {
  console.warn(`opencode_widget: ${what} cannot be drawn: ${error}`);
}
