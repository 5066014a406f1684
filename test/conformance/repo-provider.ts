import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { ProviderDisplay, ResolvedRepository } from '../../services/contracts/repository.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import type { RepoProvider } from '../../services/launcher/repo/repo-provider.ts';

export type ProviderSubject = {
  readonly provider: RepoProvider;
  /** A spec that resolves, and the commit that it names. */
  readonly spec: string;
  readonly commit: string;
  /** A repository that exists, a ref that it does not have; undefined where there are no refs. */
  readonly missingRef?: string;
  /** What a persistent spec ends with: the commit, where there is Git. */
  readonly persistentEnd?: string;
  readonly missingRepository: string;
  /** A repository whose host never answers, and its provider with a short time limit. */
  readonly silent: { readonly provider: RepoProvider; readonly spec: string };
  /** How many requests the host has seen. */
  readonly requests: () => number;
};
type Options = {
  readonly create: () => Promise<ProviderSubject & AsyncDisposable>;
  readonly malformed: readonly string[];
};

const never = (): AbortSignal => new AbortController().signal;

/** Gives the error of a spec that does not resolve. */
export const refusalOf = async (provider: RepoProvider, spec: string, signal = never()): Promise<SlipwayError> => {
  const outcome = await provider.resolve(spec, signal).catch((error: unknown) => error);
  if (outcome instanceof SlipwayError) return outcome;
  throw new Error(`${spec}: expected a refusal`, { cause: outcome });
};

/** What every RepoProvider promises. */
export const repoProviderContract = ({ create, malformed }: Options): void => {
  describe('as a repository provider', () => {
    it('describes itself in the shape of /api/repoproviders', async () => {
      await using subject = await create();
      expect(Check(ProviderDisplay, subject.provider.display)).toBe(true);
      expect(subject.spec).toMatch(new RegExp(`^${subject.provider.display.spec.validateRegex}$`));
    });

    it('resolves to a full commit and addresses without credentials', async () => {
      await using subject = await create();
      const resolved = await subject.provider.resolve(subject.spec, never());
      expect(Check(ResolvedRepository, resolved)).toBe(true);
      expect(resolved.commit).toBe(subject.commit);
      expect(resolved.provider).toBe(subject.provider.display.id);
      expect(new URL(resolved.cloneUrl).username).toBe('');
      expect(resolved.canonical).not.toMatch(/:\/\/|@|\.git$|\/$/);
    });

    it('gives a persistent spec that resolves to the same commit', async () => {
      await using subject = await create();
      const { persistentSpec, canonical } = await subject.provider.resolve(subject.spec, never());
      expect(persistentSpec.endsWith(subject.persistentEnd ?? `/${subject.commit}`)).toBe(true);
      expect(await subject.provider.resolve(persistentSpec, never())).toMatchObject({
        commit: subject.commit,
        canonical,
      });
    });

    it('tells a missing ref from a missing repository', async () => {
      await using subject = await create();
      const refs = subject.missingRef === undefined ? [] : [subject.missingRef];
      const codes = await Promise.all(refs.map(async (spec) => (await refusalOf(subject.provider, spec)).code));
      expect(codes).toEqual(refs.map(() => 'REPO_REF_NOT_FOUND'));
      expect((await refusalOf(subject.provider, subject.missingRepository)).code).toBe('REPO_NOT_FOUND');
    });

    it('gives up on a host that does not answer', async () => {
      await using subject = await create();
      const { provider, spec } = subject.silent;
      expect((await refusalOf(provider, spec)).code).toBe('REPO_UNREACHABLE');
    });

    it('stops when it is aborted', async () => {
      await using subject = await create();
      const { spec } = subject.silent;
      const reason = new Error('left');
      const stopping = new AbortController();
      const resolving = subject.provider.resolve(spec, stopping.signal).catch((error: unknown) => error);
      stopping.abort(reason);
      expect(await resolving).toBe(reason);
    });

    it.each(malformed)('refuses %j before it asks anybody', async (spec) => {
      await using subject = await create();
      const error = await refusalOf(subject.provider, spec);
      expect(error.code).toBe('REPO_SPEC_INVALID');
      expect(error.message + error.hint).not.toContain('s3cret');
      expect(subject.requests()).toBe(0);
    });
  });
};
