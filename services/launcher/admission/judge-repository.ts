import type { Policy, SessionLimits } from '../../contracts/policy.ts';
import { matchesRepository } from './match-repository.ts';

/** What the policy says of one repository. */
export type Judgement =
  | {
      readonly kind: 'allowed';
      readonly limits: SessionLimits;
      /** Sessions at the same time, where a profile says it. */
      readonly sessions: number | undefined;
    }
  | { readonly kind: 'refused'; readonly reason: string | undefined };

type Profile = Omit<Policy['profiles'][number], 'repository'>;

const mergeProfiles = (policy: Policy, canonical: string): Profile =>
  policy.profiles
    .map(({ repository, ...profile }) => ({ isMeant: matchesRepository(repository, canonical), profile }))
    .filter(({ isMeant }) => isMeant)
    .reduce<Profile>((merged, { profile }) => ({ ...merged, ...profile }), {});

/** Applies the policy to a canonical repository: a block wins over an allowance; all profiles that fit are merged. */
export const judgeRepository = (policy: Policy, canonical: string): Judgement => {
  const matches = (pattern: string): boolean => matchesRepository(pattern, canonical);
  const block = policy.block.find(({ repository }) => matches(repository));
  if (block !== undefined) return { kind: 'refused', reason: block.reason };
  if (policy.allow.length > 0 && !policy.allow.some(matches)) return { kind: 'refused', reason: undefined };
  const { sessions, ...limits } = mergeProfiles(policy, canonical);
  return { kind: 'allowed', limits, sessions };
};
