import { describe, expect, it } from 'vitest';
import { listNotices, readExtras, type ImageOptions } from '../../services/cli/image-options.ts';

const read = (options: ImageOptions) => readExtras(options, { FROM_HERE: 'here' });

describe('options of an image', () => {
  it('gives what is added to it', () => {
    const extras = read({ appendix: 'RUN true', label: ['a=b', 'empty=', 'x=1=2'], buildArg: ['FROM_HERE', 'B=2'] });
    expect(extras).toEqual({
      appendix: 'RUN true',
      labels: { a: 'b', empty: '', x: '1=2' },
      buildArgs: { FROM_HERE: 'here', B: '2' },
      showsDockerfiles: false,
    });
  });

  it('accepts what images have anyway', () => {
    expect(() => read({ userId: '1000', userName: 'jovyan', targetRepoDir: '/home/jovyan/' })).not.toThrow();
    expect(listNotices({ cacheFrom: ['x'] })).toEqual([expect.stringContaining('--cache-from')]);
    expect(listNotices({ clean: false })).toEqual([expect.stringContaining('--no-clean')]);
    expect(listNotices({})).toEqual([]);
    expect(() => read({ engine: 'docker', clean: true })).not.toThrow();
  });

  it.each<[ImageOptions, RegExp]>([
    [{ userId: '1001' }, /--user-id 1001 is not supported.*1000/],
    [{ userName: 'me' }, /--user-name me is not supported.*jovyan/],
    [{ targetRepoDir: '/srv/repo' }, /--target-repo-dir \/srv\/repo is not supported.*\/home\/jovyan/],
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
