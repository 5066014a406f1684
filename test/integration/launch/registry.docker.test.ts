import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABELS } from '../../../services/contracts/labels.ts';
import { ignoreNotFound } from '../../../services/platform/docker-engine.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import { REGISTRY_USER, startDockerRegistry, type DockerRegistry } from '../../support/docker-registry.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { gitSpec, launch, type LaunchOutcome } from '../../support/launch-stream.ts';
import { removeSlipway, runToEnd, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

const engine = connectTestEngine();
let git: GitServer;
let registry: DockerRegistry;
let server: SlipwayServer;
let address = '';

beforeAll(async () => {
  git = await startGitServer();
  registry = await startDockerRegistry({ hasPassword: true });
  server = await startSlipway({
    allowHosts: [git.host],
    env: {
      SLIPWAY_REGISTRY_URL: `${registry.url}/team`,
      SLIPWAY_REGISTRY_USERNAME: REGISTRY_USER.username,
      SLIPWAY_REGISTRY_PASSWORD: REGISTRY_USER.password,
    },
  });
  // An environment that no earlier run can have left behind: its key has never been seen.
  ({ url: address } = await git.createRepository('kept', { 'requirements.txt': `six!=0.0.${Date.now()}\n` }));
});

afterAll(async () => {
  await removeSlipway(server);
  await registry[Symbol.asyncDispose]();
  await git[Symbol.asyncDispose]();
});

/** Blobs that were sent to the registry whole, not mounted from another repository. */
const countUploads = (): number =>
  registry.requests().filter(({ request, status }) => /^PUT \S+\/blobs\/uploads\//.test(request) && status === 201)
    .length;

const phases = ({ events }: LaunchOutcome): Set<string> => new Set(events.map(({ phase }) => phase));

/** Takes the images of our repository and their environment away from the engine, as a new machine has none. */
const forgetImages = async (): Promise<void> => {
  await runToEnd(['down', '--data', server.data]);
  const images = await engine.listImages({ filters: { label: [`${LABELS.repoUrl}=${address}`] } });
  const keys = new Set(images.map(({ Labels }) => Labels[LABELS.environmentKey]));
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? [])) await engine.getImage(tag).remove();
  for (const key of keys) await ignoreNotFound(engine.getImage(`${server.imagePrefix}env:${key}`).remove());
};

describe('a server with a registry', () => {
  let first: LaunchOutcome;

  it('stores what it builds there', async () => {
    first = await launch(server.url, gitSpec(address));
    expect(first.ready).toBeDefined();
    const [name, tag] = first.ready?.image.split(':') ?? [];
    expect(first.log).toContain(`Storing ${first.ready?.image} in the registry`);
    expect(registry.requests()).toContainEqual({ request: `PUT /v2/team/${name}/manifests/${tag}`, status: 201 });
  });

  it('leaves no name with the registry in it in the engine', async () => {
    const tags = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    expect(tags.filter((tag) => tag.startsWith(registry.host))).toEqual([]);
  });

  it('sends the content of another commit and nothing of its environment', async () => {
    const before = countUploads();
    await git.commit('kept', { 'note.txt': 'two' }, 'Add a note');
    const second = await launch(server.url, gitSpec(address));
    expect(second.log).toMatch(/unchanged: nothing to install/);
    expect(second.log).toMatch(/Pushed the content; its environment was there/);
    expect(countUploads() - before).toBe(2);
  });

  it('fetches an image that the engine does not have, and builds nothing', async () => {
    await forgetImages();
    const again = await launch(server.url, gitSpec(address));
    expect(again.ready).toBeDefined();
    expect(again.log).toMatch(/Fetching slipway-test\S+ from the registry/);
    expect([phases(again).has('fetching'), phases(again).has('building')]).toEqual([false, false]);
  });

  it('fetches an environment for a commit that nobody built', async () => {
    await forgetImages();
    await git.commit('kept', { 'note.txt': 'three' }, 'Change the note');
    const third = await launch(server.url, gitSpec(address));
    expect(third.ready).toBeDefined();
    expect(third.log).toMatch(/Fetching slipway-test\S+\/env:\S+ from the registry/);
    expect(third.log).toMatch(/unchanged: nothing to install/);
  });

  it('fails a launch when the registry cannot be asked, and says so', async () => {
    await server.stop();
    server = await server.restart({
      SLIPWAY_REGISTRY_URL: registry.url,
      SLIPWAY_REGISTRY_USERNAME: REGISTRY_USER.username,
      SLIPWAY_REGISTRY_PASSWORD: 'wrong-password',
    });
    await git.commit('kept', { 'note.txt': 'four' }, 'Change the note again');
    const { failed } = await launch(server.url, gitSpec(address));
    expect(failed).toMatchObject({ code: 'IMAGE_LOOKUP_FAILED', retry: true });
    expect(failed?.message).toMatch(/answered 401/);
    expect(server.output()).not.toContain('wrong-password');
  });
});
