import { describe, expect, it } from 'vitest';
import { chooseBuild } from '../../../services/launcher/builds/choose-build.ts';
import { makeBuildRequest } from '../../support/build-request.ts';

type Rest = { readonly isRunning?: boolean; readonly client?: string };
const build = (name: string, { isRunning = false, client }: Rest = {}) => ({
  request: { ...makeBuildRequest(`${name}:1`, `example.org/${name[0]}`), ...(client === undefined ? {} : { client }) },
  isRunning,
});
const choose = (builds: Parameters<typeof chooseBuild>[0], perRepository = 0) =>
  chooseBuild(builds, perRepository)?.request.imageName;

describe('the next build', () => {
  it('is the oldest one that waits', () => {
    expect(choose([build('a', { isRunning: true }), build('b'), build('c')])).toBe('b:1');
  });

  it('is of the repository that has least builds running', () => {
    expect(choose([build('a1', { isRunning: true }), build('a2'), build('a3'), build('b1')])).toBe('b1:1');
  });

  it('is of the client that has least builds running', () => {
    const running = build('a', { isRunning: true, client: 'greedy' });
    expect(choose([running, build('b', { client: 'greedy' }), build('c', { client: 'other' })])).toBe('c:1');
  });

  it('is none of a repository that has its share, though a slot is free', () => {
    const builds = [build('a1', { isRunning: true }), build('a2')];
    expect(choose(builds, 1)).toBeUndefined();
    expect(choose(builds, 2)).toBe('a2:1');
    expect(choose([...builds, build('b1')], 1)).toBe('b1:1');
  });
});
