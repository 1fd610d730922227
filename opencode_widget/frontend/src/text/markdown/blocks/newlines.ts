/** Normalises CR LF and CR to LF, also where a piece ends between CR and LF. Pure. */
export class Newlines {
  /** True if the text so far ends with CR, so that an LF may follow. */
  waits = false;

  of(text: string): string {
    const whole = this.waits ? `\r${text}` : text;
    this.waits = whole.endsWith("\r");
    if (!whole.includes("\r")) return whole;
    return (this.waits ? whole.slice(0, -1) : whole).replace(/\r\n?/g, "\n");
  }
}
