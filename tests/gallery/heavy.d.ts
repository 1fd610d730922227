type Make = (length: number) => string;

export const NESTING: Record<string, string[]>;
export const MARKDOWN: Record<string, Make>;
export const TERMINAL: Record<string, Make>;
export const DIFFS: Record<string, Make>;
export const READ: Record<string, Make>;
