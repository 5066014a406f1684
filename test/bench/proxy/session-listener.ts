/** The session listener as it is, in a process of its own, with one session that runs at the port of the arguments. */
import { createSessionServer } from '../../../services/launcher/proxy/session-server.ts';
import { createSessionAccess } from '../../../services/launcher/sessions/session-access.ts';
import { createSessionDirectory } from '../../../services/launcher/sessions/session-directory.ts';
import { makeSessionPath } from '../../../services/launcher/sessions/session-path.ts';
import { systemClock as clock } from '../../../services/platform/clock.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { createFakeSessionRuntime } from '../../support/fake-session-runtime.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const address = { host: '127.0.0.1', port: Number(process.argv[2]) };
const spec = makeSessionSpec();
const history = { find: () => Promise.resolve(undefined) };
const directory = createSessionDirectory({ runtime: createFakeSessionRuntime({ address }), history, clock });
directory.add({ spec, startedAt: clock.now(), address });
const keys = createSessionAccess({ secret: Buffer.alloc(32, 7), clock });
const logger = createLogger({ level: 'warn' });
const limits = { connections: 256, bytesPerSecond: 0, silenceMs: 90_000 };
const { server } = createSessionServer({
  directory,
  keys,
  logger,
  limits,
  address: 'path',
  publicUrl: '',
  controlUrl: () => '',
});
server.listen(0, '127.0.0.1', () => {
  const listening = server.address();
  const port = typeof listening === 'object' ? listening?.port : undefined;
  const [path, cookie] = [`${makeSessionPath(spec.id)}api/status`, `slipway-session=${keys.cookie(spec.id)}`];
  process.send?.({ port, path, cookie });
});
