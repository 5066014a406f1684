/** The body of each answer: as long as one of Jupyter's status answers. */
export const BODY = JSON.stringify({ connections: 3, kernels: 2, last_activity: 'now', started: 'then' }).padEnd(200);

/** One WebSocket message: as long as a short message of a kernel. */
export const MESSAGE = Buffer.alloc(120, 'm');

/** One text frame of less than 126 bytes; the mask of a client may be any, so it is nothing. */
export const renderFrame = (payload: Buffer, { isMasked }: { isMasked: boolean }): Buffer =>
  Buffer.concat([Buffer.from([0x81, (isMasked ? 0x80 : 0) | payload.length]), Buffer.alloc(isMasked ? 4 : 0), payload]);

/** Where one of those that are compared is reached, and with what. */
export type Endpoint = { readonly port: number; readonly path: string; readonly cookie: string };

const renderRequest = ({ port, path, cookie }: Endpoint, lines: readonly string[]): Buffer =>
  Buffer.from(
    [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Accept: application/json',
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
      `Cookie: ${cookie}`,
      ...lines,
      '',
      '',
    ].join('\r\n'),
  );

/** A request as a page of JupyterLab sends it. */
export const renderGet = (endpoint: Endpoint): Buffer => renderRequest(endpoint, []);

export const renderHandshake = (endpoint: Endpoint): Buffer =>
  renderRequest(endpoint, [
    `Origin: http://127.0.0.1:${endpoint.port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16, 7).toString('base64')}`,
  ]);
