/** CR LF and CR are LF, also where a cut goes through them. Pure. */
export class Newlines {
  /** The text so far ends with CR: LF may follow. */
  waits = false;

  of(text: string): string {
    const whole = this.waits ? `\r${text}` : text;
    this.waits = whole.endsWith("\r");
    if (!whole.includes("\r")) return whole;
    return (this.waits ? whole.slice(0, -1) : whole).replace(/\r\n?/g, "\n");
  }
}
