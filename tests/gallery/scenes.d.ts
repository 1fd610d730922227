/** What the scripted kernel knows. */
export interface State extends Record<string, unknown> {
  instances: Array<{ id: string }>;
  sessions: Record<string, unknown[]>;
}

export const scenes: Record<string, () => State> & { calm: () => State };
