import { describe, expect, it } from 'vitest';
import { listNotices, readAsOf, readExtras, type ImageOptions } from '../../services/cli/image-options.ts';

const read = (options: ImageOptions) => readExtras(options, { FROM_HERE: 'here' });

describe('options of an image', () => {
  it('gives what is added to it', () => {
    const extras = read({ appendix: 'RUN true', label: ['a=b', 'empty=', 'x=1=2'], buildArg: ['FROM_HERE', 'B=2'] });
    expect(extras).toEqual({
      appendix: 'RUN true',
      labels: { a: 'b', empty: '', x: '1=2' },
      buildArgs: { FROM_HERE: 'here', B: '2' },
      showsDockerfiles: false,
      user: { uid: 1000, name: 'jovyan', repoDir: '/home/jovyan' },
    });
  });

  it('says whom the image runs as and where its content is', () => {
    expect(read({ userId: '1000', userName: 'jovyan', targetRepoDir: '/home/jovyan/' }).user).toEqual(read({}).user);
    expect(read({ userId: '4321', userName: 'me' }).user).toEqual({ uid: 4321, name: 'me', repoDir: '/home/me' });
    expect(read({ targetRepoDir: '/srv/repo' }).user).toEqual({ uid: 1000, name: 'jovyan', repoDir: '/srv/repo' });
  });

  it('have a day that packages are of, which has been', () => {
    const now = Date.parse('2026-01-31T12:00:00Z');
    expect(readAsOf({ asOf: '2026-01-31' }, now)).toBe('2026-01-31');
    expect(readAsOf({ asOf: 'commit' }, now)).toBe('commit');
    expect(readAsOf({}, now)).toBeUndefined();
    for (const asOf of ['2026-02-01', '2026-02-30', '2025-02-29', 'yesterday', '26-01-31'])
      expect(() => readAsOf({ asOf }, now)).toThrow(`--as-of ${asOf} is not a day that has been`);
  });

  it('accepts what has no effect, and says so', () => {
    expect(listNotices({ cacheFrom: ['x'] })).toEqual([expect.stringContaining('--cache-from')]);
    expect(listNotices({ clean: false })).toEqual([expect.stringContaining('--no-clean')]);
    expect(listNotices({})).toEqual([]);
    expect(() => read({ engine: 'docker', clean: true })).not.toThrow();
  });

  it.each<[ImageOptions, RegExp]>([
    [{ userId: '0' }, /--user-id 0 is not the number/],
    [{ userId: '1e3' }, /--user-id 1e3 is not the number/],
    [{ userName: 'root' }, /--user-name root is not the name/],
    [{ userName: 'a b' }, /--user-name a b is not the name/],
    [{ targetRepoDir: 'repo' }, /--target-repo-dir repo is not a directory/],
    [{ targetRepoDir: '/srv/../etc' }, /--target-repo-dir \/srv\/\.\.\/etc is not a directory/],
    [{ targetRepoDir: '/srv/$(id)' }, /is not a directory/],
    [{ engine: 'podman' }, /--engine podman is not supported/],
    [{ imageName: 'Upper/Case' }, /not a name for an image/],
    [{ imageName: '-x' }, /not a name for an image/],
    [{ label: ['a'] }, /--label a has no value/],
    [{ label: ['slipway.kind=base'] }, /slipway\.kind is Slipway's own/],
    [{ buildArg: ['=secret'] }, /^--build-arg needs NAME=VALUE\.$/],
  ])('refuses %j with one clear message', (options, message) => {
    expect(() => read(options)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) as string }) as Error,
    );
  });

  it.each(['a', 'a/b:1', 'localhost:5000/a/b:v1.0', 'registry.example.org/team/x'])(
    'takes %s as a name',
    (imageName) => {
      expect(() => read({ imageName })).not.toThrow();
    },
  );
});
