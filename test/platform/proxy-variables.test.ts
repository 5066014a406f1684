import { expect, it } from 'vitest';
import { readProxyVariables } from '../../services/platform/proxy-variables.ts';

it('reads the proxies of an environment in either spelling, and nothing else', () => {
  const env = {
    http_proxy: 'http://a:1',
    HTTP_PROXY: 'http://b:1',
    HTTPS_PROXY: 'http://c:1',
    NO_PROXY: '',
    PATH: '/bin',
  };
  expect(readProxyVariables(env)).toEqual({ HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'http://c:1' });
});
