import { describe, expect, it } from 'vitest';
import type { ResolvedRepository } from '../../../services/contracts/repository.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { measureLookups, type LookupOutcome } from '../../../services/launcher/repo/measured-lookup.ts';
import { rememberLookups } from '../../../services/launcher/repo/remembered-lookup.ts';
import type { RepoProvider } from '../../../services/launcher/repo/repo-provider.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { refusalOf } from '../../conformance/repo-provider.ts';
import { FORGES } from '../../support/forges.ts';
import { createGitProvider } from '../../../services/launcher/repo/git-provider.ts';

const never = (): AbortSignal => new AbortController().signal;
const { display } = createGitProvider({
  git: () => expect.fail('asked'),
  guard: () => expect.fail('asked'),
  forges: FORGES,
});

type Question = { readonly answer: (outcome: ResolvedRepository | SlipwayError) => void; readonly signal: AbortSignal };

/** A provider whose answers the test gives, and a clock that it sets. */
const startRemembering = (seconds = 5) => {
  const asked: Question[] = [];
  const time = { now: 0 };
  const clock = { ...systemClock, now: () => time.now };
  const outcomes: LookupOutcome[] = [];
  const provider: RepoProvider = {
    display,
    resolve: (_spec, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        const answer = (outcome: ResolvedRepository | SlipwayError): void =>
          outcome instanceof SlipwayError ? reject(outcome) : resolve(outcome);
        asked.push({ answer, signal });
      }),
  };
  const measured = measureLookups(provider, { clock, onLookup: (outcome) => outcomes.push(outcome) });
  return { asked, time, outcomes, provider: rememberLookups(measured, { seconds, clock }) };
};

const at = (commit: string): ResolvedRepository => ({
  provider: 'git',
  canonical: 'example.org/a',
  cloneUrl: 'https://example.org/a',
  commit,
  repoUrl: 'https://example.org/a',
  refUrl: 'https://example.org/a',
  persistentSpec: `https%3A%2F%2Fexample.org%2Fa/${commit}`,
});

describe('a look-up that many wait for', () => {
  it('asks the host once, and again when its answer is old', async () => {
    const { asked, time, provider } = startRemembering();
    const waiting = [1, 2, 3].map(() => provider.resolve('a/HEAD', never()));
    asked[0]?.answer(at('one'));
    expect(new Set((await Promise.all(waiting)).map(({ commit }) => commit))).toEqual(new Set(['one']));
    time.now = 4999;
    expect((await provider.resolve('a/HEAD', never())).commit).toBe('one');
    expect(asked).toHaveLength(1);
    time.now = 5000;
    const later = provider.resolve('a/HEAD', never());
    asked[1]?.answer(at('two'));
    expect((await later).commit).toBe('two');
  });

  it('tells other refs apart', async () => {
    const { asked, provider } = startRemembering();
    const waiting = [provider.resolve('a/HEAD', never()), provider.resolve('a/main', never())];
    asked.forEach(({ answer }, index) => answer(at(`${index}`)));
    expect((await Promise.all(waiting)).map(({ commit }) => commit)).toEqual(['0', '1']);
  });

  it('goes on while one of them waits, and is given up when all have left', async () => {
    const { asked, outcomes, provider } = startRemembering();
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map(({ signal }) =>
      provider.resolve('a/HEAD', signal).catch((error: unknown) => error),
    );
    const left = new Error('left');
    first.abort(left);
    expect(await waiting[0]).toBe(left);
    expect(asked[0]?.signal.aborted).toBe(false);
    second.abort(left);
    expect(await waiting[1]).toBe(left);
    expect(asked[0]?.signal.aborted).toBe(true);
    const next = provider.resolve('a/HEAD', never());
    asked[1]?.answer(at('one'));
    expect((await next).commit).toBe('one');
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['found']);
  });

  it('remembers that something is missing, and not that its host was away', async () => {
    const { asked, outcomes, provider } = startRemembering();
    for (const [code, questions] of [
      ['REPO_UNREACHABLE', 1],
      ['REPO_NOT_FOUND', 2],
      ['REPO_NOT_FOUND', 2],
    ] as const) {
      const refusal = refusalOf(provider, 'a/HEAD');
      asked.at(-1)?.answer(new SlipwayError(code));
      expect([(await refusal).code, asked.length]).toEqual([code, questions]);
    }
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['REPO_UNREACHABLE', 'REPO_NOT_FOUND']);
  });
});
