/** One line for whoever looks into the console; it is no uncaught error. */
export function report(what: string, error: unknown): void {
  console.warn(`opencode_widget: ${what} cannot be drawn: ${error}`);
}
