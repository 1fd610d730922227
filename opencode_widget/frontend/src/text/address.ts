/**
 * Shows addresses as they are, not as they look: the host is written in ASCII, so that no letter can pass for another.
 * Pure.
 */

/** The address with its host in ASCII (`xn--...`); unchanged if it has no host. */
export function hostInAscii(address: string): string {
  const url = parse(address);
  if (!url || url.host === "") return address;
  const written = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(address);
  const host = written?.[1]?.replace(/^.*@/, "");
  return written && host !== undefined && host.toLowerCase() !== url.host ? url.href : address;
}

/** The host of an address in ASCII; undefined if it has none. */
export function hostOf(address: string): string | undefined {
  return parse(address)?.host || undefined;
}

function parse(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}
