import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file of the dataset; `changed` goes over a description that would be right. */
export type DatasetFile = {
  readonly label: string;
  readonly directoryLabel?: string;
  readonly text: string;
  readonly changed?: Readonly<Record<string, unknown>>;
  readonly restricted?: boolean;
};

export type DataverseServer = AsyncDisposable & {
  readonly origin: string;
  readonly host: string;
  /** The versions that were asked for. */
  readonly asked: readonly string[];
};

export const PERSISTENT_ID = 'doi:10.5072/FK2/SLIPWAY';

const describeFile = ({ label, directoryLabel, text, changed, restricted = false }: DatasetFile, id: number) => ({
  label,
  restricted,
  version: 1,
  ...(directoryLabel === undefined ? {} : { directoryLabel }),
  dataFile: {
    id,
    filename: label,
    filesize: Buffer.byteLength(text),
    md5: createHash('md5').update(text).digest('hex'),
    ...changed,
  },
});

/** Starts an installation on a free port of 127.0.0.1 with one dataset, version 2.1. */
export const startDataverse = async (files: readonly DatasetFile[]): Promise<DataverseServer> => {
  const asked: string[] = [];
  const data = {
    versionNumber: 2,
    versionMinorNumber: 1,
    releaseTime: '2022-03-04T05:06:07Z',
    files: files.map(describeFile),
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, version] = /^\/api\/datasets\/:persistentId\/versions\/([^/]+)$/.exec(url.pathname) ?? [];
    const [, id] = /^\/api\/access\/datafile\/(\d+)$/.exec(url.pathname) ?? [];
    const file = files[Number(id)];
    if (version !== undefined) asked.push(version);
    if (version !== undefined && url.searchParams.get('persistentId') === PERSISTENT_ID)
      response.end(JSON.stringify({ status: 'OK', data }));
    else if (file !== undefined && url.searchParams.get('format') === 'original') response.end(file.text);
    else response.writeHead(404).end('{"status":"ERROR"}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
