/** Counts with their nouns: "1 file", "2 files", "1,204 files". */
export const counts = {
  pictures: (count: number) => plural(count, "picture"),
  tokens: (count: number) => plural(count, "token"),
  moreCharacters: (count: number) => plural(count, "more character"),
  characters: (count: number) => plural(count, "character"),
  lines: (count: number) => plural(count, "line"),
  files: (count: number) => plural(count, "file"),
  messages: (count: number) => plural(count, "message"),
  searches: (count: number) => plural(count, "search", "searches"),
  folders: (count: number) => plural(count, "folder"),
  events: (count: number) => plural(count, "event"),
  sessions: (count: number) => plural(count, "session"),
  unknownEventTypes: (count: number) => plural(count, "unknown event type"),
  subagents: (count: number) => plural(count, "subagent"),
  answers: (count: number) => plural(count, "answer"),
  moreLines: (count: number) => plural(count, "more line"),
  others: (count: number) => plural(count, "other"),
  otherFiles: (count: number) => plural(count, "other file"),
  entries: (count: number) => plural(count, "entry", "entries"),
  results: (count: number) => plural(count, "result"),
  patterns: (count: number) => plural(count, "pattern"),
  steps: (count: number) => plural(count, "step"),
  times: (count: number) => plural(count, "time"),
  matches: (count: number) => plural(count, "match", "matches"),
  moreRequests: (count: number) => plural(count, "more request"),
};

function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : nouns}`;
}
