import type { Tools } from './tools.ts';

/** One case of the table: what is asked for, and the proof that it is so. */
export type EdgeCase = {
  readonly number: number;
  readonly title: string;
  /** Why it cannot be shown on this machine. */
  readonly skip?: string;
  readonly verify: (tools: Tools) => void | Promise<void>;
};
