import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { ContentRequest } from '../../../services/contracts/launch.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { beginContent } from '../../../services/launcher/content/content-stage.ts';
import { createFakeSessionRuntime } from '../../support/fake-session-runtime.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';
import { createLauncherParts } from '../create-launcher.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const never = new AbortController().signal;

const setup = async ({ hasPuller = false, refuses = false } = {}) => {
  const asked: unknown[] = [];
  const jupyter = createServer((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.writeHead(hasPuller ? 400 : 404).end();
  }).listen(0, '127.0.0.1');
  await once(jupyter, 'listening');
  cleanups.push(() => jupyter.close());
  const address = { host: '127.0.0.1', port: (jupyter.address() as AddressInfo).port };
  const runtime = createFakeSessionRuntime({ address });
  const spec = makeSessionSpec();
  await runtime.start({ spec, token: '', basePath: '' }, never);
  const state = { opened: 0, disposed: 0 };
  const { parts } = createLauncherParts();
  const judge = () => {
    if (refuses) throw new SlipwayError('REPO_NOT_FOUND');
    return { limits: {}, sessions: 0 };
  };
  const begin = (content: ContentRequest) =>
    beginContent(
      {
        providers: parts.providers,
        admission: { judge },
        contents: {
          open: async () => {
            state.opened += 1;
            return {
              pack: (directory) => Readable.from([directory]),
              [Symbol.asyncDispose]: async () => void (state.disposed += 1),
            };
          },
        },
        runtime,
        sessions: parts.sessions,
      },
      content,
      never,
    );
  const prepare = (stage: ReturnType<typeof begin>) =>
    runGenerator(stage.prepare({ spec, address, startedAt: 0 }, never));
  return { begin, prepare, runtime, state, spec, asked };
};

const course = { provider: 'test', spec: 'course/HEAD' };
const addedTo = ({ added }: { added: readonly { bytes: Buffer }[] }) => added.map(({ bytes }) => bytes.toString());

describe('content for a session', () => {
  it('is fetched beside the start, added below a directory of its name, and given back', async () => {
    const { begin, prepare, runtime, state, asked } = await setup();
    {
      await using stage = begin({ repo: course });
      await expect.poll(() => state.opened).toBe(1);
      const { items } = await prepare(stage);
      expect(items).toEqual([expect.stringMatching(/^Added https:\S+ at f7f3ff6d1bf7 as repository\.$/)]);
      expect([addedTo(runtime), stage.path()]).toEqual([['repository/'], 'lab/tree/repository']);
    }
    expect([state.disposed, asked]).toEqual([1, []]);
  });

  it('opens the page that the link names', async () => {
    const { begin, prepare } = await setup();
    await using stage = begin({ repo: course, directory: 'week 1', path: 'tree/week 1/a.ipynb' });
    await prepare(stage);
    expect(stage.path()).toBe('tree/week 1/a.ipynb');
  });

  it('of a link of nbgitpuller is left to an image that has it', async () => {
    const { begin, prepare, runtime, state, asked, spec } = await setup({ hasPuller: true });
    await using stage = begin({ repo: course, directory: 'course', path: 'lab', isGitPull: true });
    await prepare(stage);
    expect([stage.path(), addedTo(runtime), state.opened]).toEqual([undefined, [], 0]);
    expect(asked).toEqual([[`/s/${spec.id}/git-pull`, 'token the-token']]);
  });

  it('of a link of nbgitpuller is added where the image does not have it', async () => {
    const { begin, prepare, runtime } = await setup();
    await using stage = begin({ repo: course, directory: 'course', path: 'lab/tree/course/x.ipynb', isGitPull: true });
    await prepare(stage);
    expect([stage.path(), addedTo(runtime)]).toEqual(['lab/tree/course/x.ipynb', ['course/']]);
  });

  it.each(['..', '../x', 'a/../../b', '/etc', 'a//b', '', String.raw`a\b`, 'a\u0000'])(
    'never goes out of its place: %j',
    async (directory) => {
      const { begin, prepare, runtime } = await setup();
      await using stage = begin({ repo: course, directory });
      await expect(prepare(stage)).rejects.toMatchObject({ code: 'LAUNCH_CONTENT_INVALID' });
      expect(addedTo(runtime)).toEqual([]);
    },
  );

  it('that is not there, or may not be launched, is the error of the launch', async () => {
    const { begin, prepare } = await setup();
    await using missing = begin({ repo: { provider: 'test', spec: 'missing/HEAD' } });
    await expect(prepare(missing)).rejects.toMatchObject({ code: 'REPO_NOT_FOUND' });
    await using unknown = begin({ repo: { provider: 'nope', spec: 'a' } });
    await expect(prepare(unknown)).rejects.toMatchObject({ code: 'REPO_PROVIDER_UNKNOWN' });
    const refusing = await setup({ refuses: true });
    await using refused = refusing.begin({ repo: course });
    await expect(refusing.prepare(refused)).rejects.toMatchObject({ code: 'REPO_NOT_FOUND' });
  });
});
