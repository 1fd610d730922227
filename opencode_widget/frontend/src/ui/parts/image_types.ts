/** Kinds of images that are shown: no page can do harm with them. */
export const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

const UNITS = ["bytes", "kB", "MB", "GB"];

/** A number of bytes for people: "812 bytes", "1.2 MB". Pure. */
export function byteSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS.at(power)}`;
}
