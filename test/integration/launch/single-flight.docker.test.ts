import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec, launch, type LaunchOutcome } from '../../support/launch-stream.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

const VISITORS = 200;

let git: GitServer;
let server: SlipwayServer;

beforeAll(async () => {
  git = await startGitServer();
  server = await startSlipway({ allowHosts: [git.host] });
});

afterAll(async () => {
  await removeSlipway(server);
  await git[Symbol.asyncDispose]();
});

/** What the build said to one visitor, and when: of two builds no two lines would have all their times alike. */
const buildLog = ({ events }: LaunchOutcome): string =>
  JSON.stringify(events.flatMap((event) => (event.phase === 'building' ? [[event.at, event.message]] : [])));

describe('200 visitors of one repository that nobody built', () => {
  it('cause one build, and each sees the whole log of it', async () => {
    const { url } = await git.createRepository('crowd', { 'requirements.txt': `six!=0.0.${Date.now()}\n` });
    const spec = `${gitSpec(url)}?build_only=true`;
    const outcomes = await Promise.all(Array.from({ length: VISITORS }, () => launch(server.url, spec)));
    expect(outcomes.flatMap(({ failed }) => failed ?? [])).toEqual([]);
    const logs = new Set(outcomes.map(buildLog));
    expect(logs.size).toBe(1);
    expect([...logs][0]).toContain('requirements.txt');
    for (const { events } of outcomes)
      expect(events.at(-1)).toMatchObject({ phase: 'ready', imageName: expect.stringContaining('crowd') as string });
  });
});
