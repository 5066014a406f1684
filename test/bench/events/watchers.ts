import { request, type ClientRequest } from 'node:http';

/** A line as one watcher saw it. */
type Sighting = (line: number, milliseconds: number) => void;

const LINE = /"message":"#(\d+)#.*?"at":(\d+)/g;

/** Opens one event stream, and tells of each line how long it was on its way. Resolves when the stream has begun. */
const watch = (url: string, onLine: Sighting): Promise<ClientRequest> =>
  new Promise((resolve, reject) => {
    const watcher = request(url, { agent: false, headers: { accept: 'text/event-stream' } }, (response) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const now = Date.now();
        const text = rest + chunk;
        const end = text.lastIndexOf('\n\n') + 2;
        rest = end === 1 ? text : text.slice(end);
        for (const [, line, at] of text.slice(0, end === 1 ? 0 : end).matchAll(LINE))
          onLine(Number(line), now - Number(at));
        resolve(watcher);
      });
      response.on('error', () => undefined);
    });
    watcher.on('error', reject);
    watcher.end();
  });

/** Opens so many streams, a few at a time. */
export const openWatchers = async (url: string, count: number, onLine: Sighting): Promise<Disposable> => {
  const watchers: ClientRequest[] = [];
  const AT_ONCE = 50;
  for (let opened = 0; opened < count; opened += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - opened) }, () => watch(url, onLine));
    watchers.push(...(await Promise.all(batch)));
  }
  return {
    [Symbol.dispose]: () => {
      for (const watcher of watchers) watcher.destroy();
    },
  };
};
