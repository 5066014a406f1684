import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Answer } from './answer-page.ts';
import { makeErrorAnswer } from './ended-answer.ts';
import { answerError, makeAbsentAnswer, type SessionServerParts } from './route-request.ts';

type Missing = {
  readonly request: IncomingMessage;
  readonly id: string;
  /** Says it to the client, unless something was said already. */
  readonly send: (answer: Answer) => void;
};

const findAbsence = async (parts: SessionServerParts, { request, id }: Missing): Promise<Answer | undefined> => {
  try {
    const found = await parts.directory.recheck(id);
    return found.kind === 'running' ? undefined : makeAbsentAnswer(parts, request, found);
  } catch (error) {
    return answerError(parts, error);
  }
};

/** The engine knows of the end of a process a moment after its connections broke. */
const MOMENT_MS = 400;

const findAbsenceLater = async (parts: SessionServerParts, missing: Missing): Promise<Answer | undefined> => {
  await sleep(MOMENT_MS);
  return findAbsence(parts, missing);
};

/** Answers for a session that cannot be reached: with the reason if it has just ended, else that it does not answer. */
export const explainUnreachable = async (parts: SessionServerParts, missing: Missing): Promise<void> => {
  const answer = (await findAbsence(parts, missing)) ?? (await findAbsenceLater(parts, missing));
  missing.send(answer ?? makeErrorAnswer(new SlipwayError('PROXY_UPSTREAM_UNREACHABLE')));
};

/** Answers for a session that is slow to accept, only if it has just ended; else it goes on being waited for. */
export const explainStalled = async (parts: SessionServerParts, missing: Missing): Promise<void> => {
  const answer = await findAbsence(parts, missing);
  if (answer !== undefined) missing.send(answer);
};
