import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { watchEngineOutages } from '../../../services/launcher/sessions/engine-outages.ts';
import { connectDockerEngine } from '../../../services/platform/docker-engine.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const HOUR = 3_600_000;

it('an engine that goes away and comes back was away from then until then', async () => {
  const clock = createFakeClock();
  let isAway = false;
  let connections = 0;
  const engine = createServer((_request, response) => {
    if (isAway) {
      response.destroy();
      return;
    }
    connections += 1;
    response.writeHead(200).flushHeaders();
  }).listen(0, '127.0.0.1');
  await once(engine, 'listening');
  const { port } = engine.address() as AddressInfo;
  const outages = watchEngineOutages(connectDockerEngine(`tcp://127.0.0.1:${port}`), clock);
  const end = new AbortController();
  const watching = outages.run(end.signal);
  await expect.poll(() => connections).toBe(1);
  const start = clock.now();
  clock.advance(HOUR);
  const gone = clock.now();
  expect(outages.covers(gone)).toBe(false);
  isAway = true;
  engine.closeAllConnections();
  await expect.poll(() => outages.covers(clock.now())).toBe(true);
  clock.advance(HOUR);
  isAway = false;
  await expect.poll(() => connections).toBe(2);
  const back = clock.now();
  clock.advance(HOUR);
  await expect.poll(() => outages.covers(clock.now())).toBe(false);
  expect([start, gone, gone + HOUR / 2, back].map((time) => outages.covers(time))).toEqual([false, true, true, true]);
  end.abort();
  await watching;
  engine.closeAllConnections();
  engine.close();
});
