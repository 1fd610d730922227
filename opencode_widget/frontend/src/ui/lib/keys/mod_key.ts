/** The key of the platform's shortcuts. */
export const IS_MAC = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? "");
export const MOD = IS_MAC ? "Cmd" : "Ctrl";
