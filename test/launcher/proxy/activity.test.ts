import { describe, expect, it } from 'vitest';
import { isActivity } from '../../../services/launcher/proxy/activity.ts';

const judge = (method: string, address: string): boolean => {
  const [path = '', search = ''] = address.split('?');
  return isActivity({ method, path, query: new URLSearchParams(search) });
};

describe('the rules of activity', () => {
  it.each([
    'api/status',
    'api/kernels?1712345',
    'api/kernels/0a-1b',
    'api/sessions',
    'api/terminals',
    'api/kernelspecs',
    'api/metrics/v1',
    'metrics',
    'api/contents/?content=1&hash=0&1712345',
    'api/contents/data?content=1',
    'lab/tree/x?no_track_activity=1',
  ])('GET %s is what pages ask on their own', (address) => {
    expect(judge('GET', address)).toBe(false);
  });

  it.each([
    'lab',
    'api/contents/a.ipynb?type=notebook&content=1',
    'files/data.csv',
    'api/kernels/0a-1b/channels',
    'proxy/8000/api/status',
  ])('GET %s is somebody', (address) => {
    expect(judge('GET', address)).toBe(true);
  });

  it('counts what changes something, even where reading does not count', () => {
    expect(judge('POST', 'api/kernels')).toBe(true);
    expect(judge('DELETE', 'api/sessions/1')).toBe(true);
    expect(judge('OPTIONS', 'api/sessions')).toBe(false);
    expect(judge('HEAD', 'lab')).toBe(false);
  });
});
