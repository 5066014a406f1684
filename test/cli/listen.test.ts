import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { checkPortFree, listen } from '../../services/cli/listen.ts';

describe('listen', () => {
  it('says which port is in use', async () => {
    const first = createServer();
    const port = await listen(first, { host: '127.0.0.1', port: 0 });
    await expect(checkPortFree({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'CONFIG_PORT_IN_USE' });
    first.close();
  });

  it('says that an address is not of this machine', async () => {
    await expect(listen(createServer(), { host: '203.0.113.1', port: 0 })).rejects.toMatchObject({
      code: 'CONFIG_ADDRESS_UNAVAILABLE',
    });
  });
});
