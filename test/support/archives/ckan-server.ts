import { startArchiveServer, type ArchiveServer } from './archive-server.ts';

/** A resource; `path` is where its bytes are on the server, and `changed` goes over its description. */
export type ServedResource = {
  readonly path: string;
  readonly data: string | Uint8Array;
  readonly changed?: Readonly<Record<string, unknown>>;
};

export const DATASET = 'my-sample-dataset-001';
export const ACTIVITY = '93df7fd0-0edc-4ebf-bac7-fbf5f78de90b';

const describe = (origin: string, { path, data, changed }: ServedResource, index: number) => ({
  id: `resource-${index}`,
  name: `Resource ${index}`,
  url: `${origin}${path}`,
  url_type: 'upload',
  size: Buffer.byteLength(data),
  hash: '',
  state: 'active',
  ...changed,
});

/** A CKAN below /data with one dataset, and what it was at an earlier activity: without resources but the first. */
export const startCkan = (resources: readonly ServedResource[]): Promise<ArchiveServer> =>
  startArchiveServer((origin) => {
    const action = '/data/api/3/action';
    const all = resources.map((resource, index) => describe(origin, resource, index));
    const show = (metadata_modified: string, listed: readonly unknown[]) => ({
      success: true,
      result: { id: 'x', name: DATASET, state: 'active', metadata_modified, resources: listed },
    });
    return {
      [`${action}/package_show?id=${DATASET}`]: show('2024-04-02T02:10:31.000000', all),
      [`${action}/activity_data_show?id=${ACTIVITY}&object_type=package`]: show(
        '2020-01-01T00:00:00.5',
        all.slice(0, 1),
      ),
      [`${action}/package_show?id=absent`]: {
        status: 404,
        body: '{"success":false,"error":{"__type":"Not Found Error","message":"Not found"}}',
      },
      ...Object.fromEntries(resources.map(({ path, data }) => [path, Buffer.from(data)])),
    };
  });
