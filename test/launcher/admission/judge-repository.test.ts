import { describe, expect, it } from 'vitest';
import { judgeRepository } from '../../../services/launcher/admission/judge-repository.ts';
import { matchesRepository } from '../../../services/launcher/admission/match-repository.ts';
import type { Policy } from '../../../services/contracts/policy.ts';

const makePolicy = (policy: Partial<Policy>): Policy => ({
  allow: [],
  block: [],
  blockClients: [],
  profiles: [],
  ...policy,
});

describe('a pattern of the policy', () => {
  it.each([
    ['github.com/owner/repo', 'github.com/owner/repo'],
    ['github.com/owner', 'github.com/owner/repo'],
    ['github.com', 'github.com/owner/repo'],
    ['https://github.com/Owner/Repo.git', 'github.com/owner/repo'],
    ['github.com/owner/', 'github.com/owner/repo'],
    ['github.com/*/repo', 'github.com/owner/repo'],
    ['github.com/own*', 'github.com/owner/repo'],
    ['**/repo', 'git.example.org/a/b/repo'],
    ['*.example.org', 'git.example.org/a'],
    ['git.example.org:8443/a', 'git.example.org:8443/a'],
    ['gitlab.com/Group', 'gitlab.com/group/sub/project'],
    ['github.com/owner/.hidden', 'github.com/owner/.hidden'],
    ['github.com/owner/*', 'github.com/owner/.hidden'],
  ])('%s means %s', (pattern, canonical) => {
    expect(matchesRepository(pattern, canonical)).toBe(true);
  });

  it.each([
    ['github.com/owner/repo', 'github.com/owner/repo2'],
    ['github.com/owner', 'github.com/owner2/repo'],
    ['github.com/owner', 'evil.org/github.com/owner'],
    ['github.com/*/repo', 'github.com/a/b/repo'],
    ['githubXcom/owner', 'github.com/owner'],
    ['github.com/owner', 'githubXcom/owner'],
    ['github.com/a+', 'github.com/aa'],
  ])('%s does not mean %s', (pattern, canonical) => {
    expect(matchesRepository(pattern, canonical)).toBe(false);
  });
});

describe('the policy', () => {
  it('allows everything when it says nothing', () => {
    expect(judgeRepository(makePolicy({}), 'github.com/a/b')).toEqual({
      kind: 'allowed',
      limits: {},
      sessions: undefined,
    });
  });

  it('refuses what is blocked and says why, also when it is allowed', () => {
    const policy = makePolicy({
      allow: ['github.com/a'],
      block: [{ repository: 'github.com/a/miner', reason: 'It mines coins.' }],
    });
    expect(judgeRepository(policy, 'github.com/a/miner')).toEqual({ kind: 'refused', reason: 'It mines coins.' });
    expect(judgeRepository(policy, 'github.com/a/other').kind).toBe('allowed');
    expect(judgeRepository(policy, 'github.com/b/other').kind).toBe('refused');
  });

  it('merges all profiles that fit, the last one wins', () => {
    const policy = makePolicy({
      profiles: [
        { repository: 'github.com/a', memoryMib: 4096, idleSeconds: 60 },
        { repository: 'github.com/a/course', memoryMib: 8192, cpus: 2, sessions: 60 },
        { repository: 'github.com/b', memoryMib: 64 },
      ],
    });
    expect(judgeRepository(policy, 'github.com/a/course')).toEqual({
      kind: 'allowed',
      limits: { memoryMib: 8192, idleSeconds: 60, cpus: 2 },
      sessions: 60,
    });
  });
});
